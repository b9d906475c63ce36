import type { Frame } from "../../trace/frames/frame.ts";
import { memberNames } from "../../trace/names.ts";
import { dim, type KeyWord, plain, type Row, rule, type Segment, wrap } from "../style.ts";
import { flightText, HAND_FAULTS } from "./hand-faults.ts";
import type { Asks, Mode, Typed } from "./mode.ts";

const PROMPTS: Readonly<Record<Asks, readonly [title: string, hint: string]>> = {
  step: ["a step of a scenario", "e.g. crash: leader   put: { key: a, value: 1 }   Enter does it"],
  save: ["save this branch as a scenario", "a file name; Enter saves, nothing is overwritten"],
  mark: ["mark this moment", "a note; Enter keeps it, ' goes to the next mark"],
  filter: ["filter the story", "words that a line must hold; Enter keeps it, empty: all lines"],
  help: ["filter the help", "words that a key's line must hold; Enter keeps it, empty: all keys"],
};

/** What is chosen or typed, in the place of the lower rows: at most `most`. */
export function modeRows(mode: Mode, frame: Frame, columns: number, most: number): Row[] {
  switch (mode.kind) {
    case "watch":
      return [];
    case "menu":
      return menuRows(columns, most);
    case "choose":
      return choiceRows(mode, frame, columns, most);
    case "prompt": {
      const [title, hint] = PROMPTS[mode.asks];
      // The end of what is typed is seen.
      const room = columns - 6;
      const text = mode.text.length > room ? `…${mode.text.slice(1 - room)}` : mode.text;
      return [
        rule([{ text: title, bold: true }], columns),
        ...wrap(hint, columns - 4).map((line) => [dim(`   ${line}`)]),
        [plain(" > "), { text, bold: true }, { text: " ", inverse: true }],
      ].slice(0, most) as Row[];
    }
  }
}

/** The keys that work while something is chosen or typed, and the one that leaves it. */
export function modeKeys(
  mode: Mode,
  frame: Frame,
  earlier: Typed,
): readonly [keys: readonly KeyWord[], back: readonly KeyWord[]] {
  return [workKeys(mode, frame, earlier), [["esc", "back"]]];
}

function workKeys(mode: Mode, frame: Frame, earlier: Typed): KeyWord[] {
  switch (mode.kind) {
    case "watch":
      return [];
    case "menu":
      return [["a letter", "do this"]];
    case "choose":
      return choiceKeys(mode, frame);
    case "prompt": {
      const lines = earlier[mode.asks] ?? [];
      const recalls: KeyWord[] = lines.length === 0 ? [] : [["↑↓", "earlier ones"]];
      return [["type", "a line"], ["enter", "done"], ...recalls];
    }
  }
}

function choiceKeys({ fault, chosen }: Choice, frame: Frame): KeyWord[] {
  const [wanted] = fault.chooses;
  const count = wanted === "message" ? Math.min(9, frame.flights.length) : frame.members.length;
  const numbers: KeyWord[] =
    count === 0 ? [] : [[`1-${count}`, wanted === "message" ? "message" : "member"]];
  const enters: KeyWord[] = wanted === "members" && chosen.length > 0 ? [["enter", "done"]] : [];
  return [...numbers, ...enters];
}

type Choice = Extract<Mode, { readonly kind: "choose" }>;

function menuRows(columns: number, most: number): Row[] {
  const head = rule([{ text: "what to do at this moment", bold: true }], columns);
  const wide = HAND_FAULTS.length + 1 > most;
  const item = ({ key, title }: (typeof HAND_FAULTS)[number], width: number): Segment[] => [
    plain("  "),
    { text: key, bold: true, color: "red" },
    plain(` ${cut(title, width - 4)}`.padEnd(width - 3)),
  ];
  if (!wide) return [head, ...HAND_FAULTS.map((fault) => item(fault, columns))];
  const half = Math.ceil(HAND_FAULTS.length / 2);
  const width = Math.floor(columns / 2);
  const rows = HAND_FAULTS.slice(0, half).map((fault, i): Row => {
    const other = HAND_FAULTS[half + i];
    return [...item(fault, width), ...(other === undefined ? [] : item(other, width))];
  });
  return [head, ...rows].slice(0, most);
}

/** Titles say what it is before the colon, or the comma. */
function cut(title: string, width: number): string {
  if (title.length <= width) return title;
  const short = title.replace(/[:,;].*/, "");
  return short.length <= width ? short : `${short.slice(0, Math.max(0, width - 1))}…`;
}

function choiceRows({ fault, chosen }: Choice, frame: Frame, columns: number, most: number): Row[] {
  const head = rule([{ text: cut(fault.title, columns - 4), bold: true }], columns);
  const [wanted] = fault.chooses;
  if (wanted === "message") {
    if (frame.flights.length === 0) {
      return [head, [plain("  nothing flies at this moment: step with . and , to one that does")]];
    }
    const shown = frame.flights.slice(0, Math.min(9, most - 1));
    return [
      head,
      ...shown.map(
        (_, i): Row => [
          plain("  "),
          { text: String(i + 1), bold: true, color: "red" },
          plain(` ${flightText(frame, i)}`),
        ],
      ),
    ];
  }
  const ids = frame.members.map(({ id }) => id);
  const so = chosen.length === 0 ? "" : `   so far: ${memberNames(chosen)}`;
  const ends = wanted === "members" ? ", Enter when all are chosen" : "";
  const which = fault.chooses.length > 1 && chosen.length > 0 ? "to which" : "which";
  return [head, [plain(`  ${which} member? ${ids.join(" ")}${ends}`), dim(so)]];
}

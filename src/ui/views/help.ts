import { holdsWords } from "../filter.ts";
import { KEY_HELP, WORK_HELP } from "../keys.ts";
import { dim, plain, type Row, rule, type Segment, textOf } from "../style.ts";
import { VIEWS } from "./registry.ts";
import { MARK_HELP } from "./title.ts";
import { scrolled, type View, type ViewEntry } from "./view.ts";

type KeyWord = readonly [key: string, what: string];

/** The keys that do something now, the more useful ones first. */
function keysOf({ state, recording, frame }: View): readonly KeyWord[] {
  if (state.lesson) return [["any key", "begin"]];
  if (state.help)
    return [
      ["↑↓", "scroll"],
      ["esc", "back"],
    ];
  const { position } = state;
  const ahead = (places: readonly number[]): boolean => places.some((place) => place > position);
  const behind = (places: readonly number[]): boolean => places.some((place) => place < position);
  const any = (places: readonly number[]): boolean => ahead(places) || behind(places);
  const views = VIEWS.map(({ key }) => key).join("");
  const keys: KeyWord[] = [
    ["space", state.playing ? "pause" : "play"],
    ["←→", "step"],
  ];
  if (state.view !== "story") keys.push(["esc", "back"], ["↑↓", "move"]);
  if (recording.toldCount(position) > 0) keys.push(["w", state.why ? "story" : "why"]);
  if (recording.chapters.length > 0) keys.push(["[]", "chapter"]);
  keys.push([views, "views"], [`1-${frame.members.length}`, "member"]);
  if (any(recording.faults)) keys.push([ahead(recording.faults) ? "f" : "F", "fault"]);
  if (any(recording.elections)) keys.push([ahead(recording.elections) ? "n" : "N", "election"]);
  keys.push(["+-", "speed"], ["c", "clients"], ["v", state.detail === "all" ? "less" : "more"]);
  return keys;
}

const ALWAYS: readonly KeyWord[] = [
  ["?", "help"],
  ["q", "quit"],
];

function widthOf(keys: readonly KeyWord[]): number {
  return keys.reduce((sum, [key, what]) => sum + key.length + what.length + 3, 1);
}

/** The line at the bottom: as many of the keys that work now as fit, help and quit always. */
export function helpRow(view: View): Row {
  const keys = keysOf(view).slice();
  while (keys.length > 0 && widthOf([...keys, ...ALWAYS]) > view.columns) keys.pop();
  const out: Segment[] = [plain(" ")];
  for (const [key, what] of [...keys, ...ALWAYS]) {
    out.push({ text: key, bold: true }, dim(` ${what}  `));
  }
  return out;
}

/**
 * The page behind `?`: keys, views, signs, and what the scenario teaches; `count` rows of it. Filtered, it is
 * the keys alone, with all their words.
 */
export function helpRows(view: View, count: number): Row[] {
  const { helpFilter, scroll } = view.state;
  const isFound = (row: Row): boolean => holdsWords(textOf(row), helpFilter);
  const rows: Row[] = [];
  for (const [title, all] of KEYS) {
    const found = all.filter(isFound);
    if (found.length > 0) rows.push([], ...(title === "" ? [] : [[dim(`  ${title}`)]]), ...found);
  }
  if (helpFilter !== "") {
    if (rows.length === 0) rows.push([], [plain("  no key does that: / filters by other words")]);
    const title = rule([{ text: `keys with "${helpFilter}"`, bold: true }], view.columns);
    return [title, ...scrolled(rows, scroll, count - 1)];
  }
  rows.push([], ...SIGNS);
  rows.push([dim("  On the line of time: "), ...marks(MARK_HELP.slice(0, 4))]);
  rows.push([plain("  "), ...marks(MARK_HELP.slice(4))]);
  // Line by line, as it was written: it holds lists, and is never wider than 78 columns.
  const teaches = view.recording.header.teaches.trim();
  if (teaches !== "") {
    rows.push([]);
    for (const line of teaches.split("\n")) rows.push([dim(`  ${line}`)]);
  }
  return scrolled(rows, scroll, count);
}

function keyRow([keys, what]: KeyWord): Row {
  return [plain("  "), { text: keys.padEnd(12), bold: true }, plain(what)];
}

function viewRow({ key, title, shows }: ViewEntry): Row {
  return [
    plain("  "),
    { text: key.padEnd(4), bold: true },
    { text: title.padEnd(11), bold: true },
    dim(shows),
  ];
}

/** The keys of the help in their groups. */
const KEYS: readonly (readonly [title: string, rows: readonly Row[]])[] = [
  ["", KEY_HELP.map(keyRow)],
  ["By hand, in a scenario's run:", WORK_HELP.map(keyRow)],
  [
    "Views; the same key again, or Esc, goes back:",
    VIEWS.filter(({ key }) => key !== "").map(viewRow),
  ],
];

function marks(of: typeof MARK_HELP): Segment[] {
  return of.flatMap(([symbol, color, what]) => [
    { text: symbol, color, bold: true },
    plain(` ${what}  `),
  ]);
}

const SIGNS: readonly Row[] = [
  [
    plain("  "),
    { text: "★", color: "green" },
    plain(" leader  "),
    { text: "▲", color: "yellow" },
    plain(" candidate  "),
    { text: "△", color: "yellow" },
    plain(" pre-candidate  ○ follower  "),
    { text: "◌", color: "cyan" },
    plain(" learner"),
  ],
  [
    plain("  "),
    { text: "✗", color: "red" },
    plain(" down  "),
    { text: "‖", color: "red" },
    plain(" paused  A cell is a log entry and shows its term;"),
  ],
  [
    plain("  filled is committed, "),
    { text: "│", bold: true },
    plain(" is the commit line, ▒ a compacted prefix, "),
    { text: "≠", color: "red" },
    plain(" not the leader's."),
  ],
];

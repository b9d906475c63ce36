import type { Phrases } from "../../learn/text/phrases.ts";
import type { Action as PlayerAction } from "../player.ts";
import type { Classroom } from "./classroom.ts";
import type { LearnAction, LearnState } from "./state.ts";
import { recordingOf } from "./state.ts";

/** A key that does something now. */
export interface KeyNow {
  /** What is typed: a character, or the name of a key. */
  readonly key: string;
  readonly action: LearnAction;
  /** How the line of keys shows it; null: it goes with the one before it. */
  readonly shown: string | null;
  readonly what: string;
}

/** The parts of ink's `Key` that mean something here. */
export interface KeyPress {
  readonly return: boolean;
  readonly escape: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
}

/** The names of the keys that were pressed. Keys typed faster than they are read come as one text. */
export function pressedKeys(input: string, key: KeyPress): string[] {
  if (key.return) return ["enter"];
  if (key.escape) return ["esc"];
  if (key.leftArrow) return ["left"];
  if (key.rightArrow) return ["right"];
  if (key.upArrow) return ["up"];
  if (key.downArrow) return ["down"];
  if (key.backspace || key.delete) return ["b"];
  return [...input].map((char) =>
    char === "\r" || char === "\n" ? "enter" : (ALIASES[char] ?? char),
  );
}

const ALIASES: Readonly<Record<string, string>> = {
  " ": "space",
  l: "right",
  h: "left",
  j: "down",
  k: "up",
};

/**
 * The keys that work at this moment, in the order of their importance. What is not here does nothing, and
 * what is here is on the line of keys. `hidden` is how many rows of a text are below the screen.
 */
export function keysNow(
  state: LearnState,
  room: Classroom,
  { keys }: Phrases,
  hidden: number,
): KeyNow[] {
  if (state.lesson === null) {
    return [
      { key: "up", action: { type: "cursor", by: -1 }, shown: "↑↓", what: keys.choose },
      { key: "down", action: { type: "cursor", by: 1 }, shown: null, what: "" },
      { key: "enter", action: { type: "open" }, shown: "⏎", what: keys.open },
      { key: "esc", action: { type: "quit" }, shown: "esc", what: keys.leave },
      { key: "q", action: { type: "quit" }, shown: "q", what: keys.quit },
    ];
  }
  const page = room.page(state.lesson, state.page);
  const out: KeyNow[] = [];
  if ((page.kind === "ask" || page.kind === "break") && state.picked === null) {
    const what = page.kind === "ask" ? keys.answer : keys.try;
    const shown = `1-${page.choices.length}`;
    for (const [choice] of page.choices.entries()) {
      const first = choice === 0;
      const action = { type: "pick", choice } as const;
      out.push({ key: String(choice + 1), action, shown: first ? shown : null, what });
    }
  }
  // A question is to be answered first.
  const asked = page.kind === "ask" && state.picked === null;
  if (state.watching)
    out.push({ key: "enter", action: { type: "skip" }, shown: "⏎", what: keys.skip });
  else if (page.kind === "break" && state.picked !== null) {
    out.push({ key: "enter", action: { type: "unpick" }, shown: "⏎", what: keys.choices });
  } else if (!asked)
    out.push({ key: "enter", action: { type: "next" }, shown: "⏎", what: keys.next });
  out.push(...playerKeys(state, room, keys));
  if (hidden > 0 || state.scroll > 0) {
    out.push(
      { key: "up", action: { type: "scroll", by: -1 }, shown: "↑↓", what: keys.scroll },
      { key: "down", action: { type: "scroll", by: 1 }, shown: null, what: "" },
    );
  }
  const branch = page.kind === "break" && state.picked !== null;
  if (state.player?.why === true) {
    const action = { type: "play", action: { type: "why" } } as const;
    out.push(
      { key: "esc", action, shown: "esc", what: keys.leave },
      { key: "q", action: { type: "quit" }, shown: "q", what: keys.quit },
    );
    return out;
  }
  if (state.page > 0 && !branch) {
    out.push({ key: "b", action: { type: "back" }, shown: "b", what: keys.back });
  }
  out.push(
    branch
      ? { key: "esc", action: { type: "unpick" }, shown: "esc", what: keys.leave }
      : {
          key: "esc",
          action: { type: "lessons" },
          shown: "esc",
          what: room.single ? keys.leave : keys.lessons,
        },
    { key: "q", action: { type: "quit" }, shown: "q", what: keys.quit },
  );
  return out;
}

function playerKeys(state: LearnState, room: Classroom, keys: Phrases["keys"]): KeyNow[] {
  const { player } = state;
  const recording = recordingOf(state, room);
  if (player === null || recording === null) return [];
  const key = (name: string, action: PlayerAction, shown: string | null, what: string): KeyNow => ({
    key: name,
    action: { type: "play", action },
    shown,
    what,
  });
  const looks = [
    key("w", { type: "why" }, "w", keys.why),
    key("v", { type: "detail" }, "v", player.detail === "all" ? keys.less : keys.more),
  ];
  const page = state.lesson === null ? null : room.page(state.lesson, state.page);
  // While it is asked or chosen, the run stands still; to look at it is all that can be done.
  if (page?.kind !== "show" && state.picked === null) return looks;
  return [
    key("space", { type: "play" }, "space", player.playing ? keys.pause : keys.play),
    key("left", { type: "step", by: -1, unit: "story" }, "←→", keys.step),
    key("right", { type: "step", by: 1, unit: "story" }, null, ""),
    key(",", { type: "step", by: -1, unit: "event" }, ",.", keys.event),
    key(".", { type: "step", by: 1, unit: "event" }, null, ""),
    ...looks,
  ];
}

import type { Action } from "./player.ts";

/** The parts of ink's `Key` that mean something here. */
export interface KeyPress {
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly pageUp: boolean;
  readonly pageDown: boolean;
  readonly home: boolean;
  readonly end: boolean;
  readonly shift: boolean;
  readonly tab: boolean;
  readonly escape: boolean;
  readonly ctrl: boolean;
}

const BY_LETTER: Readonly<Record<string, Action | "quit">> = {
  " ": { type: "play" },
  l: { type: "step", by: 1, unit: "story" },
  h: { type: "step", by: -1, unit: "story" },
  L: { type: "step", by: 1, unit: "event" },
  H: { type: "step", by: -1, unit: "event" },
  ".": { type: "step", by: 1, unit: "event" },
  ",": { type: "step", by: -1, unit: "event" },
  "+": { type: "speed", by: 1 },
  "=": { type: "speed", by: 1 },
  "-": { type: "speed", by: -1 },
  n: { type: "jump", by: 1, to: "election" },
  N: { type: "jump", by: -1, to: "election" },
  f: { type: "jump", by: 1, to: "fault" },
  F: { type: "jump", by: -1, to: "fault" },
  ">": { type: "scrub", by: 1 },
  "<": { type: "scrub", by: -1 },
  "}": { type: "zoom", by: 1 },
  "{": { type: "zoom", by: -1 },
  g: { type: "start" },
  G: { type: "end" },
  j: { type: "cursor", by: 1 },
  k: { type: "cursor", by: -1 },
  "]": { type: "chapter", by: 1 },
  "[": { type: "chapter", by: -1 },
  z: { type: "view", view: "cluster" },
  t: { type: "view", view: "logs" },
  o: { type: "view", view: "columns" },
  m: { type: "view", view: "messages" },
  d: { type: "view", view: "store" },
  y: { type: "view", view: "history" },
  i: { type: "view", view: "inspector" },
  c: { type: "clients" },
  w: { type: "why" },
  v: { type: "detail" },
  "?": { type: "help" },
  q: "quit",
};

/** What a press asks for. Keys typed faster than they are read come as one text: one action each. */
export function actionsOf(input: string, key: KeyPress): (Action | "quit")[] {
  const unit = key.shift ? "event" : "story";
  if (key.rightArrow) return [{ type: "step", by: 1, unit }];
  if (key.leftArrow) return [{ type: "step", by: -1, unit }];
  if (key.upArrow) return [{ type: "cursor", by: -1 }];
  if (key.downArrow) return [{ type: "cursor", by: 1 }];
  if (key.pageUp) return [{ type: "page", by: -1 }];
  if (key.pageDown) return [{ type: "page", by: 1 }];
  if (key.home) return [{ type: "start" }];
  if (key.end) return [{ type: "end" }];
  if (key.tab) return [{ type: "select-next", by: key.shift ? -1 : 1 }];
  if (key.escape) return [{ type: "escape" }];
  if (key.ctrl) return [];
  const actions: (Action | "quit")[] = [];
  for (const letter of input) {
    const action = BY_LETTER[letter];
    if (action !== undefined) actions.push(action);
    else if (letter >= "1" && letter <= "9") {
      actions.push({ type: "select", member: Number(letter) });
    }
  }
  return actions;
}

/** The keys for people: left what to press, right what it does. */
export const KEY_HELP: readonly (readonly [keys: string, what: string])[] = [
  ["space", "play, pause"],
  ["→ l   ← h", "to the next, the previous line of the story"],
  [".   ,", "one single event on, back (or shift with → ←)"],
  ["+   -", "faster, slower"],
  ["n   N", "to where the next, the previous election begins or is won"],
  ["f   F", "to the next, the previous fault"],
  [">   <", "along the line of time, a cell on or back"],
  ["}   {", "the line of time closer, wider around this moment"],
  ["g   G", "to the start, to the end"],
  ["↑ k   ↓ j", "the cursor of what is shown up, down (PgUp, PgDn: ten at once)"],
  ["[   ]", "to the chapter before, to the next one"],
  ["1…9  tab", "details of a member, and what it waits for"],
  ["c", "what clients have: leases, watches, locks"],
  ["w", "why: what led to the line, entry, member, key, lease or call at the cursor"],
  ["v", "every step, or only what matters"],
  ["?", "this help"],
  ["q", "quit (also ctrl-c)"],
];

/** The keys for people, beside those of the player. */
export const WORK_HELP: readonly (readonly [keys: string, what: string])[] = [
  ["x", "break it: crash, cut, lose a message … at this moment; the run goes on from there"],
  [":", "any step of a scenario, e.g. put: { key: a, value: 1 }"],
  ["u", "take back what was done last"],
  ["b   B", "the next branch; two branches beside each other"],
  ["s", "save this branch as a scenario, which replays to the same digest"],
  ["M   '", "mark this moment with a note; to the next mark"],
  ["Y", "the command that opens this very moment"],
  ["/", "filter the story or this help; ↑ ↓ while typing: earlier ones"],
];

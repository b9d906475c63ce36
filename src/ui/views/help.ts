import { holdsWords } from "../filter.ts";
import { KEY_HELP, WORK_HELP } from "../keys.ts";
import type { Action } from "../player.ts";
import {
  dim,
  type KeyWord,
  keysRow,
  plain,
  type Row,
  rule,
  type Segment,
  textOf,
} from "../style.ts";
import { whyNot } from "../why-not.ts";
import { VIEWS } from "./registry.ts";
import { MARK_HELP } from "./title.ts";
import { scrolled, type View, type ViewEntry } from "./view.ts";

/** The keys that do something now, the more useful ones first. */
function keysOf({ state, recording, frame }: View, compared: boolean): readonly KeyWord[] {
  if (state.lesson) return [["any key", "begin"]];
  const works = (action: Action): boolean => whyNot(action, { state, recording, compared }) === "";
  const keys: KeyWord[] = [];
  const add = (key: string, action: Action, what: string): void => {
    if (works(action)) keys.push([key, what]);
  };
  /** Two keys, on and back, as far as they work. */
  const pair = (on: string, back: string, way: (by: 1 | -1) => Action, what: string): void => {
    const both = `${works(way(-1)) ? back : ""}${works(way(1)) ? on : ""}`;
    if (both !== "") keys.push([both, what]);
  };
  /** One of the two, on if it can be. */
  const either = (on: string, back: string, way: (by: 1 | -1) => Action, what: string): void => {
    if (works(way(1))) keys.push([on, what]);
    else add(back, way(-1), what);
  };
  const isStory = state.view === "story";
  const views = VIEWS.map(({ key }) => key).join("");
  add("space", { type: "play" }, state.playing ? "pause" : "play");
  pair("→", "←", (by) => ({ type: "step", by, unit: "story" }), "step");
  add("esc", { type: "escape" }, "back");
  if (!isStory || state.help || state.why) {
    pair("↓", "↑", (by) => ({ type: "cursor", by }), state.help ? "scroll" : "move");
  }
  if (state.help) keys.push(["/", "filter"]);
  add("w", { type: "why" }, state.why ? "story" : "why");
  pair("]", "[", (by) => ({ type: "chapter", by }), "chapter");
  add(views, { type: "view", view: "cluster" }, "views");
  add(`1-${frame.members.length}`, { type: "select", member: frame.members[0]?.id ?? 0 }, "member");
  either("f", "F", (by) => ({ type: "jump", by, to: "fault" }), "fault");
  either("n", "N", (by) => ({ type: "jump", by, to: "election" }), "election");
  pair("+", "-", (by) => ({ type: "speed", by }), "speed");
  add("c", { type: "clients" }, "clients");
  add("v", { type: "detail" }, state.detail === "all" ? "less" : "more");
  pair(">", "<", (by) => ({ type: "scrub", by }), "along");
  pair("}", "{", (by) => ({ type: "zoom", by }), "zoom");
  return keys;
}

const ALWAYS: readonly KeyWord[] = [
  ["?", "help"],
  ["q", "quit"],
];

function widthOf(keys: readonly KeyWord[]): number {
  return keys.reduce((sum, [key, what]) => sum + key.length + what.length + 3, 1);
}

/**
 * The line at the bottom: as many of the keys that work now as fit, help and quit always.
 *
 * @param compared two branches are shown beside each other
 */
export function helpRow(view: View, compared = false): Row {
  const keys = keysOf(view, compared).slice();
  while (keys.length > 0 && widthOf([...keys, ...ALWAYS]) > view.columns) keys.pop();
  return keysRow([...keys, ...ALWAYS]);
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

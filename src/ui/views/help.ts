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
  wrap,
} from "../style.ts";
import { whyNot } from "../why-not.ts";
import { VIEWS } from "./registry.ts";
import { MARK_HELP } from "./title.ts";
import { scrolled, type View } from "./view.ts";

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

/**
 * The line at the bottom: as many of the keys that work now as fit, help and quit always.
 *
 * @param compared two branches are shown beside each other
 */
export function helpRow(view: View, compared = false): Row {
  return keysRow(keysOf(view, compared), ALWAYS, view.columns);
}

/**
 * The page behind `?`: keys, views, signs, and what the scenario teaches; `count` rows of it. Filtered, it is
 * the keys alone, with all their words.
 */
export function helpRows(view: View, count: number): Row[] {
  const { helpFilter, scroll } = view.state;
  const isFound = (block: Block): boolean => holdsWords(block.map(textOf).join(" "), helpFilter);
  const rows: Row[] = [];
  for (const [title, all] of groups(view.columns)) {
    const found = all.filter(isFound).flat();
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

type Block = readonly Row[];

/** A key, or two, and what it does, in as many rows as that takes. */
function keyBlock(name: readonly Segment[], what: string, columns: number): Block {
  const width = name.reduce((sum, { text }) => sum + text.length, 2);
  return wrap(what, columns - width - 1).map((piece, i) =>
    i === 0 ? [plain("  "), ...name, plain(piece)] : [plain(" ".repeat(width) + piece)],
  );
}

function keyBlocks(keys: readonly KeyWord[], columns: number): Block[] {
  return keys.map(([key, what]) => keyBlock([{ text: key.padEnd(12), bold: true }], what, columns));
}

function viewBlocks(columns: number): Block[] {
  return VIEWS.filter(({ key }) => key !== "").map(({ key, title, shows }) => {
    const name = [key.padEnd(4), title.padEnd(11)].map((text) => ({ text, bold: true }));
    return keyBlock(name, shows, columns);
  });
}

/** The keys of the help in their groups. */
function groups(columns: number): readonly (readonly [title: string, blocks: readonly Block[]])[] {
  return [
    ["", keyBlocks(KEY_HELP, columns)],
    ["By hand, in a scenario's run:", keyBlocks(WORK_HELP, columns)],
    ["Views; the same key again, or Esc, goes back:", viewBlocks(columns)],
  ];
}

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
    plain(" is the commit line, ▒ a compacted prefix,"),
  ],
  [plain("  "), { text: "≠", color: "red" }, plain(" is not the leader's.")],
];

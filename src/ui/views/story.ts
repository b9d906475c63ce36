import { timeText } from "../../trace/names.ts";
import { type StoryLine, sentence } from "../../trace/story/story.ts";
import type { WhyLink } from "../../trace/story/why-chain.ts";
import { dim, plain, type Row, rule, type Segment, TOPIC_COLOURS, wrap } from "../style.ts";
import { isViolation } from "../time-marks.ts";
import { linesUpTo, reachOfLines } from "./story-cursor.ts";
import { filled, scrolled, type View, type ViewEntry } from "./view.ts";

const TIME = 11;

/** The view that a run opens with. */
export const STORY: ViewEntry = {
  name: "story",
  key: "",
  title: "story",
  shows: "members, messages and what happened",
  draw: (view, rows) => storyRows(view, rows - 1, []),
  reach: reachOfLines,
};

/** What happened last, newest at the bottom; or why it did. The first row is a rule. */
export function storyRows(view: View, count: number, verdict: readonly Row[]): Row[] {
  const { state, recording, columns } = view;
  if (state.why) return whyRows(view, count);
  const told = lines(view, count);
  const all = state.detail === "all" ? "every step" : "what happened";
  const title = state.filter === "" ? all : `${all} with "${state.filter}"`;
  const back = state.view === "story" && state.cursor < 0;
  const hints = back
    ? ` (${-state.cursor} lines back)`
    : state.detail === "all"
      ? ""
      : " (v: every step, w: why)";
  const rows: Row[] = [];
  if (state.position === recording.length && !back) {
    rows.push(...cutRows(verdict, Math.max(1, Math.floor((count * 2) / 3))));
  }
  for (let i = told.length - 1; i >= 0 && rows.length < count; i--) {
    const newest = i === told.length - 1;
    const block = lineRows(told[i] as StoryLine, columns, newest);
    // Better no older line than half of one.
    if (!newest && block.length > count - rows.length) break;
    rows.unshift(...block.slice(0, count - rows.length));
  }
  while (rows.length < count) rows.unshift([]);
  return [rule([plain(title), dim(hints)], columns), ...rows];
}

/** The last lines up to the cursor, which is the story's only where it is what one moves in. */
function lines(view: View, count: number): readonly StoryLine[] {
  if (view.state.view === "story") return linesUpTo(view, count);
  const { position, detail, filter } = view.state;
  return view.recording.told(position, count, detail, filter);
}

/** The first `most` rows; if there are more, it says how many. */
function cutRows(rows: readonly Row[], most: number): readonly Row[] {
  if (rows.length <= most) return rows;
  return [...rows.slice(0, most - 1), [dim(`  … ${rows.length - most + 1} more`)]];
}

function lineRows(line: StoryLine, columns: number, newest: boolean): Row[] {
  const pieces = shortened(wrap(sentence(line), columns - TIME - 4), newest ? 4 : 2);
  const violates = isViolation(line);
  const color = violates ? "red" : TOPIC_COLOURS[line.topic];
  const strong = newest || line.topic === "note" || violates;
  return pieces.map((piece, i) => {
    const time = i === 0 ? timeText(line.at).padStart(TIME - 2) : "";
    const text = i === 0 ? piece.slice(line.actor.length) : `    ${piece}`;
    const actor = i === 0 ? line.actor : "";
    return [
      dim(`${time.padEnd(TIME - 2)}  `),
      { text: actor, color, bold: true, inverse: violates && actor !== "" },
      { text, ...(strong ? { bold: true } : {}), ...(violates ? { color } : {}) },
    ];
  });
}

/** The first `most` pieces of a sentence, which says so if it goes on. */
function shortened(pieces: string[], most: number): string[] {
  return pieces.length <= most
    ? pieces
    : [...pieces.slice(0, most - 1), `${pieces[most - 1] ?? ""} …`];
}

/** The chain of causes behind the line at the cursor, nearest first. */
function whyRows(view: View, count: number): Row[] {
  const { recording, columns, state } = view;
  const line = lines(view, 1).at(-1);
  const scrolls = state.view === "story" ? ", ↑ ↓: scroll" : "";
  const title = rule([plain("why"), dim(` (w: back to the story${scrolls})`)], columns);
  if (line === undefined) {
    return [title, ...filled([[dim("   nothing happened yet")]], count)];
  }
  const chain = recording.whyOf(line.seq, state.detail === "all");
  const rows: Row[] = [];
  chain.forEach((link, depth) => {
    // What is asked about is told in the line's own words: of one event there may be several lines.
    const told = depth === 0 ? { ...link, sentence: sentence(line) } : link;
    const isNew = link.rule !== chain[depth - 1]?.rule;
    rows.push(...linkRows(told, depth === 0, isNew, columns - TIME));
  });
  const scroll = state.view === "story" ? state.scroll : 0;
  return [title, ...scrolled(rows, scroll, count)];
}

/** A link with its rule behind it where that is new: the first one whole, the others in two rows. */
function linkRows(link: WhyLink, first: boolean, isNew: boolean, columns: number): Row[] {
  const width = columns - (first ? 1 : 3);
  const pieces = wrap(link.sentence, width);
  const most = first ? pieces.length + 1 : 2;
  const texts = shortened(pieces, most);
  const rows: Segment[][] = texts.map((text) => [first ? { text, bold: true } : plain(text)]);
  if (link.rule !== null && isNew) {
    const { place, rule: words } = link.rule;
    const left = width - (texts.at(-1)?.length ?? 0) - 2;
    const whole = `${place}: ${words}`;
    if (whole.length <= left) rows.at(-1)?.push(dim(`  ${whole}`));
    else if (rows.length < most) rows.push([dim(whole)]);
    else if (place.length <= left) rows.at(-1)?.push(dim(`  ${place}`));
  }
  const time = timeText(link.at).padStart(TIME - 2);
  return rows.map((row, i) => {
    const arrow = first ? "" : i === 0 ? "└ " : "  ";
    return [dim(`${i === 0 ? time : " ".repeat(TIME - 2)}  ${arrow}`), ...row];
  });
}

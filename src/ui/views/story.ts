import { timeText } from "../../trace/names.ts";
import { type StoryLine, sentence } from "../../trace/story/story.ts";
import { dim, plain, type Row, rule, TOPIC_COLOURS, wrap } from "../style.ts";
import { isViolation } from "../time-marks.ts";
import { asksLine, linesUpTo, reachOfLines } from "./story-cursor.ts";
import type { View, ViewEntry } from "./view.ts";

export const TIME = 11;

/** The view that a run opens with. */
export const STORY: ViewEntry = {
  name: "story",
  key: "",
  title: "story",
  shows: "members, messages and what happened",
  draw: (view, rows) => storyRows(view, rows - 1, []),
  reach: reachOfLines,
  asks: asksLine,
};

/** What happened last, newest at the bottom. The first row is a rule. */
export function storyRows(view: View, count: number, verdict: readonly Row[]): Row[] {
  const { state, recording, columns } = view;
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
export function shortened(pieces: string[], most: number): string[] {
  return pieces.length <= most
    ? pieces
    : [...pieces.slice(0, most - 1), `${pieces[most - 1] ?? ""} …`];
}

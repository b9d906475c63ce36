import { timeText } from "../../trace/names.ts";
import { type StoryLine, sentence } from "../../trace/story/story.ts";
import { causeChain } from "../../trace/story/why.ts";
import { dim, plain, type Row, rule, TOPIC_COLOURS, wrap } from "../style.ts";
import type { View, ViewEntry } from "./view.ts";

const TIME = 11;

/** The view that a run opens with. */
export const STORY: ViewEntry = {
  name: "story",
  key: "",
  title: "story",
  shows: "members, messages and what happened",
  draw: (view, rows) => storyRows(view, rows - 1, []),
  reach: () => ({ up: 0, down: 0 }),
};

/** What happened last, newest at the bottom; or why it did. The first row is a rule. */
export function storyRows(view: View, count: number, verdict: readonly Row[]): Row[] {
  const { state, recording, columns } = view;
  if (state.why) return whyRows(view, count);
  const told = recording.told(state.position, count, state.detail);
  const title = state.detail === "all" ? "every step" : "what happened";
  const hints = state.detail === "all" ? "" : " (v: every step, w: why)";
  const rows: Row[] = [];
  if (state.position === recording.length) {
    rows.push(...verdict.slice(0, Math.max(1, Math.floor((count * 2) / 3))));
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

function lineRows(line: StoryLine, columns: number, newest: boolean): Row[] {
  const pieces = shortened(wrap(sentence(line), columns - TIME - 4), newest ? 4 : 2);
  const color = TOPIC_COLOURS[line.topic];
  return pieces.map((piece, i) => {
    const time = i === 0 ? timeText(line.at).padStart(TIME - 2) : "";
    const text = i === 0 ? piece.slice(line.actor.length) : `    ${piece}`;
    const actor = i === 0 ? line.actor : "";
    return [
      dim(`${time.padEnd(TIME - 2)}  `),
      { text: actor, color, bold: true },
      newest ? { text, bold: true } : plain(text),
    ];
  });
}

/** The first `most` pieces of a sentence, which says so if it goes on. */
function shortened(pieces: string[], most: number): string[] {
  return pieces.length <= most
    ? pieces
    : [...pieces.slice(0, most - 1), `${pieces[most - 1] ?? ""} …`];
}

/** The chain of causes behind the last line told, nearest first. */
function whyRows(view: View, count: number): Row[] {
  const { state, recording, columns } = view;
  const last = recording.told(state.position, 1, state.detail)[0];
  const event = last === undefined ? undefined : recording.events[last.seq - 1];
  const rows: Row[] = [rule([plain("why"), dim(" (w: back to the story)")], columns)];
  if (event === undefined) rows.push([dim("   nothing happened yet")]);
  else {
    const chain = causeChain(event, (seq) => recording.events[seq - 1], count);
    chain.forEach((link, depth) => {
      const line = recording.lineOf(link.seq);
      const text = line === undefined ? link.kind : sentence(line);
      const time = timeText(link.at).padStart(TIME - 2);
      const arrow = depth === 0 ? "" : `${"  ".repeat(Math.min(depth, 8) - 1)}└ `;
      rows.push([dim(`${time}  ${arrow}`), depth === 0 ? { text, bold: true } : plain(text)]);
    });
  }
  const shown = rows.slice(0, count + 1);
  while (shown.length < count + 1) shown.push([]);
  return shown;
}

import { timeText } from "../../trace/names.ts";
import type { StoryLine } from "../../trace/story/story.ts";
import {
  dim,
  fitted,
  plain,
  type Row,
  rule,
  type Segment,
  sized,
  TOPIC_COLOURS,
  wrap,
} from "../style.ts";
import { whoRow } from "./lanes.ts";
import { asksLine, linesUpTo, reachOfLines } from "./story-cursor.ts";
import { filled, type View, type ViewEntry } from "./view.ts";

const TIME = 9;
/** More rows of a sentence than this are cut, but of the line at the cursor. */
const PIECES = 3;

/** The story with a column for each member, time downwards. */
export const COLUMNS: ViewEntry = {
  name: "columns",
  key: "o",
  title: "columns",
  shows: "the story, one column a member, time downwards",
  draw: drawColumns,
  reach: reachOfLines,
  asks: asksLine,
};

function drawColumns(view: View, rows: number): Row[] {
  const { frame, columns, state } = view;
  const ids = frame.members.map(({ id }) => id);
  const width = Math.max(6, Math.floor((columns - TIME) / ids.length));
  const lines = linesUpTo(view, rows);
  const blocks: Row[] = [];
  // From the cursor's line backwards, as many as fit.
  for (let i = lines.length - 1; i >= 0 && blocks.length < rows - 2; i--) {
    const line = lines[i] as StoryLine;
    const isCursor = i === lines.length - 1;
    const sameTime = i > 0 && timeText(line.at) === timeText((lines[i - 1] as StoryLine).at);
    blocks.unshift(...block(line, ids, width, { isCursor, sameTime, columns }));
  }
  const title = state.detail === "all" ? "every step" : "what happened";
  const head = [
    rule([plain("columns"), dim(`  ${title} (v: more, less; ↑ ↓)`)], columns),
    whoRow(view, TIME, width),
  ];
  const shown = blocks.slice(Math.max(0, blocks.length - (rows - 2)));
  return filled([...head, ...filled([], rows - 2 - shown.length), ...shown], rows);
}

interface BlockOptions {
  readonly isCursor: boolean;
  readonly sameTime: boolean;
  readonly columns: number;
}

/** A line in its member's column; what nobody in particular does goes across all. */
function block(
  line: StoryLine,
  ids: readonly number[],
  width: number,
  options: BlockOptions,
): Row[] {
  const { isCursor, sameTime, columns } = options;
  const color = TOPIC_COLOURS[line.topic];
  const column = ids.findIndex((id) => line.actor === `m${id}`);
  const because = line.because === "" ? "" : `: ${line.because}`;
  const time = sameTime ? "" : timeText(line.at).padStart(TIME - 2);
  const clock: Segment = isCursor
    ? { text: `${time.padEnd(TIME - 2)}▸ `, bold: true, color: "cyan" }
    : dim(time.padEnd(TIME));
  const look = { color, bold: isCursor };
  if (column < 0) {
    const text = `${line.actor} ${line.text}${because}`;
    return pieces(text, columns - TIME, isCursor ? PIECES : 1).map((piece, i) => [
      i === 0 ? clock : plain(" ".repeat(TIME)),
      { text: piece, ...look },
    ]);
  }
  // A narrow column has room for what happened; why is told of the line at the cursor.
  const text = isCursor || width > 24 ? line.text + because : line.text;
  return pieces(text, width - 2, isCursor ? 2 * PIECES : PIECES).map((piece, i) => {
    const row: Segment[] = [i === 0 ? clock : plain(" ".repeat(TIME))];
    ids.forEach((_, at) => {
      row.push({ text: "│", color: "gray", dim: true });
      if (at === column) row.push({ text: sized(piece, width - 1), ...look });
      else row.push(plain(" ".repeat(width - 1)));
    });
    return fitted(row, columns);
  });
}

function pieces(text: string, width: number, most: number): string[] {
  const all = wrap(text, Math.max(4, width));
  return all.length <= most ? all : [...all.slice(0, most - 1), `${all[most - 1] ?? ""} …`];
}

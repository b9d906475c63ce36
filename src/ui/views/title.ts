import { terminalText } from "../../base/terminal-text.ts";
import type { Instant } from "../../base/time.ts";
import { timeText } from "../../trace/names.ts";
import type { PlayerState } from "../player-state.ts";
import { type Colour, dim, joined, type Row, type Segment, sized, termColour } from "../style.ts";
import { MARK_KINDS, type MarkKind, type Reign, type TimeMark } from "../time-marks.ts";
import type { View } from "./view.ts";

/** The bar on top: what runs, whether it runs, how fast, and when we are. */
export function titleRow(view: View): Row {
  const { recording, state, columns } = view;
  const right = `${playText(state)}  ${state.speed}x  ${timeText(state.now)} / ${timeText(recording.end)} `;
  const { title, name } = recording.header;
  const violated = recording.violatedAt(state.position);
  const alarm = violated === 0 ? "" : ` ‼ ${violated} violated `;
  const left = ` ${terminalText(title === "" ? name : title)}`;
  return [
    { text: sized(left, columns - right.length - alarm.length - 1), inverse: true, bold: true },
    { text: alarm, color: "red", inverse: true, bold: true },
    { text: ` ${right}`, inverse: true },
  ].filter(({ text }) => text !== "") as Row;
}

function playText(state: PlayerState): string {
  return state.playing ? "▶ playing" : "‖ paused";
}

const MARKS: Readonly<Record<MarkKind, readonly [symbol: string, color: Colour]>> = {
  unanswered: ["?", "yellow"],
  note: ["▾", "cyan"],
  action: ["◆", "magenta"],
  repair: ["↑", "green"],
  campaign: ["▲", "yellow"],
  leader: ["★", "green"],
  fault: ["✗", "red"],
  violation: ["‼", "red"],
};

/** A moment that the person has marked. */
const PIN: readonly [symbol: string, color: Colour] = ["■", "cyan"];

/** The marks of the timeline with their meanings, for the help. */
export const MARK_HELP: readonly (readonly [symbol: string, color: Colour, what: string])[] = [
  [...MARKS.leader, "leader"],
  [...MARKS.campaign, "campaign"],
  [...MARKS.fault, "fault"],
  [...MARKS.repair, "repair"],
  [...MARKS.action, "asked for"],
  [...MARKS.unanswered, "call failed"],
  [...MARKS.note, "note"],
  [...MARKS.violation, "violation"],
  [...PIN, "your mark"],
];

/**
 * The run as a line in time: coloured by the term of who leads, dotted where nobody does. Long silences
 * are short on it. A mark for what happened, the most important one where several share a column; where
 * we are is shown inverted, so that it hides none. Zoomed in, it is a part of the run, from and until when
 * stands at its ends.
 */
export function timelineRow(view: View): Row {
  const { recording, state, pins = [] } = view;
  const { before, after, width, columnOf } = timelineOf(view);
  const cells = lineOf(recording.reigns, columnOf, width);
  const ranks = new Array<number>(width).fill(-1);
  const put = (at: Instant, rank: number, cell: Segment): void => {
    const column = columnOf(at);
    if (column < 0 || column >= width || rank <= (ranks[column] as number)) return;
    ranks[column] = rank;
    cells[column] = cell;
  };
  for (const { kind, at, term } of recording.marks) {
    const [text, color] = MARKS[kind];
    const look = { text, color, bold: kind === "violation" || kind === "leader" };
    const own = kind === "leader" ? { ...look, color: termColour(term) } : look;
    put(at, MARK_KINDS.indexOf(kind), own);
  }
  // Nothing but a broken rule hides what the person has marked.
  const rank = MARK_KINDS.indexOf("violation") - 0.5;
  for (const at of pins) put(at, rank, { text: PIN[0], color: PIN[1], bold: true });
  const here = Math.max(0, Math.min(width - 1, columnOf(state.now)));
  const cell = cells[here] as Segment;
  const isBare = ranks[here] === -1;
  cells[here] = isBare
    ? { text: "●", bold: true, color: "cyan" }
    : { ...cell, inverse: true, bold: true };
  return [dim(before), ...joined(cells), ...(after === "" ? [] : [dim(after)])];
}

interface Timeline {
  /** What stands before the line and behind it. */
  readonly before: string;
  readonly after: string;
  /** Cells of the line itself. */
  readonly width: number;
  /** The cell of a moment; none of the line's if the moment is outside of it. */
  readonly columnOf: (at: Instant) => number;
}

/** What a column of the row with the line of time stands for: a mark of the run, or else a moment. */
export function pointedAt(view: TimelineView, column: number): TimeMark | Instant {
  const { recording, state } = view;
  const { before, width, columnOf } = timelineOf(view);
  const cell = Math.max(0, Math.min(width - 1, column - before.length));
  const marks = recording.marks.filter(({ at }) => columnOf(at) === cell);
  const rank = ({ kind }: TimeMark): number => MARK_KINDS.indexOf(kind);
  const mark = marks.sort((a, b) => rank(b) - rank(a))[0];
  if (mark !== undefined) return mark;
  const { from, to } = recording.scale.around(state.now, state.zoom);
  return Math.floor(recording.scale.at(from + ((to - from) * (cell + 0.5)) / (width - 1)));
}

/** The parts of a view that the line of time is drawn from. */
type TimelineView = Pick<View, "recording" | "state" | "columns">;

/** How the line of time is laid out in its row. */
function timelineOf({ recording, state, columns }: TimelineView): Timeline {
  const { scale } = recording;
  const { from, to } = scale.around(state.now, state.zoom);
  const whole = state.zoom === 0;
  const label = (part: number): string => timeText(Math.floor(scale.at(part)));
  const before = whole ? " " : ` ${label(from)} ◂`;
  const after = whole ? "" : `▸ ${label(to)} `;
  const width = columns - before.length - (whole ? 1 : after.length);
  const columnOf = (at: Instant): number =>
    Math.floor(((scale.part(at) - from) / (to - from)) * (width - 1));
  return { before, after, width, columnOf };
}

/** The line itself, by who leads. */
function lineOf(
  reigns: readonly Reign[],
  columnOf: (at: Instant) => number,
  width: number,
): Segment[] {
  const cells: Segment[] = Array.from({ length: width }, () => dim("┄"));
  for (const { term, from, to } of reigns) {
    const end = Math.min(width - 1, columnOf(to));
    for (let x = Math.max(0, columnOf(from)); x <= end; x++) {
      cells[x] = { text: "─", color: termColour(term) };
    }
  }
  return cells;
}

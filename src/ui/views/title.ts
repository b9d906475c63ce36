import { terminalText } from "../../base/terminal-text.ts";
import { timeText } from "../../trace/names.ts";
import type { PlayerState } from "../player-state.ts";
import { type Colour, dim, joined, type Row, type Segment, sized, termColour } from "../style.ts";
import { MARK_KINDS, type MarkKind, type Reign } from "../time-marks.ts";
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
];

/**
 * The run as a line in time: coloured by the term of who leads, dotted where nobody does. Long silences
 * are short on it. A mark for what happened, the most important one where several share a column; where
 * we are is shown inverted, so that it hides none.
 */
export function timelineRow(view: View): Row {
  const { recording, state, columns } = view;
  const width = columns - 2;
  const { scale, marks, reigns } = recording;
  const cells = lineOf(reigns, (at) => scale.part(at), width);
  const ranks = new Array<number>(width).fill(-1);
  for (const { kind, at, term } of marks) {
    const column = Math.min(width - 1, Math.floor(scale.part(at) * (width - 1)));
    const rank = MARK_KINDS.indexOf(kind);
    if (rank <= (ranks[column] as number)) continue;
    ranks[column] = rank;
    const [text, color] = MARKS[kind];
    const look = { text, color, bold: kind === "violation" || kind === "leader" };
    cells[column] = kind === "leader" ? { ...look, color: termColour(term) } : look;
  }
  const here = Math.min(width - 1, Math.floor(scale.part(state.now) * (width - 1)));
  const cell = cells[here] as Segment;
  const isBare = ranks[here] === -1;
  cells[here] = isBare
    ? { text: "●", bold: true, color: "cyan" }
    : { ...cell, inverse: true, bold: true };
  return [dim(" "), ...joined(cells)];
}

/** The line itself, by who leads. */
function lineOf(
  reigns: readonly Reign[],
  partOf: (at: number) => number,
  width: number,
): Segment[] {
  const cells: Segment[] = Array.from({ length: width }, () => dim("┄"));
  for (const { term, from, to } of reigns) {
    const end = Math.min(width - 1, Math.floor(partOf(to) * (width - 1)));
    for (let x = Math.floor(partOf(from) * (width - 1)); x <= end; x++) {
      cells[x] = { text: "─", color: termColour(term) };
    }
  }
  return cells;
}

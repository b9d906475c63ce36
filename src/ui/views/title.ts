import { terminalText } from "../../base/terminal-text.ts";
import { timeText } from "../../trace/names.ts";
import type { PlayerState } from "../player-state.ts";
import { dim, joined, type Row, type Segment, sized } from "../style.ts";
import type { View } from "./view.ts";

/** The bar on top: what runs, whether it runs, how fast, and when we are. */
export function titleRow(view: View): Row {
  const { recording, state, columns } = view;
  const right = `${playText(state)}  ${state.speed}x  ${timeText(state.now)} / ${timeText(recording.end)} `;
  const { title, name } = recording.header;
  const left = ` ${terminalText(title === "" ? name : title)}`;
  return [
    { text: sized(left, columns - right.length - 1), inverse: true, bold: true },
    { text: ` ${right}`, inverse: true },
  ];
}

function playText(state: PlayerState): string {
  return state.playing ? "▶ playing" : "‖ paused";
}

/** The run as a line in time: elections won ★, faults ✗, and where we are ●. */
export function timelineRow(view: View): Row {
  const { recording, state, columns } = view;
  const width = columns - 2;
  const marks: Segment[] = Array.from({ length: width }, () => dim("─"));
  const columnOf = (at: number) =>
    recording.end === 0
      ? 0
      : Math.floor((Math.min(at, recording.end) / recording.end) * (width - 1));
  for (const place of recording.faults) {
    marks[columnOf(recording.timeAt(place))] = { text: "✗", color: "red" };
  }
  for (const place of recording.elections) {
    marks[columnOf(recording.timeAt(place))] = { text: "★", color: "green" };
  }
  marks[columnOf(state.now)] = { text: "●", bold: true, color: "cyan" };
  return [dim(" "), ...joined(marks)];
}

import type { Instant } from "../../base/time.ts";
import type { Moment } from "../../fuzz/when/when.ts";
import { timeText } from "../../trace/names.ts";

const WIDTH = 72;
const ROWS = 6;
/** Eighths of a row, from below. */
const BLOCKS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/**
 * The probability of a failure over the virtual time of a run, of which `moments` are known. Between two of
 * them it is drawn as it was at the earlier one. Marks on the axis show where somebody looked.
 */
export function plot(moments: readonly Moment[], end: Instant): string[] {
  const columnOf = (at: Instant) => Math.floor((at * (WIDTH - 1)) / Math.max(1, end));
  const heights = new Array<number>(WIDTH).fill(0);
  const marks = new Array<string>(WIDTH).fill("─");
  for (const { at, probability } of moments) {
    heights.fill(Math.round(probability * ROWS * 8), columnOf(at));
    marks[columnOf(at)] = "┴";
  }
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const below = (ROWS - 1 - row) * 8;
    const label = row === 0 ? "1.00" : row === ROWS / 2 ? "0.50" : "";
    const bars = heights.map((height) => BLOCKS[Math.min(8, Math.max(0, height - below))]);
    return `${label.padStart(6)} │${bars.join("")}`.trimEnd();
  });
  const last = timeText(end);
  return [
    ...rows,
    `${"0.00".padStart(6)} └${marks.join("")}`,
    `${" ".repeat(8)}0s${last.padStart(WIDTH - 2)}`,
  ];
}

import { KEY_HELP } from "../keys.ts";
import { dim, plain, type Row, type Segment } from "../style.ts";
import { filled, type View } from "./view.ts";

const KEYS: readonly (readonly [string, string])[] = [
  ["space", "play"],
  ["←→", "step"],
  ["+-", "speed"],
  ["n", "election"],
  ["f", "fault"],
  ["1-9", "details"],
  ["c", "clients"],
  ["w", "why"],
  ["?", "help"],
  ["q", "quit"],
];

function widthOf(keys: typeof KEYS): number {
  return keys.reduce((sum, [key, what]) => sum + key.length + what.length + 3, 1);
}

/** The line at the bottom: as many keys as fit, help and quit always. */
export function helpRow(width: number): Row {
  const shown = KEYS.slice();
  while (widthOf(shown) > width) shown.splice(shown.length - 3, 1);
  const out: Segment[] = [plain(" ")];
  for (const [key, what] of shown) out.push({ text: key, bold: true }, dim(` ${what}  `));
  return out;
}

/** `count` of the rows from `scroll` on; what is above and below them is counted. */
export function scrolled(rows: readonly Row[], scroll: number, count: number): Row[] {
  const from = Math.max(0, Math.min(scroll, rows.length - count));
  const shown = filled(rows.slice(from), count);
  const below = rows.length - from - count;
  if (below > 0) shown[count - 1] = [dim(`  … ${below + 1} more (↓)`)];
  if (from > 0) shown[0] = [dim(`  … ${from + 1} above (↑)`)];
  return shown;
}

/** The page behind `?`: keys, signs, and what the scenario teaches; `count` rows of it. */
export function helpRows(view: View, count: number): Row[] {
  const rows: Row[] = [[]];
  for (const [keys, what] of KEY_HELP) {
    rows.push([plain("  "), { text: keys.padEnd(12), bold: true }, plain(what)]);
  }
  rows.push(
    [],
    [
      plain("  "),
      { text: "★", color: "green" },
      plain(" leader  "),
      { text: "▲", color: "yellow" },
      plain(" candidate  "),
      { text: "△", color: "yellow" },
      plain(" pre-candidate  ○ follower  "),
      { text: "◌", color: "cyan" },
      plain(" learner  "),
      { text: "✗", color: "red" },
      plain(" down  "),
      { text: "‖", color: "red" },
      plain(" paused"),
    ],
    [
      plain("  A cell is a log entry and shows its term; "),
      { text: "│", bold: true },
      plain(" is the commit line, ▒ a compacted prefix."),
    ],
  );
  // Line by line, as it was written: it holds lists, and is never wider than 78 columns.
  const teaches = view.recording.header.teaches.trim();
  if (teaches !== "") {
    rows.push([]);
    for (const line of teaches.split("\n")) rows.push([dim(`  ${line}`)]);
  }
  return scrolled(rows, view.state.scroll, count);
}

import type { Instant } from "../base/time.ts";
import { MIN_COLUMNS, minRows, type Size } from "./layout.ts";
import { screenRows } from "./screen.ts";
import type { Row } from "./style.ts";
import { keysRow, textOf, wrap } from "./style.ts";
import { modeKeys, modeRows } from "./touch/rows.ts";
import { branchMark, branchRows } from "./views/branches.ts";
import { helpRow } from "./views/help.ts";
import { shortened } from "./views/story.ts";
import { recordingOf, type Workbench } from "./workbench.ts";

/** Rows that a menu may take of the screen, beside the head. */
const HEAD = 3;

/** The screen with what is being done by hand: pure, as `screenRows` is. */
export function benchRows(bench: Workbench, size: Size, verdict: readonly Row[]): Row[] {
  const { recording, player, session } = bench;
  const ends = session === null || session.current === 0 ? verdict : [];
  const rows = screenRows(recording, player, size, ends, pinsOf(bench));
  const frame = recording.frames.seek(player.position);
  const { columns } = size;
  if (columns < MIN_COLUMNS || size.rows < minRows(frame.members.length)) return rows;
  const foot = rows.length - 1;
  const asked = modeRows(bench.mode, frame, columns, foot - HEAD);
  const drawn =
    bench.beside === null || player.help || player.lesson ? rows : compared(bench, rows, columns);
  const shown = [...drawn.slice(0, foot - asked.length), ...asked, drawn[foot] ?? []];
  if (bench.notice !== "") {
    const told = noticeRows(bench.notice, columns);
    shown.splice(shown.length - told.length, told.length, ...told);
  } else if (bench.mode.kind !== "watch")
    shown[foot] = keysRow(...modeKeys(bench.mode, frame, bench.typed), columns);
  else if (session !== null && !player.help && !player.lesson) {
    const { current, branches, branch } = session;
    const mark = branchMark(current, branches.length, branch.title, columns >> 1);
    const view = { recording, state: player, frame, columns: columns - textOf(mark).length };
    shown[foot] = [...mark, ...helpRow(view, bench.beside !== null)];
  } else if (bench.live !== null && !player.help) {
    const mark = liveMark(player.position === recording.length);
    const view = { recording, state: player, frame, columns: columns - textOf(mark).length };
    shown[foot] = [...mark, ...helpRow(view, false)];
  }
  return shown;
}

/** The run goes on, whether its end is looked at or what was before; and what can be done to it. */
function liveMark(atEnd: boolean): Row {
  const text = atEnd ? " ● live " : " ○ live, seen earlier: G is now ";
  return [
    { text, color: "green", bold: true },
    { text: " x break it  : step  s save ", color: "yellow" },
  ];
}

/** When the moments are that were marked in the branch that is shown. */
function pinsOf({ bookmarks, session, recording }: Workbench): Instant[] {
  const current = session?.current ?? 0;
  return bookmarks
    .filter(({ branch }) => branch === current)
    .map(({ position }) => recording.timeAt(position));
}

/** What is said in the place of the keys, and of as many rows above them as it takes. */
function noticeRows(notice: string, columns: number): Row[] {
  const lines = wrap(notice, columns - 2);
  return shortened(lines, MOST_NOTICE).map((line) => [
    { text: ` ${line}`, bold: true, color: "yellow" },
  ]);
}

const MOST_NOTICE = 4;

/** The branches below the head of the screen, in the place of everything but the keys. */
function compared(bench: Workbench, rows: readonly Row[], columns: number): Row[] {
  const { session, recording, player } = bench;
  const other = session?.branches[bench.beside ?? 0];
  if (session === null || other === undefined) return [...rows];
  const head = 2;
  const view = { recording, state: player, frame: recording.frames.seek(player.position), columns };
  const named = {
    recording: recordingOf(other),
    name: `${(bench.beside ?? 0) + 1}: ${other.title}`,
  };
  const name = `${session.current + 1}: ${session.branch.title}`;
  const drawn = branchRows(view, name, named, rows.length - head - 1);
  return [...rows.slice(0, head), ...drawn, rows.at(-1) ?? []];
}

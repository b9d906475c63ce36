import type { Frame, MemberFrame } from "../../trace/frames/frame.ts";
import { type Colour, dim, joined, plain, type Row, type Segment, termColour } from "../style.ts";
import type { Stage } from "./stage.ts";

/** Which entries are shown, the same for all members so that columns can be compared. */
export interface LogWindow {
  readonly from: number;
  readonly to: number;
  /** Columns of one entry: its term, and a commit line or space behind it. */
  readonly cell: number;
}

/** The end of the longest log; 0 if all are empty. */
export function lastIndexOf(frame: Frame): number {
  return Math.max(0, ...frame.members.map((member) => member.log.lastIndex));
}

/**
 * The entries that fit `width` columns: the newest, but always those around the commit line; or those
 * around `cursor`, if there is one.
 */
export function logWindow(frame: Frame, width: number, cursor?: number): LogWindow {
  const last = Math.max(1, lastIndexOf(frame));
  const term = Math.max(1, ...frame.members.map((member) => member.log.lastTerm));
  const cell = String(term).length + 2;
  const count = Math.max(1, Math.floor(width / cell));
  const newest = last - count + 1;
  // Uncommitted tails longer than the window: keep two committed entries in sight.
  const wanted = cursor === undefined ? frame.committed - 1 : cursor - Math.floor(count / 2);
  const from = Math.max(1, Math.min(newest, wanted));
  return { from, to: from + count - 1, cell };
}

/** The indexes above the cells, as many as fit; `cursor` always, and in bold. */
export function rulerRow(window: LogWindow, cursor?: number): Row {
  const every = Math.ceil((String(window.to).length + 1) / window.cell);
  const width = (window.to - window.from + 1) * window.cell;
  let text = "";
  for (let index = window.from; index <= window.to; index += every) {
    text += String(index)
      .padStart(window.cell - 1)
      .padEnd(window.cell * every);
  }
  if (cursor === undefined || cursor < window.from || cursor > window.to) return [dim(text)];
  const name = String(cursor);
  const end = (cursor - window.from + 1) * window.cell - 1;
  const start = Math.max(0, end - name.length);
  const before = text.slice(0, Math.max(0, start - 1)).padEnd(start);
  const after = ` ${text.slice(start + name.length + 1)}`.slice(
    0,
    Math.max(0, width - start - name.length),
  );
  return [dim(before), { text: name, bold: true, inverse: true }, dim(after)];
}

export interface CellOptions {
  /** The entry under the cursor. */
  readonly cursor?: number;
  /** What a broken rule is about. */
  readonly staged?: Stage;
  /** The end of the longest log. */
  readonly last?: number;
  /** Whose log the others are compared with. */
  readonly leader?: MemberFrame | undefined;
}

/** A member's log: a cell an entry, filled if the member knows it committed; `▒` for compacted. */
export function logRow(member: MemberFrame, window: LogWindow, last?: number): Row {
  return logCells(member, window, last === undefined ? {} : { last });
}

export function logCells(member: MemberFrame, window: LogWindow, options: CellOptions): Row {
  const { log, commit, status } = member;
  const last = Math.max(log.lastIndex, 0);
  if (last === 0) return [dim("(empty)")];
  if (last < window.from) {
    const behind = (options.last ?? window.to) - last;
    return [dim(`◂ ends at ${last} (${behind} behind)`)];
  }
  const cells: Segment[] = [];
  for (let index = window.from; index <= window.to; index++) {
    if (index > log.lastIndex && index > commit) break;
    const cell = cellOf(member, index, window.cell - 1);
    const differs = isOther(member, index, options.leader);
    const staged = options.staged;
    const isStaged = staged?.entries.has(index) === true && staged.members.has(member.id);
    cells.push({
      ...cell,
      ...(isStaged ? { background: "red" as const, color: "white" as const, bold: true } : {}),
      ...(options.cursor === index ? { bold: true, inverse: true } : {}),
      ...(status === "up" ? {} : { dim: true }),
    });
    if (index === commit) cells.push({ text: "│", bold: true });
    else cells.push(differs ? { text: "≠", color: "red" } : plain(" "));
  }
  return joined(cells);
}

/** Whether the leader has another entry there, or none. */
function isOther(member: MemberFrame, index: number, leader: MemberFrame | undefined): boolean {
  if (leader === undefined || leader.id === member.id) return false;
  const own = member.log.at(index);
  if (own === undefined || index <= leader.log.snapshotIndex) return false;
  return leader.log.termAt(index) !== own.term;
}

/** On which black is not read well. */
const DARK: readonly Colour[] = ["blue", "violet"];

function cellOf(member: MemberFrame, index: number, width: number): Segment {
  if (index <= member.log.snapshotIndex) return dim("▒".repeat(width));
  const entry = member.log.at(index);
  if (entry === undefined) return dim("·".padStart(width));
  const text = String(entry.term).padStart(width);
  const color = termColour(entry.term);
  if (index > member.commit) return { text, color };
  return { text, background: color, color: DARK.includes(color) ? "white" : "black" };
}

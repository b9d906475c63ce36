import type { Frame, MemberFrame } from "../../trace/frames/frame.ts";
import { dim, plain, type Row, type Segment, termColour } from "../style.ts";
import { joined } from "./title.ts";

/** Which entries are shown, the same for all members so that columns can be compared. */
export interface LogWindow {
  readonly from: number;
  readonly to: number;
  /** Columns of one entry: its term, and a commit line or space behind it. */
  readonly cell: number;
}

/** The entries that sized `width` columns: the newest, but always those around the commit line. */
export function logWindow(frame: Frame, width: number): LogWindow {
  let last = 1;
  let term = 1;
  for (const member of frame.members) {
    last = Math.max(last, member.log.lastIndex);
    term = Math.max(term, member.log.lastTerm);
  }
  const cell = String(term).length + 2;
  const count = Math.max(1, Math.floor(width / cell));
  const newest = last - count + 1;
  // Uncommitted tails longer than the window: keep two committed entries in sight.
  const from = Math.max(1, Math.min(newest, frame.committed - 1));
  return { from, to: from + count - 1, cell };
}

/** The indexes above the cells, as many as fit. */
export function rulerRow(window: LogWindow): Row {
  const every = Math.ceil((String(window.to).length + 1) / window.cell);
  let text = "";
  for (let index = window.from; index <= window.to; index += every) {
    text += String(index)
      .padStart(window.cell - 1)
      .padEnd(window.cell * every);
  }
  return [dim(text)];
}

/** A member's log: a cell an entry, filled if the member knows it committed; `▒` for compacted. */
export function logRow(member: MemberFrame, window: LogWindow): Row {
  const cells: Segment[] = [];
  for (let index = window.from; index <= window.to; index++) {
    if (index > member.log.lastIndex && index > member.commit) break;
    cells.push(cellOf(member, index, window.cell - 1));
    cells.push(index === member.commit ? { text: "│", bold: true } : plain(" "));
  }
  if (cells.length === 0) cells.push(dim("(empty)"));
  return joined(cells);
}

function cellOf(member: MemberFrame, index: number, width: number): Segment {
  if (index <= member.log.snapshotIndex) return dim("▒".repeat(width));
  const entry = member.log.at(index);
  if (entry === undefined) return dim("·".padStart(width));
  const text = String(entry.term).padStart(width);
  const color = termColour(entry.term);
  if (index > member.commit) return { text, color };
  return { text, background: color, color: color === "blue" ? "white" : "black" };
}

import type { EntrySummary } from "../../trace/events.ts";
import { type Frame, leaderOf, type MemberFrame } from "../../trace/frames/frame.ts";
import { entryText, memberNames } from "../../trace/names.ts";
import {
  dim,
  fitted,
  joined,
  lookOf,
  plain,
  type Row,
  rule,
  type Segment,
  termColour,
} from "../style.ts";
import {
  type CellOptions,
  type LogWindow,
  lastIndexOf,
  logCells,
  logWindow,
  rulerRow,
} from "./log-cells.ts";
import { stageOf } from "./stage.ts";
import { filled, type View, type ViewEntry } from "./view.ts";

const NAME = 6;

/** All logs side by side, so that columns can be compared; and what stands at the cursor. */
export const LOGS: ViewEntry = {
  name: "logs",
  key: "t",
  title: "logs",
  shows: "all logs, entry by entry: terms, commit and applied, what differs",
  draw: drawLogs,
  reach: (recording, state) => ({
    up: 1 - lastIndexOf(recording.frames.seek(state.position)),
    down: 0,
  }),
  asks: (view) => ({ about: "entry", index: indexAtCursor(view), member: 0 }),
};

function indexAtCursor({ frame, state }: View): number {
  return Math.max(1, lastIndexOf(frame) + state.cursor);
}

function drawLogs(view: View, rows: number): Row[] {
  const { frame, columns } = view;
  const last = lastIndexOf(frame);
  const index = indexAtCursor(view);
  const window = logWindow(frame, columns - NAME, index);
  const leader = leaderOf(frame);
  // A row for the marks under each log, where there is room for them and for what the entry says.
  const each = rows - 2 - 2 * frame.members.length >= 4 ? 2 : 1;
  const out: Row[] = [
    rule([plain("logs"), dim(`  entry ${index} of ${last} (↑ ↓)`)], columns),
    [plain(" ".repeat(NAME)), ...rulerRow(window, index)],
  ];
  for (const member of frame.members) {
    out.push(memberRow(member, window, { cursor: index, leader, last, staged: stageOf(view) }));
    if (each === 2) out.push(marksRow(member, window));
  }
  out.push(...entryRows(view, index, rows - out.length));
  return filled(out, rows);
}

function memberRow(member: MemberFrame, window: LogWindow, options: CellOptions): Row {
  const look = lookOf(member);
  const away = member.status !== "up";
  const name: Segment[] = [
    { text: `${look.symbol} `, color: look.color, bold: !away },
    { text: `m${member.id}`.padEnd(NAME - 2), bold: !away, dim: away },
  ];
  return [...name, ...logCells(member, window, options)];
}

/** Under each entry how far it has come on this member. */
function marksRow(member: MemberFrame, window: LogWindow): Row {
  const { log, commit, applied, status } = member;
  const cells: Segment[] = [dim(" ".repeat(NAME))];
  for (let index = window.from; index <= window.to; index++) {
    if (index > log.lastIndex || index <= log.snapshotIndex)
      cells.push(plain(" ".repeat(window.cell)));
    else {
      const mark = index <= applied ? "▔" : index <= commit ? "╌" : " ";
      cells.push({ text: `${mark.repeat(window.cell - 1)} `, dim: status !== "up" });
    }
  }
  return joined(cells);
}

/** What stands at `index` and around it: each different entry with who has it. */
function entryRows(view: View, index: number, room: number): Row[] {
  const { frame, columns } = view;
  if (room < 2) return [];
  const rows: Row[] = [
    rule(
      [
        plain("entries"),
        dim("  ▔ applied  ╌ committed  │ commit  ▒ compacted  ≠ not the leader's"),
      ],
      columns,
    ),
  ];
  const last = lastIndexOf(frame);
  const at = kindsAt(frame, index);
  // The one at the cursor whole, those around it as far as there is room.
  const around = Math.max(0, room - 1 - at.length);
  const from = Math.max(1, Math.min(index - (around >> 1), last - around));
  for (let i = from; i <= last && rows.length < room; i++) {
    const kinds = i === index ? at : kindsAt(frame, i).slice(0, 1);
    for (const kind of kinds) rows.push(fitted(entryRow(kind, i, i === index, frame), columns));
    if (kinds.length === 0) {
      rows.push([
        marker(i === index),
        plain(String(i).padStart(5)),
        dim("  gone: only snapshots cover it"),
      ]);
    }
  }
  return rows.slice(0, room);
}

interface EntryKind {
  readonly entry: EntrySummary;
  readonly on: readonly number[];
}

/** The different entries at an index, the one that most have first. */
function kindsAt(frame: Frame, index: number): EntryKind[] {
  const kinds = new Map<string, { entry: EntrySummary; on: number[] }>();
  for (const { id, log } of frame.members) {
    const entry = log.at(index);
    if (entry === undefined) continue;
    const key = `${entry.term} ${entry.hash}`;
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, { entry, on: [id] });
    else known.on.push(id);
  }
  return [...kinds.values()].sort((a, b) => b.on.length - a.on.length);
}

function entryRow({ entry, on }: EntryKind, index: number, isCursor: boolean, frame: Frame): Row {
  const committed = frame.members.filter(({ id, commit }) => on.includes(id) && commit >= index);
  const fate =
    committed.length === 0
      ? "not known committed"
      : committed.length === on.length
        ? "committed"
        : `committed on ${memberNames(committed.map(({ id }) => id))}`;
  const what =
    entry.type === "conf-change"
      ? `${entryText(entry)} (a change of the members)`
      : entryText(entry);
  return [
    marker(isCursor),
    plain(String(index).padStart(5)),
    { text: `  term ${String(entry.term).padEnd(3)}`, color: termColour(entry.term) },
    { text: ` ${what}`, bold: isCursor },
    dim(`  on ${on.length === frame.members.length ? "all" : memberNames(on)}, ${fate}`),
  ];
}

function marker(isCursor: boolean): Segment {
  return isCursor ? { text: " ▸", bold: true, color: "cyan" } : plain("  ");
}

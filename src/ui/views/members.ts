import { alarmsOf, type MemberFrame, votersOf } from "../../trace/frames/frame.ts";
import { dim, lookOf, plain, type Row, type Segment, sized } from "../style.ts";
import { type CellOptions, lastIndexOf, logCells, logWindow, rulerRow } from "./log-cells.ts";
import { stageOf } from "./stage.ts";
import type { View } from "./view.ts";

const INDENT = 3;
/** From here on there is room for the revision as well as for notes. */
const WIDE = 92;
/** Columns of the role's word, and all that is left of the log, when both share a row. */
const ROLE = 13;
const TABLE = INDENT + 4 + ROLE + 4 * 5;

/** The members: a ruler, then one or two rows each. */
export function memberRows(view: View, rowsEach: 1 | 2): Row[] {
  return rowsEach === 2 ? roomy(view) : compact(view);
}

function roomy(view: View): Row[] {
  const window = logWindow(view.frame, view.columns - INDENT);
  const rows: Row[] = [[plain(" ".repeat(INDENT)), ...rulerRow(window)]];
  for (const member of view.frame.members) {
    const { term, commit, applied, revision } = member;
    const wide = view.columns >= WIDE;
    const votes = votesOf(member);
    rows.push([
      ...nameOf(member, view, 14),
      ...faded(member, [
        ...field("term", term),
        ...field("vote", short(member.vote)),
        // Who stands has no leader, and where it is narrow no room to say so.
        ...(votes !== null && !wide ? votes : field("lead", short(member.lead))),
        ...field("commit", commit),
        ...field("applied", applied),
        ...(wide ? field("rev", revision) : []),
      ]),
      ...(votes !== null && wide ? votes : []),
      ...(member.status === "up" && member.syncing > 0 ? [dim("disk")] : []),
    ]);
    rows.push([plain(" ".repeat(INDENT)), ...logCells(member, window, cellsOf(view))]);
  }
  return rows;
}

function compact(view: View): Row[] {
  const window = logWindow(view.frame, view.columns - TABLE);
  const header = `${" ".repeat(INDENT + 4 + ROLE)}${columns("term", "vote", "lead", "app")} `;
  const rows: Row[] = [[dim(header), ...rulerRow(window)]];
  for (const member of view.frame.members) {
    const { term, vote, lead, applied } = member;
    rows.push([
      ...nameOf(member, view, ROLE),
      plain(`${columns(term, short(vote), short(lead), applied)} `),
      ...logCells(member, window, cellsOf(view)),
    ]);
  }
  return rows;
}

/** Entries that a broken rule is about are shown as such. */
function cellsOf(view: View): CellOptions {
  return { last: lastIndexOf(view.frame), staged: stageOf(view) };
}

/** Four numbers under their headings. */
function columns(...values: readonly (number | string)[]): string {
  return values.map((value) => String(value).padStart(4)).join(" ");
}

function nameOf(member: MemberFrame, view: View, width: number): Segment[] {
  const look = lookOf(member);
  const selected = view.state.selected === member.id;
  return [
    { text: ` ${look.symbol} `, color: look.color, bold: true },
    ...badge(member, view, selected),
    plain(" "),
    { text: sized(look.word, width), color: look.color },
  ];
}

/** Its name; with an alarm raised, or where a rule is broken that is about it, red and with a mark. */
function badge(member: MemberFrame, view: View, selected: boolean): Segment[] {
  if (stageOf(view).members.has(member.id)) {
    return [{ text: sized(`m${member.id}‼`, 3), color: "red", bold: true, inverse: true }];
  }
  const alarmed = alarmsOf(view.frame).some(({ of }) => of === member.id);
  const look = { bold: true, inverse: selected };
  if (!alarmed) return [{ text: sized(`m${member.id}`, 3), ...look }];
  return [{ text: sized(`m${member.id}!`, 3), color: "red", ...look }];
}

function field(name: string, value: number | string): Segment[] {
  return [dim(`${name} `), plain(`${String(value).padEnd(name.length > 4 ? 4 : 3)} `)];
}

function short(id: number): string {
  return id === 0 ? "-" : `m${id}`;
}

/** Of whoever stands: the votes so far; null of all others. */
function votesOf(member: MemberFrame): Segment[] | null {
  const { status, role, granted, conf } = member;
  if (status !== "up" || (role !== "candidate" && role !== "pre-candidate")) return null;
  return [dim("has "), { text: `${granted.length}/${votersOf(conf).length}  `, color: "yellow" }];
}

/** What is known of a process that is not running is only what it left. */
function faded(member: MemberFrame, segments: readonly Segment[]): Segment[] {
  return member.status === "up"
    ? [...segments]
    : segments.map((segment) => ({ ...segment, dim: true }));
}

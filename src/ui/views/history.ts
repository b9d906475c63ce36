import type { Instant } from "../../base/time.ts";
import { clientName, durationText, timeText } from "../../trace/names.ts";
import type { ClientCall } from "../calls-index.ts";
import { type Colour, dim, fitted, plain, type Row, rule, type Segment, sized } from "../style.ts";
import { filled, type View, type ViewEntry } from "./view.ts";

/** What clients asked for, each call a bar from its beginning to its end in real time. */
export const HISTORY: ViewEntry = {
  name: "history",
  key: "y",
  title: "history",
  shows: "calls of clients as bars in real time, and how each ended",
  draw: drawHistory,
  reach: (recording, state) => ({
    up: Math.min(0, 1 - recording.calls.begun(state.position)),
    down: 0,
  }),
  asks: ({ recording, state }) => {
    const call = recording.calls.calls[recording.calls.begun(state.position) + state.cursor - 1];
    return call === undefined ? null : { about: "call", op: call.op };
  },
};

const LABEL = 30;

function drawHistory(view: View, rows: number): Row[] {
  const { recording, state, columns } = view;
  const begun = recording.calls.begun(state.position);
  const last = Math.max(0, begun + state.cursor);
  const room = rows - 3;
  const calls = recording.calls.calls.slice(Math.max(0, last - room), last);
  const { ok, fail, ambiguous } = view.frame.outcomes;
  const title: Segment[] = [
    plain("history"),
    dim(`  ${begun} calls: ${ok} ok, ${fail} failed, ${ambiguous} unknown (↑ ↓)`),
  ];
  const out: Row[] = [rule(title, columns)];
  if (calls.length === 0)
    return filled([...out, [dim("   no client asked for anything yet")]], rows);
  const label = columns >= 120 ? LABEL + 14 : LABEL;
  const width = columns - label - 14;
  const from = Math.min(...calls.map((call) => call.from));
  const to = Math.max(state.now, from + 1);
  const ends = Math.max(...calls.map((call) => Math.min(to, call.end?.at ?? to)));
  // Seen from the past, the bars have the whole width for their own time.
  const until = state.cursor === 0 ? to : Math.max(from + 1, ends);
  const scale: Scale = { from, until, now: state.now, width };
  out.push(axis(scale, label));
  calls.forEach((call, i) => {
    out.push(callRow(call, scale, label, { view, isCursor: i === calls.length - 1 }));
  });
  out.push([
    dim(" ✓ happened  ✗ did not  ? may have happened, now or later  ▸ under way  ‼ violates"),
  ]);
  return filled([...out.slice(0, -1), ...filled([], rows - out.length), ...out.slice(-1)], rows);
}

interface Scale {
  readonly from: Instant;
  readonly until: Instant;
  readonly now: Instant;
  readonly width: number;
}

function axis({ from, until, width }: Scale, label: number): Row {
  const left = timeText(from);
  const right = timeText(Math.floor(until));
  const line = "─".repeat(Math.max(1, width - left.length - right.length));
  return [dim(`${" ".repeat(label)}${left}${line}${right}`)];
}

function columnOf({ from, until, width }: Scale, at: Instant): number {
  return Math.min(width - 1, Math.max(0, Math.floor(((at - from) / (until - from)) * (width - 1))));
}

const ENDS: Readonly<
  Record<"ok" | "fail" | "ambiguous", readonly [symbol: string, color: Colour]>
> = {
  ok: ["✓", "green"],
  fail: ["✗", "red"],
  ambiguous: ["?", "yellow"],
};

function callRow(
  call: ClientCall,
  scale: Scale,
  label: number,
  { view, isCursor }: { readonly view: View; readonly isCursor: boolean },
): Row {
  const { end } = call;
  const ended = end !== null && end.seq <= view.state.position;
  const start = columnOf(scale, call.from);
  const stop = columnOf(scale, ended ? end.at : scale.now);
  const violates = view.recording.violationsOf(call.seq, end?.seq ?? 0, view.state.position);
  const [symbol, color] = ended ? ENDS[end.outcome] : (["▸", "cyan"] as const);
  const shade = violates ? "red" : color;
  const bar = ended ? "█".repeat(stop - start + 1) : "▒".repeat(stop - start + 1);
  const took = durationText(Math.floor((ended ? end.at : scale.now) - call.from));
  const who = `${isCursor ? "▸" : " "}${clientName(call.client).padEnd(4)}`;
  return fitted(
    [
      { text: who, bold: isCursor, color: "cyan" },
      { text: sized(call.text, label - 6), bold: isCursor },
      plain(" ".repeat(1 + start)),
      { text: bar, color: shade },
      { text: ` ${violates ? "‼" : symbol}`, color: shade, bold: true },
      dim(` ${took}${ended ? resultText(call) : ""}`),
    ],
    view.columns,
  );
}

function resultText({ end }: ClientCall): string {
  const result = end?.result ?? null;
  if (result === null) return "";
  if (result.value !== undefined) return ` = ${result.value ?? "none"}`;
  return result.revision > 0 ? ` rev ${result.revision}` : "";
}

import type { Flight, Frame } from "../../trace/frames/frame.ts";
import {
  durationText,
  memberName,
  messageDetail,
  messageName,
  PROBES_FROM,
} from "../../trace/names.ts";
import { linksText } from "../../trace/story/faults.ts";
import { beside, dim, plain, type Row, rule, type Segment, termColour } from "../style.ts";
import { clientsSummary } from "./clients.ts";
import { filled, type View } from "./view.ts";
import { whoHearsRows } from "./who-hears.ts";

const LANE = 14;

/** What is on its way: messages, cut links, clients that wait. The first row is a rule. */
export function wireRows(view: View, count: number): Row[] {
  const rows: Row[] = [
    rule(summary(view.frame, view.state.now, dropsNow(view).length), view.columns),
  ];
  const flights = [...view.frame.flights].sort((a, b) => importance(b) - importance(a));
  const lost = dropsNow(view);
  const shown: Row[] = [
    ...lost.map((flight) => flightRow(flight, view, true)),
    ...flights.map((flight) => flightRow(flight, view, false)),
  ];
  if (shown.length > count) {
    const hidden = [...lost, ...flights].slice(count - 1);
    rows.push(...shown.slice(0, count - 1), [
      dim(`   … and ${hidden.length} more: ${namesOf(hidden)}`),
    ]);
  } else rows.push(...shown);
  const hears = whoHearsRows(view.frame);
  // Beside the messages, which are short, where it has room.
  if (hears.length === 0 || hears.length > count || view.columns < WIDE) {
    return filled(rows, count + 1);
  }
  const side = 8 + 3 * view.frame.members.length;
  const [title = [], ...below] = filled(rows, count + 1);
  return [title, ...beside([below, view.columns - side], [hears, side])];
}

/** From here on there is room for more than messages. */
const WIDE = 90;

/** `2 heartbeats, append`: the kinds of messages that there is no room for. */
function namesOf(flights: readonly Flight[]): string {
  const counts = new Map<string, number>();
  for (const { message } of flights) {
    const name = messageName(message);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => (count === 1 ? name : `${count}× ${name}`)).join(", ");
}

/** Messages that carry something are shown before heartbeats. */
function importance(flight: Flight): number {
  return flight.message.type.startsWith("MsgHeartbeat") ? 0 : 1;
}

function summary(frame: Frame, now: number, lost: number): Segment[] {
  const { flights } = frame;
  const ids = frame.members.map((member) => member.id);
  const out: Segment[] = [
    dim(flights.length === 0 ? "no messages in flight" : `messages in flight: ${flights.length}`),
    ...(lost === 0 ? [] : [{ text: `, ${lost} lost`, color: "red" } as const]),
  ];
  if (frame.cut.length > 0) out.push({ text: `  cut: ${linksText(frame.cut, ids)}`, color: "red" });
  if (frame.clogged.length > 0) {
    out.push({ text: `  clogged: ${linksText(frame.clogged, ids)}`, color: "red" });
  }
  const pending = frame.pending.filter(({ client }) => client <= PROBES_FROM);
  const first = pending[0];
  if (first !== undefined) {
    const asked = first.to === 0 ? "" : ` from ${memberName(first.to)}`;
    const more = pending.length > 1 ? ` and ${pending.length - 1} more` : "";
    const since = durationText(Math.max(0, Math.floor(now - first.since)));
    const text = `  c${first.client} wants ${first.text}${asked} (${since})${more}`;
    out.push({ text, color: "cyan" });
  }
  const has = clientsSummary(frame);
  if (has !== "") out.push(dim(`  ${has} (c: show)`));
  return out;
}

/** Messages lost at this very moment. */
function dropsNow(view: View): Flight[] {
  const { recording, state } = view;
  const lost: Flight[] = [];
  for (let i = state.position - 1; i >= 0; i--) {
    const event = recording.events[i];
    if (event === undefined || event.at < state.now) break;
    if (event.kind === "drop") {
      lost.unshift({ seq: event.cause, sent: event.at, message: event.message, copies: 1 });
    }
  }
  return lost;
}

function flightRow(flight: Flight, view: View, lost: boolean): Row {
  const { message, copies } = flight;
  const detail = messageDetail(message);
  const twice = copies > 1 ? ` ×${copies}` : "";
  return [
    plain(`   m${message.from} `),
    ...lane(flight, view, lost),
    plain(` m${message.to}  `),
    { text: messageName(message), color: lost ? "red" : termColour(message.term) },
    dim(` term ${message.term}${detail === "" ? "" : ` · ${detail}`}${twice}`),
  ];
}

function lane(flight: Flight, view: View, lost: boolean): Segment[] {
  const place = lost ? LANE - 3 : Math.floor(partOf(flight, view) * (LANE - 1));
  return [
    dim("─".repeat(place)),
    lost ? { text: "✗", color: "red", bold: true } : { text: "▶", bold: true },
    dim("·".repeat(LANE - 1 - place)),
  ];
}

/** How much of its way a message has made, 0 … 1. */
export function partOf(flight: Flight, { recording, state }: View): number {
  const fate = recording.fate(flight.seq);
  const length = fate === undefined ? 0 : fate.at - flight.sent;
  // Of a message that is still on its way when the run ends, nobody knows how far it is.
  return length <= 0 ? 0 : Math.min(1, Math.max(0, (state.now - flight.sent) / length));
}

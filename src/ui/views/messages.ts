import type { MessageSummary, TraceEvent } from "../../trace/events.ts";
import { rangeText, timeText } from "../../trace/names.ts";
import { Canvas } from "../canvas.ts";
import { type Colour, dim, plain, type Row, rule, termColour } from "../style.ts";
import { whoRow } from "./lanes.ts";
import { filled, type View, type ViewEntry } from "./view.ts";

const TIME = 10;
/** How many events are looked through for rows, at most. */
const LOOK_BACK = 20_000;

/** A sequence diagram: a column a member, time downwards, an arrow where a message arrives or is lost. */
export const MESSAGES: ViewEntry = {
  name: "messages",
  key: "m",
  title: "messages",
  shows: "messages as arrows between members, time downwards; ✗ is lost",
  draw: drawMessages,
  reach: (_, state) => ({ up: -Math.min(state.position, LOOK_BACK), down: 0 }),
  asks: (view) => {
    const last = eventsBefore(view, 1)[0];
    return last === undefined ? null : { about: "event", seq: last.seq };
  },
};

function drawMessages(view: View, rows: number): Row[] {
  const { frame, columns, state } = view;
  const ids = frame.members.map(({ id }) => id);
  const width = Math.floor((columns - TIME) / ids.length);
  const all = state.detail === "all";
  const flying = state.cursor === 0 ? frame.flights.filter((f) => all || isNews(f.message)) : [];
  const air = Math.min(flying.length, Math.max(3, Math.floor(rows / 3)));
  const room = Math.max(1, rows - 2 - (air > 0 ? air + 1 : 0));
  const shown = eventsBefore(view, room);
  const canvas = new Canvas(columns, room);
  const laneOf = (id: number) => TIME + Math.max(0, ids.indexOf(id)) * width + 2;
  const first = room - shown.length;
  for (let y = 0; y < room; y++) for (const id of ids) canvas.put(laneOf(id), y, "│", FAINT);
  shown.forEach((event, i) => {
    const y = first + i;
    const before = shown[i - 1];
    if (before === undefined || timeText(before.at) !== timeText(event.at)) {
      canvas.put(1, y, timeText(event.at).padStart(TIME - 2), FAINT);
    }
    drawEvent(canvas, y, event, laneOf, width);
  });
  const hidden = flying.length - air;
  const sky = new Canvas(columns, air);
  flying.slice(0, air).forEach(({ message }, y) => {
    for (const id of ids) sky.put(laneOf(id), y, "│", FAINT);
    arrow(sky, y, message, { laneOf, end: "flying", width });
  });
  const title = all ? "all" : "without heartbeats";
  return filled(
    [
      rule([plain("messages"), dim(`  ${title} (v: more, less; ↑ ↓)`)], columns),
      whoRow(view, TIME, width),
      ...canvas.rows(),
      ...(air > 0
        ? [
            rule([dim(`on their way${hidden > 0 ? `, and ${hidden} more` : ""}`)], columns),
            ...sky.rows(),
          ]
        : []),
    ],
    rows,
  );
}

/** The last `count` that are shown up to the cursor, oldest first. */
function eventsBefore({ recording, state }: View, count: number): TraceEvent[] {
  const all = state.detail === "all";
  const found: TraceEvent[] = [];
  const from = Math.max(0, state.position + state.cursor);
  for (let i = from - 1; i >= 0 && i >= from - LOOK_BACK && found.length < count; i--) {
    const event = recording.events[i] as TraceEvent;
    if (isShown(event, all)) found.push(event);
  }
  return found.reverse();
}

const FAINT = { color: "gray", dim: true } as const;

function isNews({ type }: MessageSummary): boolean {
  return !type.startsWith("MsgHeartbeat");
}

function isShown(event: TraceEvent, all: boolean): boolean {
  switch (event.kind) {
    case "deliver":
    case "drop":
      return event.message.from !== event.message.to && (all || isNews(event.message));
    case "role":
    case "crash":
    case "boot":
    case "pause":
    case "resume":
    case "refuse":
    case "panic":
    case "links":
      return true;
    case "commit":
      return true;
    default:
      return false;
  }
}

function drawEvent(
  canvas: Canvas,
  y: number,
  event: TraceEvent,
  laneOf: (id: number) => number,
  width: number,
): void {
  const said = (text: string, color: Colour, symbol: string) => {
    const x = laneOf(event.member);
    canvas.put(x, y, symbol, { color, bold: true });
    canvas.put(x + 2, y, text.slice(0, width - 3), { color });
  };
  switch (event.kind) {
    case "deliver":
    case "drop":
      arrow(canvas, y, event.message, {
        laneOf,
        end: event.kind === "drop" ? "lost" : "arrived",
        width,
      });
      return;
    case "role": {
      const symbols = { leader: "★", candidate: "▲", "pre-candidate": "△", follower: "○" } as const;
      const color =
        event.role === "leader" ? "green" : event.role === "follower" ? "white" : "yellow";
      said(`${event.role} ${event.term}`, color, symbols[event.role]);
      return;
    }
    case "commit":
      said(`commit ${event.index}`, "green", "▪");
      return;
    case "crash":
      said("crashes", "red", "✗");
      return;
    case "panic":
    case "refuse":
      said(event.kind === "panic" ? "panics" : "refuses", "red", "!");
      return;
    case "boot":
      said("starts", "green", "↑");
      return;
    case "pause":
      said("paused", "red", "‖");
      return;
    case "resume":
      said("goes on", "green", "▸");
      return;
    case "links": {
      const cut = event.cut.length === 0 ? "all links work" : `${event.cut.length} links cut`;
      const look = { color: event.cut.length === 0 ? "green" : "red" } as const;
      canvas.put(TIME, y, `╌╌ ${cut} ${"╌".repeat(canvas.width)}`, look);
      return;
    }
  }
}

interface ArrowOptions {
  readonly laneOf: (id: number) => number;
  readonly end: "arrived" | "lost" | "flying";
  readonly width: number;
}

/** `├──append 5──▶`, from the sender's lane to the receiver's. */
function arrow(canvas: Canvas, y: number, message: MessageSummary, options: ArrowOptions): void {
  const { laneOf, end } = options;
  const from = laneOf(message.from);
  const to = laneOf(message.to);
  const right = to > from;
  const [low, high] = right ? [from + 1, to - 1] : [to + 1, from - 1];
  const lost = end === "lost";
  const color = lost ? "red" : isNews(message) ? termColour(message.term) : "gray";
  const look = { color, dim: !isNews(message) } as const;
  const line = end === "flying" || lost ? "╌" : "─";
  // A lost one does not reach the other's lane.
  const x = lost ? Math.round((from + 3 * to) / 4) : right ? high : low;
  const [left, end0] = right ? [low, x] : [x, high];
  canvas.put(left, y, line.repeat(Math.max(0, end0 - left + 1)), look);
  const room = Math.max(0, end0 - left - 2);
  const label = labelOf(message).slice(0, room);
  const start = left + 1 + Math.floor((room + 1 - label.length) / 2);
  canvas.put(start, y, label, { color, bold: isNews(message) });
  canvas.put(x, y, lost ? "✗" : right ? "▶" : "◀", { ...look, bold: true });
  canvas.put(from, y, right ? "├" : "┤", { color });
}

/** What a message says, in few letters. */
export function labelOf(message: MessageSummary): string {
  const { index = 0 } = message;
  const no = message.reject === true;
  switch (message.type) {
    case "MsgApp": {
      const count = message.entries?.length ?? 0;
      if (count === 0) return `commit ${message.commit ?? 0}`;
      return `append ${rangeText(index + 1, index + count).replace(/^entr(?:y|ies) /, "")}`;
    }
    case "MsgAppResp":
      return no ? `no ${index}` : `has ${index}`;
    case "MsgVote":
      return `vote? t${message.term}`;
    case "MsgVoteResp":
      return no ? "no vote" : "vote";
    case "MsgPreVote":
      return `pre? t${message.term}`;
    case "MsgPreVoteResp":
      return no ? "pre no" : "pre yes";
    case "MsgSnap":
      return `snap ${message.snapshot?.index ?? 0}`;
    case "MsgHeartbeat":
      return "beat";
    case "MsgHeartbeatResp":
      return "beat ok";
    case "MsgProp":
      return "forward";
    case "MsgTimeoutNow":
      return "go!";
    case "MsgReadIndex":
      return "read?";
    case "MsgReadIndexResp":
      return `read ${index}`;
    default:
      return message.type.slice(3);
  }
}

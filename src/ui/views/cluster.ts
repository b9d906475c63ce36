import type { MessageSummary } from "../../trace/events.ts";
import {
  type Flight,
  type Frame,
  isClogged,
  isCut,
  type MemberFrame,
  votersOf,
} from "../../trace/frames/frame.ts";
import { durationText, messageName, plural } from "../../trace/names.ts";
import { Canvas, type Look } from "../canvas.ts";
import {
  beside,
  type Colour,
  dim,
  lookOf,
  plain,
  type Row,
  rule,
  type Segment,
  termColour,
} from "../style.ts";
import { labelOf } from "./messages.ts";
import { chosenMember, filled, type View, type ViewEntry } from "./view.ts";
import { whoHearsRows } from "./who-hears.ts";
import { partOf } from "./wire.ts";

const BOX_WIDTH = 22;
const BOX_HEIGHT = 5;

/** The members on a ring, with their timers, and the messages on the links between them. */
export const CLUSTER: ViewEntry = {
  name: "cluster",
  key: "z",
  title: "cluster",
  shows: "the members in a ring: roles, timers, messages on their links, cuts",
  draw: drawCluster,
  reach: () => ({ up: 0, down: 0 }),
  asks: (view) => ({ about: "member", member: chosenMember(view).id }),
};

interface Place {
  readonly member: MemberFrame;
  /** The left upper corner of its box. */
  readonly x: number;
  readonly y: number;
}

function drawCluster(view: View, rows: number): Row[] {
  const { frame, columns } = view;
  const height = rows - 2;
  const hears = whoHearsRows(frame);
  // The matrix stands beside the ring as soon as some link does not work.
  const side = hears.length > 0 ? 8 + 3 * frame.members.length : 0;
  const places = ring(frame.members, columns - side, height);
  const picture =
    places === null ? listed(view, height) : drawn(view, places, columns - side, height);
  const body = side > 0 ? beside([picture, columns - side], [hears, side]) : picture;
  return filled(
    [rule([plain("cluster"), ...summary(frame)], columns), ...body.slice(0, height), legend()],
    rows,
  );
}

function summary(frame: Frame): Segment[] {
  const count = frame.flights.length;
  const cut =
    frame.cut.length === 0
      ? []
      : [
          {
            text: `  ${frame.cut.length} ${plural(frame.cut.length, "link")} cut`,
            color: "red" as const,
          },
        ];
  return [
    dim(
      `  ${count === 0 ? "no messages" : `${count} ${plural(count, "message")}`} on ${count === 1 ? "its" : "their"} way`,
    ),
    ...cut,
  ];
}

function legend(): Row {
  return [
    dim(" ◆ append ◇ answer ● vote? ◉ vote ▣ snapshot ♥ heartbeat "),
    { text: "✗", color: "red" },
    dim(" cut ▓ clogged"),
  ];
}

/** Places on an ellipse, the first at the top; null if the boxes would not have room beside each other. */
function ring(members: readonly MemberFrame[], width: number, height: number): Place[] | null {
  const across = (width - BOX_WIDTH) / 2;
  const down = (height - BOX_HEIGHT) / 2;
  if (across < 0 || down < 0) return null;
  const circle = members.map((_, i) => onCircle(i, members.length));
  // Three or five members would leave the sides free on a true circle.
  const x = stretched(circle.map(([sin]) => sin));
  const y = stretched(circle.map(([, cos]) => -cos));
  const places = members.map(
    (member, i): Place => ({
      member,
      x: Math.round(across * (1 + (x[i] as number))),
      y: Math.round(down * (1 + (y[i] as number))),
    }),
  );
  const clash = places.some((a, i) =>
    places.some(
      (b, j) => i < j && Math.abs(a.x - b.x) < BOX_WIDTH + 1 && Math.abs(a.y - b.y) < BOX_HEIGHT,
    ),
  );
  return clash ? null : places;
}

/** The values spread over -1 … 1. */
function stretched(values: readonly number[]): number[] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return values.map((value) => (high === low ? 0 : (2 * (value - low)) / (high - low) - 1));
}

function onCircle(i: number, count: number): readonly [sin: number, cos: number] {
  const angle = (i / count) * 2 * Math.PI;
  return [Math.sin(angle), Math.cos(angle)];
}

function drawn(view: View, places: readonly Place[], width: number, height: number): Row[] {
  const { frame } = view;
  const canvas = new Canvas(width, height);
  const centre = new Map(
    places.map(({ member, x, y }) => [
      member.id,
      [x + (BOX_WIDTH >> 1), y + (BOX_HEIGHT >> 1)] as const,
    ]),
  );
  for (const a of places) {
    for (const b of places) {
      if (a.member.id >= b.member.id) continue;
      link(canvas, frame, a.member.id, b.member.id, centre);
    }
  }
  for (const place of places) box(canvas, place, view);
  // Messages last: they may be over a box's edge, never under it.
  for (const flight of frame.flights) packet(canvas, flight, view, places);
  return canvas.rows();
}

type Centres = ReadonlyMap<number, readonly [number, number]>;

/** A link as a line of dots; each half in the way of who is heard from there. */
function link(canvas: Canvas, frame: Frame, a: number, b: number, centre: Centres): void {
  const from = centre.get(a);
  const to = centre.get(b);
  if (from === undefined || to === undefined) return;
  const cells = [...canvas.line(from[0], from[1], to[0], to[1])];
  // A steep line has a cell a row: every one of them, so that it is seen to be one.
  const isFlat = Math.abs(to[0] - from[0]) > Math.abs(to[1] - from[1]);
  cells.forEach(([x, y], i) => {
    if (isFlat && i % 2 === 1) return;
    // Near b is what b hears of a, and the other way round.
    const far = i * 2 > cells.length;
    const [sender, receiver] = far ? [a, b] : [b, a];
    if (isCut(frame, sender, receiver)) {
      if (i % 4 === 0) canvas.put(x, y, "✗", { color: "red" });
    } else if (isClogged(frame, sender, receiver)) canvas.put(x, y, "▓", { color: "yellow" });
    else canvas.put(x, y, "·", { color: "gray" });
  });
}

function box(canvas: Canvas, { member, x, y }: Place, view: View): void {
  const look = lookOf(member);
  const away = member.status !== "up";
  const edge: Look = { color: look.color, dim: away, bold: member.role === "leader" && !away };
  const chosen = view.state.selected === member.id;
  const inner = BOX_WIDTH - 2;
  const title = ` ${look.symbol} m${member.id} ${look.word} `;
  canvas.put(
    x,
    y,
    `${chosen ? "╔" : "┌"}${title}${"─".repeat(Math.max(0, inner - title.length))}${chosen ? "╗" : "┐"}`,
    edge,
  );
  const lines = inBox(member, view, inner);
  lines.forEach((line, i) => {
    canvas.put(x, y + 1 + i, `│${" ".repeat(inner)}│`, edge);
    let at = x + 1;
    for (const { text, ...segment } of line) {
      canvas.put(
        at,
        y + 1 + i,
        text.slice(0, Math.max(0, x + 1 + inner - at)),
        away ? { ...segment, dim: true } : segment,
      );
      at += text.length;
    }
  });
  canvas.put(
    x,
    y + BOX_HEIGHT - 1,
    `${chosen ? "╚" : "└"}${"─".repeat(inner)}${chosen ? "╝" : "┘"}`,
    edge,
  );
}

/** Three lines: term and vote, the timer or what else it waits for, the log. */
function inBox(member: MemberFrame, view: View, width: number): Segment[][] {
  const { term, vote } = member;
  const voted = vote === 0 ? "no vote" : `vote m${vote}`;
  const condition = view.recording.conditionOf(member.id, view.state.position);
  return [
    [{ text: ` term ${term}`, color: termColour(Math.max(1, term)) }, dim(`  ${voted}`)],
    timerLine(member, view, width),
    condition === null
      ? logLine(member, width)
      : [{ text: ` ${condition}`.slice(0, width), color: "red" }],
  ];
}

/** How far the log goes, and whether the disk is at it; in numbers alone where they are long. */
function logLine({ log, commit, syncing }: MemberFrame, width: number): Segment[] {
  const words = ` log ${log.lastIndex} commit ${commit}`;
  const disk = syncing > 0 ? " disk" : "";
  const text = words.length + disk.length < width ? words : ` log ${log.lastIndex}/${commit}`;
  return [dim(text), { text: disk, color: "yellow" }];
}

/** What a member waits for: votes, or how long it has heard of no leader as a bar that fills. */
export function timerLine(member: MemberFrame, view: View, width: number): Segment[] {
  if (member.status !== "up")
    return [dim(member.status === "absent" ? " not started" : ` ${member.status}`)];
  if (member.role === "leader") return [{ text: " leads, sends beats", color: "green" }];
  if (member.role !== "follower") {
    const voters = votersOf(member.conf).length;
    return [
      {
        text: ` ${"●".repeat(member.granted.length)}${"○".repeat(Math.max(0, voters - member.granted.length))} votes`,
        color: "yellow",
      },
    ];
  }
  return timerBar(member, view, width - 9);
}

/** The time that the election timer has run: it may campaign from the middle of the bar on, at its end it does. */
export function timerBar(member: MemberFrame, { frame, state }: View, room: number): Segment[] {
  const waited = Math.max(0, Math.floor(state.now - member.timerSince));
  const width = Math.max(4, room);
  const full = Math.min(width, Math.floor((waited / (2 * frame.election)) * width));
  const late = waited >= frame.election;
  return [
    { text: ` ${"█".repeat(full)}`, color: late ? "yellow" : "cyan" },
    dim("░".repeat(width - full)),
    { text: ` ${durationText(waited)}`, ...(late ? { color: "yellow" as const } : {}) },
  ];
}

const PACKETS: Readonly<Partial<Record<MessageSummary["type"], string>>> = {
  MsgApp: "◆",
  MsgAppResp: "◇",
  MsgVote: "●",
  MsgPreVote: "●",
  MsgVoteResp: "◉",
  MsgPreVoteResp: "◉",
  MsgSnap: "▣",
  MsgHeartbeat: "♥",
  MsgHeartbeatResp: "♡",
};

/** A message where it is on its way, from the edge of one box to that of the other. */
function packet(canvas: Canvas, flight: Flight, view: View, places: readonly Place[]): void {
  const { message } = flight;
  const from = places.find(({ member }) => member.id === message.from);
  const to = places.find(({ member }) => member.id === message.to);
  if (from === undefined || to === undefined) return;
  const cells = [...canvas.line(...middle(from), ...middle(to))].filter(
    ([x, y]) => !places.some((place) => inside(place, x, y)),
  );
  if (cells.length === 0) return;
  const part = partOf(flight, view);
  const [x, y] = cells[Math.min(cells.length - 1, Math.floor(part * cells.length))] as readonly [
    number,
    number,
  ];
  const beat = message.type.startsWith("MsgHeartbeat");
  const color: Colour = beat
    ? "gray"
    : message.reject === true
      ? "red"
      : termColour(Math.max(1, message.term));
  canvas.put(x, y, PACKETS[message.type] ?? "•", { color, bold: !beat });
  if (beat) return;
  const label = labelOf(message);
  const right = x + 2 + label.length < canvas.width;
  const start = right ? x + 2 : x - 1 - label.length; // with a blank between
  if (places.some((place) => inside(place, start, y) || inside(place, start + label.length, y)))
    return;
  canvas.put(start - 1, y, `${right ? " " : ""}${label} `, { color });
}

function middle({ x, y }: Place): readonly [number, number] {
  return [x + (BOX_WIDTH >> 1), y + (BOX_HEIGHT >> 1)];
}

function inside(place: Place, x: number, y: number): boolean {
  return x >= place.x && x < place.x + BOX_WIDTH && y >= place.y && y < place.y + BOX_HEIGHT;
}

/** Where there is no room for a ring: a member a row, its timer, and what flies to it. */
function listed(view: View, height: number): Row[] {
  const rows: Row[] = view.frame.members.map((member) => {
    const look = lookOf(member);
    const away = member.status !== "up";
    const incoming = view.frame.flights.filter(({ message }) => message.to === member.id);
    return [
      {
        text: ` ${look.symbol} m${String(member.id).padEnd(3)}`,
        color: look.color,
        bold: !away,
        dim: away,
      },
      { text: look.word.padEnd(14), color: look.color, dim: away },
      { text: `term ${String(member.term).padEnd(4)}`, dim: away },
      ...padded(timerLine(member, view, 24), 26),
      dim(incoming.map(({ message }) => ` ◂ m${message.from} ${messageName(message)}`).join("")),
    ];
  });
  return rows.slice(0, height);
}

function padded(line: readonly Segment[], width: number): Segment[] {
  const used = line.reduce((sum, { text }) => sum + text.length, 0);
  return [...line, plain(" ".repeat(Math.max(0, width - used)))];
}

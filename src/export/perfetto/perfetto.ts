import type { EventOf, TraceEvent } from "../../trace/events.ts";
import { foldFrame } from "../../trace/frames/fold.ts";
import { type Frame, firstFrame, type MemberFrame, memberOf } from "../../trace/frames/frame.ts";
import { clientName, memberName } from "../../trace/names.ts";
import { tellStory } from "../../trace/story/story.ts";
import { isSent, messageText, receiptText, sendText } from "../messages.ts";
import type { Run, Write } from "../options.ts";
import { Lanes } from "./lanes.ts";
import { type Track, traceEvent } from "./trace-events.ts";

/**
 * The run in Chrome's trace event format, for ui.perfetto.dev: a process for each member with its roles,
 * its story, its messages and its disk, a process for each client with its calls, and arrows from where a
 * message or a call leaves to where it arrives. Times are those of the run, in microseconds.
 */
export const writePerfetto: Write = function* (run) {
  const { name, title, seed } = run.header;
  const about = { name, title, seed, by: "detcd" };
  yield `{"displayTimeUnit":"ms","otherData":${JSON.stringify(about)},"traceEvents":[\n`;
  let between = "";
  for (const line of new Tracks(run).lines()) {
    yield between + line;
    between = ",\n";
  }
  yield "\n]}\n";
};

const WORLD = 1000;
const CLIENTS = 2000;
/** The rows of a member, from above. */
const ROLE = 1;
const STORY = 2;
const MESSAGES = 3;
const DISK = 10;

function trackOf(member: number, tid: number): Track {
  return { pid: member === 0 ? WORLD : member, tid };
}

class Tracks {
  readonly #run: Run;
  readonly #known = new Set<string>();
  readonly #disks = new Map<number, Lanes>();
  readonly #clients = new Map<number, Lanes>();
  /** By call, its row. */
  readonly #calls = new Map<number, Track>();
  /** By member, the role that its slice tells. */
  readonly #roles = new Map<number, string>();

  constructor(run: Run) {
    this.#run = run;
  }

  *lines(): Generator<string, void> {
    const { header, events } = this.#run;
    const told = new Map(
      tellStory(header, events)
        .filter(({ detail }) => detail === "story")
        .map((line) => [line.seq, line]),
    );
    let frame = firstFrame(header);
    for (const member of header.members) yield* this.#process(member);
    for (const event of events) {
      const before = frame;
      frame = foldFrame(frame, event);
      yield* this.#state(event, before, frame);
      yield* this.#step(event);
      const line = told.get(event.seq);
      if (line === undefined || event.kind === "complete") continue;
      const { actor, text, because } = line;
      const isFault = line.topic === "fault";
      const track = trackOf(event.member, STORY);
      yield* this.#thread(track, "story");
      yield traceEvent.instant(
        track,
        event.at,
        `${actor === "!!" ? "" : `${actor} `}${text}`,
        { because, seq: event.seq },
        isFault ? "g" : "t",
      );
    }
    yield* this.#end(events.at(-1)?.at ?? 0);
  }

  /** Its role as a slice, its term and indexes as counters. */
  *#state(event: TraceEvent, before: Frame, after: Frame): Generator<string, void> {
    const { member, at } = event;
    if (member === 0 || before.members === after.members) return;
    yield* this.#process(member);
    const was = memberOf(before, member);
    const is = memberOf(after, member);
    const role = roleText(is);
    if (this.#roles.get(member) !== role) {
      const track = trackOf(member, ROLE);
      if (this.#roles.has(member)) yield traceEvent.end(track, at);
      this.#roles.set(member, role);
      const { term, vote, lead, reason } = is;
      yield traceEvent.begin(track, at, role, { term, vote, lead, reason });
    }
    for (const name of ["term", "commit", "applied"] as const) {
      if (was[name] !== is[name]) yield traceEvent.counter(member, at, name, is[name]);
    }
  }

  *#step(event: TraceEvent): Generator<string, void> {
    const { member, at, seq } = event;
    switch (event.kind) {
      case "send":
      case "deliver": {
        const { message } = event;
        if (!isSent(message)) return;
        const sends = event.kind === "send";
        const track = trackOf(member, MESSAGES);
        yield* this.#thread(track, "messages");
        const name = sends ? sendText(message) : receiptText(message);
        yield traceEvent.step(track, at, name, { ...message, text: messageText(message), seq });
        yield sends
          ? traceEvent.flowStart(track, at, "message", seq)
          : traceEvent.flowEnd(track, at, "message", event.cause);
        return;
      }
      case "drop": {
        const track = trackOf(event.message.from, MESSAGES);
        yield* this.#thread(track, "messages");
        const text = `lost: ${sendText(event.message)} (${event.reason})`;
        yield traceEvent.instant(track, at, text, { seq, sent: event.cause }, "t");
        return;
      }
      case "invoke":
        return yield* this.#call(event);
      case "request": {
        const track = trackOf(member, MESSAGES);
        yield* this.#thread(track, "messages");
        yield traceEvent.step(track, at, `${clientName(event.client)}: ${event.text}`, { seq });
        yield traceEvent.flowEnd(track, at, "call", event.cause);
        return;
      }
      case "complete": {
        const track = this.#calls.get(event.op);
        if (track === undefined) return;
        const { outcome, text, result } = event;
        this.#calls.delete(event.op);
        this.#clients.get(event.client)?.leave(event.op);
        yield traceEvent.end(track, at, { outcome, text, ...result });
        return;
      }
      case "sync": {
        const lanes = this.#disk(member);
        const track = trackOf(member, DISK + lanes.take(seq));
        yield* this.#thread(track, "disk");
        yield traceEvent.begin(track, at, "sync", { file: event.file });
        return;
      }
      case "disk-done": {
        const lane = this.#disk(member).leave(event.cause);
        if (lane !== undefined) yield traceEvent.end(trackOf(member, DISK + lane), at);
        return;
      }
      case "crash":
        for (const lane of this.#disk(member).clear()) {
          yield traceEvent.end(trackOf(member, DISK + lane), at, { lost: true });
        }
        return;
      default:
    }
  }

  *#call({ client, op, at, text, seq }: EventOf<"invoke">): Generator<string, void> {
    let lanes = this.#clients.get(client);
    if (lanes === undefined) {
      lanes = new Lanes();
      this.#clients.set(client, lanes);
      yield* traceEvent.process(CLIENTS + client, clientName(client), CLIENTS + client);
    }
    const track = { pid: CLIENTS + client, tid: 1 + lanes.take(op) };
    this.#calls.set(op, track);
    yield* this.#thread(track, "calls");
    yield traceEvent.begin(track, at, text, { op });
    // Requests, of every attempt, have the call's beginning as their cause.
    yield traceEvent.flowStart(track, at, "call", seq);
  }

  #disk(member: number): Lanes {
    const known = this.#disks.get(member);
    if (known !== undefined) return known;
    const lanes = new Lanes();
    this.#disks.set(member, lanes);
    return lanes;
  }

  /** What is open when the run ends, ends with it. */
  *#end(at: number): Generator<string, void> {
    for (const member of this.#roles.keys()) yield traceEvent.end(trackOf(member, ROLE), at);
    for (const [member, lanes] of this.#disks) {
      for (const lane of lanes.clear()) yield traceEvent.end(trackOf(member, DISK + lane), at);
    }
    for (const track of this.#calls.values()) {
      yield traceEvent.end(track, at, { outcome: "open when the run ends" });
    }
  }

  *#process(member: number): Generator<string, void> {
    const key = `${member}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    yield* traceEvent.process(
      member === 0 ? WORLD : member,
      member === 0 ? "world" : memberName(member),
      member,
    );
    if (member !== 0) yield* this.#thread(trackOf(member, ROLE), "role");
  }

  *#thread(track: Track, name: string): Generator<string, void> {
    if (track.pid === WORLD) yield* this.#process(0);
    const key = `${track.pid}/${track.tid}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    yield* traceEvent.thread(track, name);
  }
}

/** `leader · term 3`; `down`. */
function roleText(member: MemberFrame): string {
  const { status, role, term } = member;
  if (status === "absent") return "not started";
  if (status === "refused") return "refuses to start";
  if (status === "up") return `${role} · term ${term}`;
  return status;
}

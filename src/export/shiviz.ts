import { assert } from "../base/assert.ts";
import type { TraceEvent } from "../trace/events.ts";
import { clientName, memberName, timeText } from "../trace/names.ts";
import { tellStory } from "../trace/story/story.ts";
import { type Call, callsOf } from "./calls.ts";
import { contentsOf, isHeartbeat, isSent, receiptText, sendText } from "./messages.ts";
import type { Write } from "./options.ts";

/** What ShiViz reads a log with, unless told otherwise: the event, then its host and vector clock. */
export const SHIVIZ_PARSER = String.raw`(?<event>.*)\n(?<host>\S*) (?<clock>{.*})`;

/** How many events of each host have happened before: the host's own, this one included. */
type Clock = ReadonlyMap<string, number>;

/**
 * A log for ShiViz (bestchai.bitbucket.io/shiviz): each event with the vector clock of its host,
 * which is a member, a client, or the world that does things to them. Clocks are made from the
 * trace's causes: whatever an event has from another host happened before it.
 */
export const writeShiviz: Write = function* ({ header, events }, options, note) {
  const { from = 0, heartbeats = false } = options;
  const told = new Map(
    tellStory(header, events)
      .filter(({ detail }) => detail === "story")
      .map((line) => [line.seq, line]),
  );
  const clocks = new Clocks(events);
  note(`ShiViz reads it as it is; its regular expression is ${SHIVIZ_PARSER}`);
  let count = 0;
  for (const event of events) {
    clocks.see(event);
    if (event.at < from) continue;
    const line = told.get(event.seq);
    const sentence =
      line === undefined ? null : `${line.text}${line.because === "" ? "" : `: ${line.because}`}`;
    const text = stepText(event, heartbeats) ?? sentence;
    if (text === null) continue;
    const clock = clocks.log(event);
    count++;
    yield `${timeText(event.at)} ${text.replace(/\p{Cc}+/gu, " ")}\n${hostOf(event)} ${JSON.stringify(Object.fromEntries(clock))}\n`;
  }
  if (count > MANY) {
    note(
      `${count} events: ShiViz is slow with more than ${MANY}; choose a part with --from and --until`,
    );
  }
};

const MANY = 5000;

/** A message on its way from host to host: what the arrows are drawn from. */
function stepText(event: TraceEvent, heartbeats: boolean): string | null {
  switch (event.kind) {
    case "send":
    case "deliver": {
      const { message } = event;
      if (!isSent(message) || (isHeartbeat(message) && !heartbeats)) return null;
      const way =
        event.kind === "send" ? `sends ${sendText(message)}` : `gets ${receiptText(message)}`;
      return [way, ...contentsOf(message)].join(" · ");
    }
    case "attempt":
      return `asks ${memberName(event.to)}${event.attempt > 1 ? ` (attempt ${event.attempt})` : ""}`;
    case "invoke":
      return `wants to ${event.text}`;
    case "request":
      return `receives ${clientName(event.client)}'s ${event.text}`;
    default:
      return null;
  }
}

function hostOf(event: TraceEvent): string {
  if (event.member !== 0) return memberName(event.member);
  return "client" in event ? clientName(event.client) : "world";
}

class Clocks {
  readonly #events: readonly TraceEvent[];
  readonly #calls: ReadonlyMap<number, Call>;
  /** By host, the clock of its last logged event. */
  readonly #now = new Map<string, Clock>();
  /** By seq, the clock of a logged event; of each host, their seqs. */
  readonly #logged = new Map<number, Clock>();
  readonly #seqs = new Map<string, number[]>();
  /** By call, the clock of its last request at a member. */
  readonly #requests = new Map<number, Clock>();
  /** By member and revision, the clock when its store came there. */
  readonly #revisions = new Map<string, Clock>();

  constructor(events: readonly TraceEvent[]) {
    this.#events = events;
    this.#calls = callsOf(events);
  }

  /** Every event of the run passes here, in order. */
  see(event: TraceEvent): void {
    if (event.kind !== "apply") return;
    const clock = this.#now.get(hostOf(event));
    const revision = event.revisions.at(-1);
    if (clock !== undefined) this.#revisions.set(`${event.member} ${revision}`, clock);
  }

  /** The clock of an event that is logged now. */
  log(event: TraceEvent): Clock {
    const host = hostOf(event);
    const clock = new Map(this.#now.get(host));
    clock.set(host, (clock.get(host) ?? 0) + 1);
    for (const origin of this.#origins(event, host)) {
      for (const [other, count] of origin ?? []) {
        if (count > (clock.get(other) ?? 0)) clock.set(other, count);
      }
    }
    this.#now.set(host, clock);
    this.#logged.set(event.seq, clock);
    if (event.kind === "request") this.#requests.set(event.op, clock);
    const seqs = this.#seqs.get(host);
    if (seqs === undefined) this.#seqs.set(host, [event.seq]);
    else seqs.push(event.seq);
    return clock;
  }

  /** What other hosts had logged when they brought this event about. */
  #origins(event: TraceEvent, host: string): readonly (Clock | undefined)[] {
    if (event.kind === "complete") return this.#answer(event.op);
    for (let seq = event.cause; seq !== 0; ) {
      const cause = this.#events[seq - 1];
      assert(cause !== undefined, "a cause comes before its effect");
      const other = hostOf(cause);
      const clock = this.#logged.get(seq);
      if (other !== host) return [clock ?? this.#lastUpTo(other, seq)];
      // That one's clock has its causes in it already.
      if (clock !== undefined) return [];
      seq = cause.cause;
    }
    return [];
  }

  /** Who has an answer knows of the request's arrival, and of the revision that it tells of. */
  #answer(op: number): readonly (Clock | undefined)[] {
    const call = this.#calls.get(op);
    if (call === undefined || call.outcome !== "ok") return [];
    return [this.#requests.get(op), this.#revisions.get(`${call.to} ${call.revision}`)];
  }

  #lastUpTo(host: string, seq: number): Clock | undefined {
    const seqs = this.#seqs.get(host) ?? [];
    for (let i = seqs.length - 1; i >= 0; i--) {
      const known = seqs[i] as number;
      if (known <= seq) return this.#logged.get(known);
    }
    return undefined;
  }
}

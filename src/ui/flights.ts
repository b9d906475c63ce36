import type { Instant } from "../base/time.ts";
import type { MessageSummary, TraceEvent } from "../trace/events.ts";

/** What became of a sent message: when it arrived or was lost. */
export interface Fate {
  readonly at: Instant;
  readonly lost: boolean;
}

/** A stretch of virtual time that is run through slowly, so that the messages in it are seen. */
export interface SlowStretch {
  readonly from: Instant;
  readonly to: Instant;
  /** Virtual µs a real millisecond, at speed 1. */
  readonly rate: number;
}

/** How long a message that matters is on the screen at speed 1, at least. */
const FLIGHT_MS = 450;
/** With so many of them sent within so short a time (µs), nobody could look at each. */
const CROWD = 40;
const CROWD_WITHIN = 50_000;

/** The messages that make elections, logs and snapshots; heartbeats and reads only keep things going. */
const MATTERS: ReadonlySet<MessageSummary["type"]> = new Set([
  "MsgApp",
  "MsgAppResp",
  "MsgVote",
  "MsgVoteResp",
  "MsgPreVote",
  "MsgPreVoteResp",
  "MsgSnap",
  "MsgTimeoutNow",
]);

export function matters({ type, from, to }: MessageSummary): boolean {
  return MATTERS.has(type) && to > 0 && to !== from;
}

/** All messages of a run: what became of each, and where time has to go slowly for them to be seen. */
export class Flights {
  /** Sorted, without overlaps. */
  readonly slow: readonly SlowStretch[];
  /** Positions at which a message that matters is lost; ascending. */
  readonly losses: readonly number[];
  /** By the seq of the `send`: when it arrived or was lost; 0: neither. A number each: there are many. */
  readonly #ends: Float64Array;
  readonly #lost: Uint8Array;

  constructor(events: readonly TraceEvent[]) {
    this.#ends = new Float64Array(events.length + 1);
    this.#lost = new Uint8Array(events.length + 1);
    const losses: number[] = [];
    for (const event of events) {
      if (event.kind !== "deliver" && event.kind !== "drop") continue;
      const lost = event.kind === "drop";
      // A copy may be lost where another arrives.
      if (lost && this.#ends[event.cause] !== 0) continue;
      this.#ends[event.cause] = event.at;
      this.#lost[event.cause] = lost ? 1 : 0;
      if (lost && matters(event.message)) losses.push(event.seq);
    }
    this.losses = losses;
    this.slow = slowed(this.#seen(events));
  }

  /** When the message sent by event `seq` arrives or is lost; undefined if the run ends before. */
  fate(seq: number): Fate | undefined {
    const at = this.#ends[seq] ?? 0;
    return at === 0 ? undefined : { at, lost: this.#lost[seq] === 1 };
  }

  /** The flights that are to be seen, as pairs of their beginnings and ends, in the order of sending. */
  #seen(events: readonly TraceEvent[]): number[] {
    const seen: number[] = [];
    const recent: Instant[] = [];
    for (const event of events) {
      if (event.kind !== "send" || !matters(event.message)) continue;
      const before = recent[recent.length - CROWD];
      recent.push(event.at);
      const end = this.#ends[event.seq] ?? 0;
      if (before !== undefined && event.at - before < CROWD_WITHIN) continue;
      if (end > event.at) seen.push(event.at, end);
    }
    return seen;
  }
}

/** The stretches of flights `from, to, from, to …`, each with the rate that its shortest flight asks for. */
function slowed(seen: readonly number[]): SlowStretch[] {
  const out: SlowStretch[] = [];
  let air: { readonly to: Instant; readonly rate: number }[] = [];
  let now = 0;
  const runTo = (until: Instant): void => {
    while (air.length > 0 && now < until) {
      let to = until;
      let rate = Number.POSITIVE_INFINITY;
      for (const flight of air) {
        if (flight.to < to) to = flight.to;
        if (flight.rate < rate) rate = flight.rate;
      }
      const last = out.at(-1);
      if (last !== undefined && last.to === now && last.rate === rate) {
        out[out.length - 1] = { ...last, to };
      } else out.push({ from: now, to, rate });
      now = to;
      const landed = now;
      air = air.filter((flight) => flight.to > landed);
    }
    now = until;
  };
  for (let i = 0; i < seen.length; i += 2) {
    const from = seen[i] as number;
    const to = seen[i + 1] as number;
    if (from > now) runTo(from);
    air.push({ to, rate: (to - from) / FLIGHT_MS });
  }
  runTo(Number.POSITIVE_INFINITY);
  return out;
}

import type { TraceEvent } from "../events.ts";
import type { Frame } from "../frames/frame.ts";
import type { StoryLine } from "./line.ts";
import type { EventLookup } from "./why.ts";

/** A run in which reasons are looked for. */
export interface TracedRun {
  readonly find: EventLookup;
  /** The moment after the event `seq`; 0: before the first. */
  readonly frameAt: (seq: number) => Frame;
  /** The line that tells an event, of any level; undefined: nothing is said about it. */
  readonly lineOf: (seq: number) => StoryLine | undefined;
}

/** The last event before `seq` that is one. */
export function lastBefore<E extends TraceEvent>(
  run: TracedRun,
  seq: number,
  isOne: (event: TraceEvent) => event is E,
): E | undefined;
export function lastBefore(
  run: TracedRun,
  seq: number,
  isOne: (event: TraceEvent) => boolean,
): TraceEvent | undefined;
export function lastBefore(
  run: TracedRun,
  seq: number,
  isOne: (event: TraceEvent) => boolean,
): TraceEvent | undefined {
  for (let at = seq - 1; at > 0; at--) {
    const event = run.find(at);
    if (event !== undefined && isOne(event)) return event;
  }
  return undefined;
}

/** The first event after `from` and before `to` that is one. */
export function firstBetween(
  run: TracedRun,
  from: number,
  to: number,
  isOne: (event: TraceEvent) => boolean,
): TraceEvent | undefined {
  for (let at = from + 1; at < to; at++) {
    const event = run.find(at);
    if (event !== undefined && isOne(event)) return event;
  }
  return undefined;
}

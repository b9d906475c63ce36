import { countWhile } from "../base/count-while.ts";
import type { Instant } from "../base/time.ts";
import type { CompleteEvent, TraceEvent } from "../trace/events.ts";

/** A client's call from its beginning to its end. */
export interface ClientCall {
  readonly op: number;
  readonly client: number;
  readonly text: string;
  readonly from: Instant;
  /** The seq of its `invoke`. */
  readonly seq: number;
  /** Its `complete`; null if it never ends. */
  readonly end: CompleteEvent | null;
}

/** All calls of a run, in the order in which they were begun. */
export class CallsIndex {
  readonly calls: readonly ClientCall[];

  constructor(events: readonly TraceEvent[]) {
    const calls: ClientCall[] = [];
    const open = new Map<number, number>();
    for (const event of events) {
      if (event.kind === "invoke") {
        const { op, client, text, at, seq } = event;
        open.set(op, calls.length);
        calls.push({ op, client, text, from: at, seq, end: null });
      } else if (event.kind === "complete") {
        const place = open.get(event.op);
        if (place === undefined) continue;
        open.delete(event.op);
        calls[place] = { ...(calls[place] as ClientCall), end: event };
      }
    }
    this.calls = calls;
  }

  /** How many were begun at `position`. */
  begun(position: number): number {
    return countWhile(
      this.calls.length,
      (place) => (this.calls[place] as ClientCall).seq <= position,
    );
  }
}

import type { Instant } from "../base/time.ts";
import type { TraceEvent } from "../trace/events.ts";

/** A client's call, from its beginning to its end. */
export interface Call {
  readonly op: number;
  readonly client: number;
  /** `put a=1`. */
  readonly text: string;
  /** The seq of the `invoke`. */
  readonly seq: number;
  readonly since: Instant;
  /** The member that was asked last; 0: none yet. */
  to: number;
  /** -1: it has not ended when the run does. */
  until: Instant;
  outcome: "ok" | "fail" | "ambiguous" | "open";
  /** The store's revision that the answer tells of; 0: none. */
  revision: number;
}

/** The calls of a run, in the order in which they were made, by their `op`. */
export function callsOf(events: readonly TraceEvent[]): ReadonlyMap<number, Call> {
  const calls = new Map<number, Call>();
  for (const event of events) {
    if (event.kind === "invoke") {
      const { op, client, text, seq, at } = event;
      const open = { to: 0, until: -1, outcome: "open", revision: 0 } as const;
      calls.set(op, { op, client, text, seq, since: at, ...open });
      continue;
    }
    if (event.kind !== "attempt" && event.kind !== "complete") continue;
    const call = calls.get(event.op);
    if (call === undefined) continue;
    if (event.kind === "attempt") {
      call.to = event.to;
    } else {
      call.until = event.at;
      call.outcome = event.outcome;
      call.revision = event.result?.revision ?? 0;
    }
  }
  return calls;
}

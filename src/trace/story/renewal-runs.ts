import type { Instant } from "../../base/time.ts";
import type { TraceEvent } from "../events.ts";

/** Renewals of a lease that follow each other: by the same leader, asked by way of the same member. */
export interface Renewals {
  readonly lease: string;
  readonly member: number;
  /** Who asks, and the member that it asks; 0: that is not known. */
  readonly client: number;
  readonly via: number;
  count: number;
  last: Instant;
}

/**
 * The runs of renewals, each by the seq of its first one. A client that lives renews its lease for as
 * long as it needs it: what is worth telling is how often, and when anything about it changes.
 */
export function renewalsOf(events: readonly TraceEvent[]): ReadonlyMap<number, Renewals> {
  const runs = new Map<number, Renewals>();
  const current = new Map<string, Renewals>();
  /** By operation: a keep-alive under way. */
  const asking = new Map<number, { lease: string; client: number; via: number }>();
  for (const event of events) {
    switch (event.kind) {
      case "invoke": {
        const { request, op, client } = event;
        if (request.type !== "lease" || request.method !== "keep-alive") break;
        asking.set(op, { lease: request.lease, client, via: 0 });
        break;
      }
      case "attempt": {
        const asked = asking.get(event.op);
        if (asked !== undefined) asked.via = event.to;
        break;
      }
      case "complete": {
        const asked = asking.get(event.op);
        asking.delete(event.op);
        if (asked !== undefined && event.outcome !== "ok") current.delete(asked.lease);
        break;
      }
      case "lease": {
        if (event.action !== "renew") break;
        const { lease, member, at } = event;
        const asked = [...asking.values()].find((one) => one.lease === lease);
        const { client = 0, via = 0 } = asked ?? {};
        const run = current.get(lease);
        if (run?.member === member && run.client === client && run.via === via) {
          run.count++;
          run.last = at;
          break;
        }
        const first = { lease, member, client, via, count: 1, last: at };
        current.set(lease, first);
        runs.set(event.seq, first);
        break;
      }
    }
  }
  return runs;
}

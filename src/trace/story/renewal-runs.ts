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
export class RenewalRuns {
  readonly #runs = new Map<number, Renewals>();
  readonly #current = new Map<string, Renewals>();
  /** By operation: a keep-alive under way. */
  readonly #asking = new Map<number, { lease: string; client: number; via: number }>();

  /** The renewals that begin with this event, as far as they have come. */
  startingAt(seq: number): Renewals | undefined {
    return this.#runs.get(seq);
  }

  /** To be called with every event of the run; the renewals that it is one of. */
  event(event: TraceEvent): Renewals | undefined {
    switch (event.kind) {
      case "invoke": {
        const { request, op, client } = event;
        if (request.type !== "lease" || request.method !== "keep-alive") break;
        this.#asking.set(op, { lease: request.lease, client, via: 0 });
        break;
      }
      case "attempt": {
        const asked = this.#asking.get(event.op);
        if (asked !== undefined) asked.via = event.to;
        break;
      }
      case "complete": {
        const asked = this.#asking.get(event.op);
        this.#asking.delete(event.op);
        if (asked !== undefined && event.outcome !== "ok") this.#current.delete(asked.lease);
        break;
      }
      case "lease": {
        if (event.action !== "renew") break;
        const { lease, member, at } = event;
        const asked = [...this.#asking.values()].find((one) => one.lease === lease);
        const { client = 0, via = 0 } = asked ?? {};
        const run = this.#current.get(lease);
        if (run?.member === member && run.client === client && run.via === via) {
          run.count++;
          run.last = at;
          return run;
        }
        const first = { lease, member, client, via, count: 1, last: at };
        this.#current.set(lease, first);
        this.#runs.set(event.seq, first);
        return first;
      }
    }
    return undefined;
  }
}

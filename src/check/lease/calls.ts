import type { CompleteEvent, InvokeEvent } from "../../trace/events.ts";

/** What clients ask of leases, and which leases may end because somebody asked for it. */
export class LeaseCalls {
  readonly #asked = new Map<number, { readonly invoke: InvokeEvent; readonly id: string }>();
  /** Leases that somebody asked to revoke: then their end needs no other reason, now or later. */
  readonly #ended = new Set<string>();
  /** Somebody asked for revokes in a way that does not say of which lease. */
  #anyEnded = false;

  invoked(e: InvokeEvent): void {
    const { request } = e;
    if (request.type === "call") {
      if (request.method === "leaseRevoke") this.#anyEnded = true;
      return;
    }
    if (request.type !== "lease") return;
    this.#asked.set(e.op, { invoke: e, id: request.lease });
    if (request.method === "revoke") this.#ended.add(request.lease);
  }

  /** What a call is about that was answered with a TTL, and how it began; null: any other. */
  answered(e: CompleteEvent): { readonly invoke: InvokeEvent; readonly id: string } | null {
    const asked = this.#asked.get(e.op);
    if (asked === undefined) return null;
    this.#asked.delete(e.op);
    if (e.outcome !== "ok" || (e.result?.ttl ?? 0) <= 0) return null;
    const { invoke, id } = asked;
    return id === "" ? { invoke, id: e.result?.lease ?? "" } : asked;
  }

  mayEnd(id: string): boolean {
    return this.#anyEnded || this.#ended.has(id);
  }
}

import type { Cluster } from "../../src/sim/cluster.ts";
import { Layer, type TraceEvent } from "../../src/trace/events.ts";
import type { TraceSink } from "../../src/trace/trace.ts";

/** A write that certainly failed left something behind. */
export const FAILED_WRITES = "failed-writes";
/** Somebody did what no permission allows. */
export const PERMITTED = "permitted";
/** Members that applied the same have different backends. */
export const SAME_BACKEND = "same-backend";
export const ORACLES: readonly string[] = [FAILED_WRITES, PERMITTED, SAME_BACKEND];

/** The values that were ever put into the store, to be held against those of failed writes. */
export class PutValues implements TraceSink {
  readonly layers = Layer.Data;
  private readonly seen = new Set<string>();

  event(e: TraceEvent): void {
    if (e.kind !== "changes") return;
    for (const { type, value } of e.changes) if (type === "put") this.seen.add(value);
  }

  has(value: string): boolean {
    return this.seen.has(value);
  }
}

/**
 * Asks each of the members for the hash of its backend, of users and leases too, as an operator would
 * (etcdctl endpoint hash); what differs, in words. They must have come to rest.
 */
export function differentBackends(cluster: Cluster, members: readonly number[]): string | null {
  const hashes = new Map<number, number>();
  for (const id of members) {
    cluster.client(60 + id).call(
      { type: "hash", request: {} },
      ({ response }) => {
        if (response?.type === "hash") hashes.set(id, response.response.hash);
      },
      { to: id, pin: true },
    );
  }
  cluster.runUntil(cluster.now + 1_000_000);
  const [first] = hashes.values();
  if ([...hashes.values()].every((hash) => hash === first)) return null;
  return `backends differ: ${[...hashes].map(([id, hash]) => `m${id} ${hash}`).join(", ")}`;
}

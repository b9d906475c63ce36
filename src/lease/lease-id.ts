import type { Random } from "../base/random.ts";
import { type Duration, SECOND } from "../base/time.ts";

/** An id for a grant that left the choice to the server: positive, 63 bits. */
export function generateLeaseId(random: Random): bigint {
  for (;;) {
    const high = BigInt(random.uint32() >>> 1);
    const id = (high << 32n) | BigInt(random.uint32());
    if (id !== 0n) return id;
  }
}

/**
 * The shortest TTL in whole seconds: one and a half election timeouts, so that a lease outlives a
 * change of leaders (server/etcdserver/server.go).
 */
export function minTtl(electionTicks: number, tickUs: Duration): number {
  const ticks = Math.floor((3 * electionTicks) / 2);
  return Math.ceil((ticks * tickUs) / SECOND);
}

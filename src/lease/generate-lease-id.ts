import type { Random } from "../base/random.ts";

/** An id for a grant that left the choice to the server: positive, 63 bits. */
export function generateLeaseId(random: Random): bigint {
  for (;;) {
    const high = BigInt(random.uint32() >>> 1);
    const id = (high << 32n) | BigInt(random.uint32());
    if (id !== 0n) return id;
  }
}

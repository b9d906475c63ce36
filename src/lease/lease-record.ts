import { INT, INT_ID } from "../api/wire/kinds.ts";
import { decode, encode, message } from "../api/wire/message.ts";
import { assert } from "../base/assert.ts";

/** What is stored of a lease (leasepb.Lease). Its keys are found again in the key-value pairs. */
export interface LeaseRecord {
  readonly id: bigint;
  /** Seconds, as granted. */
  readonly ttl: number;
  /** Seconds that were left at the last checkpoint; 0: none since the last renewal. */
  readonly remainingTtl: number;
}

const Lease = message<LeaseRecord>("leasepb.Lease", {
  id: [1, INT_ID],
  ttl: [2, INT],
  remainingTtl: [3, INT],
});

export function encodeLease(record: LeaseRecord): Uint8Array {
  return encode(Lease, record);
}

/** Throws ProtobufError. */
export function decodeLease(bytes: Uint8Array): LeaseRecord {
  return decode(Lease, bytes);
}

/** The key in the bucket: the id's two's complement in eight bytes, the highest first. */
export function leaseKey(id: bigint): string {
  let rest = BigInt.asUintN(64, id);
  let key = "";
  for (let i = 0; i < 8; i++) {
    key = String.fromCharCode(Number(rest & 0xffn)) + key;
    rest >>= 8n;
  }
  assert(key.length === 8 && rest === 0n, "a lease id has 64 bits");
  return key;
}

import { putBigint, putInt } from "../api/wire/fields.ts";
import { assert } from "../base/assert.ts";
import { ProtobufReader, ProtobufWriter } from "../base/protobuf.ts";

/** What is stored of a lease (leasepb.Lease). Its keys are found again in the key-value pairs. */
export interface LeaseRecord {
  readonly id: bigint;
  /** Seconds, as granted. */
  readonly ttl: number;
  /** Seconds that were left at the last checkpoint; 0: none since the last renewal. */
  readonly remainingTtl: number;
}

const writer = new ProtobufWriter(32);

export function encodeLease(record: LeaseRecord): Uint8Array {
  writer.reset();
  putBigint(writer, 1, record.id);
  putInt(writer, 2, record.ttl);
  putInt(writer, 3, record.remainingTtl);
  return writer.finish();
}

/** Throws ProtobufError. */
export function decodeLease(bytes: Uint8Array): LeaseRecord {
  const reader = new ProtobufReader(bytes);
  let id = 0n;
  let ttl = 0;
  let remainingTtl = 0;
  while (reader.next()) {
    if (reader.field === 1) id = reader.bigint();
    else if (reader.field === 2) ttl = reader.int();
    else if (reader.field === 3) remainingTtl = reader.int();
    else reader.skip();
  }
  return { id, ttl, remainingTtl };
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

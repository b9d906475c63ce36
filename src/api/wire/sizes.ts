import { varint64Size, varintSize } from "../../base/protobuf.ts";
import type { KeyValue, ResponseHeader } from "../kv-requests.ts";

/** How many bytes fields and messages take as protobuf, without writing them. */

export function headerSize({ clusterId, memberId, revision, raftTerm }: ResponseHeader): number {
  return bigintSize(clusterId) + bigintSize(memberId) + intSize(revision) + intSize(raftTerm);
}

export function keyValueSize(kv: KeyValue): number {
  const revisions = intSize(kv.createRevision) + intSize(kv.modRevision) + intSize(kv.version);
  return revisions + bytesSize(kv.key.length) + bytesSize(kv.value.length) + bigintSize(kv.lease);
}

// With a tag of one byte, which all fields below 16 have; zero values are not written.

export function embedded(size: number): number {
  return 1 + varintSize(size) + size;
}

export function bytesSize(length: number): number {
  return length === 0 ? 0 : 1 + varintSize(length) + length;
}

export function intSize(value: number): number {
  if (value === 0) return 0;
  return value < 0 ? 11 : 1 + varintSize(value);
}

export function bigintSize(value: bigint): number {
  if (value === 0n) return 0;
  const bits = BigInt.asUintN(64, value);
  return 1 + varint64Size(Number(bits >> 32n), Number(bits & 0xffff_ffffn));
}

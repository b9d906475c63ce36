import { varint64Size, varintSize } from "../../base/protobuf.ts";
import type { KeyValue, ResponseHeader } from "../kv-requests.ts";
import type { WatchEvent, WatchResponse } from "../watch-requests.ts";

/**
 * How many bytes a response takes as protobuf, without writing it: what etcd splits large ones by,
 * and what a stream's window is charged with.
 */
export function watchResponseSize(response: WatchResponse): number {
  const { header, watchId, created, canceled, compactRevision, cancelReason, fragment } = response;
  let size = embedded(headerSize(header)) + intSize(watchId) + intSize(compactRevision);
  if (created) size += 2;
  if (canceled) size += 2;
  if (fragment) size += 2;
  // Reasons are ASCII.
  size += bytesSize(cancelReason.length);
  for (const event of response.events) size += watchEventSize(event);
  return size;
}

/** What one event adds to its response. */
export function watchEventSize({ type, kv, prevKv }: WatchEvent): number {
  const size = (type === "DELETE" ? 2 : 0) + embedded(keyValueSize(kv));
  return embedded(prevKv === null ? size : size + embedded(keyValueSize(prevKv)));
}

function headerSize({ clusterId, memberId, revision, raftTerm }: ResponseHeader): number {
  return bigintSize(clusterId) + bigintSize(memberId) + intSize(revision) + intSize(raftTerm);
}

function keyValueSize(kv: KeyValue): number {
  const revisions = intSize(kv.createRevision) + intSize(kv.modRevision) + intSize(kv.version);
  return revisions + bytesSize(kv.key.length) + bytesSize(kv.value.length) + bigintSize(kv.lease);
}

// With a tag of one byte, which all fields below 16 have; zero values are not written.

function embedded(size: number): number {
  return 1 + varintSize(size) + size;
}

function bytesSize(length: number): number {
  return length === 0 ? 0 : 1 + varintSize(length) + length;
}

function intSize(value: number): number {
  if (value === 0) return 0;
  return value < 0 ? 11 : 1 + varintSize(value);
}

function bigintSize(value: bigint): number {
  if (value === 0n) return 0;
  const bits = BigInt.asUintN(64, value);
  return 1 + varint64Size(Number(bits >> 32n), Number(bits & 0xffff_ffffn));
}

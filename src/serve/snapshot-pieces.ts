import type { SnapshotResponse } from "../api/requests.ts";

/** v3rpc/maintenance.go snapshotSendBufferSize. */
const PIECE_BYTES = 32 * 1024;
const CHECKSUM_BYTES = 32;

/** A snapshot as etcd sends it: the database in pieces, and then its checksum (v3rpc/maintenance.go). */
export function* piecesOf(whole: SnapshotResponse): Generator<SnapshotResponse, void> {
  const { blob } = whole;
  const end = blob.length - CHECKSUM_BYTES;
  for (let from = 0; from < end; ) {
    const to = Math.min(from + PIECE_BYTES, end);
    yield { ...whole, remainingBytes: end - to, blob: blob.subarray(from, to) };
    from = to;
  }
  yield { ...whole, remainingBytes: 0, blob: blob.subarray(end) };
}

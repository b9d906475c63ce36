import type { SnapshotResponse } from "../api/requests.ts";
import type { Piece } from "../api/wire/snapshot-piece.ts";

/** v3rpc/maintenance.go snapshotSendBufferSize. */
const PIECE_BYTES = 32 * 1024;
const CHECKSUM_BYTES = 32;

/** A snapshot as etcd sends it: the database in pieces, and then its checksum; without headers (v3rpc/maintenance.go). */
export function* piecesOf({ blob, version }: SnapshotResponse): Generator<Piece, void> {
  const end = blob.length - CHECKSUM_BYTES;
  for (let from = 0; from < end; ) {
    const to = Math.min(from + PIECE_BYTES, end);
    yield { remainingBytes: end - to, blob: blob.subarray(from, to), version };
    from = to;
  }
  yield { remainingBytes: 0, blob: blob.subarray(end), version };
}

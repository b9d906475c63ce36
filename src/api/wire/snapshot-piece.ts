import type { SnapshotResponse } from "../maintenance-requests.ts";
import { BLOB, TEXT, UINT } from "./kinds.ts";
import { message } from "./message.ts";

/** What of a snapshot goes at once. */
export type Piece = Omit<SnapshotResponse, "header">;

/** A piece of a snapshot on its way, which etcd sends without a header (v3rpc/maintenance.go). */
export const SnapshotPiece = message<Piece>("etcdserverpb.SnapshotResponse", {
  remainingBytes: [2, UINT],
  blob: [3, BLOB],
  version: [4, TEXT],
});

import type { SnapshotResponse } from "../../api/requests.ts";
import { BLOB, TEXT, UINT } from "../../api/wire/kinds.ts";
import { message } from "../../api/wire/message.ts";

/** A piece of a snapshot on its way, which etcd sends without a header (v3rpc/maintenance.go). */
export const SnapshotPiece = message<Omit<SnapshotResponse, "header">>(
  "etcdserverpb.SnapshotResponse",
  {
    remainingBytes: [2, UINT],
    blob: [3, BLOB],
    version: [4, TEXT],
  },
);

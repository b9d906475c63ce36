import type { Snapshotter, Wal } from "../../wal/index.ts";

/** etcd keeps so many, to have older ones to go back to when a newer one is broken (--max-snapshots). */
const SNAPSHOTS_KEPT = 5;

/** Removes old snapshots, and the part of the log that none of the kept ones needs (server.go purgeFile). */
export function purge(snapshotter: Snapshotter, wal: Wal): void {
  const oldest = snapshotter.purge(SNAPSHOTS_KEPT);
  if (oldest !== null) wal.releaseTo(oldest.index);
}

/** The write-ahead log and the snapshot files of a member, in etcd's formats to the byte. */
export { parseSnapName, parseWalName, snapDbName, snapName, walName } from "./file-names.ts";
export { type OpenedWal, openWal, validSnapshots } from "./open.ts";
export type { SnapshotPoint, WalOptions } from "./record.ts";
export { type Repair, repair } from "./repair.ts";
export { walExists } from "./select-segments.ts";
export { Snapshotter, type SnapshotterOptions } from "./snapshotter.ts";
export { createWal, type Wal } from "./wal.ts";
export { WalError, type WalErrorKind } from "./wal-error.ts";

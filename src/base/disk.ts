/**
 * A member's disk as the core sees it: an ordered queue of commands.
 *
 * Commands take effect in the order they were given. `sync` and `syncDirectory` take virtual
 * time, and commands behind them wait: a rename given after a sync happens after it. When a
 * sync is done the world hands the member a `DiskDone` input with the sync's token.
 *
 * Crash semantics: file bytes that were appended but not synced may be lost, kept as a prefix or
 * torn by 512-byte sectors; creations, renames and removals are lost unless the directory was
 * synced afterwards (syncing a new file also makes its name durable only after syncDirectory).
 */
export interface Disk {
  /** Creates an empty file (truncating an existing one). */
  create(file: string): void;
  /** Appends a copy of `bytes` (the caller may reuse the buffer at once). Throws if the file is unknown. */
  append(file: string, bytes: Uint8Array): void;
  /** Cuts the file to `length` bytes. */
  truncate(file: string, length: number): void;
  rename(from: string, to: string): void;
  remove(file: string): void;
  /** Asks for the file's bytes to be durable; the token comes back in a `DiskDone` input. */
  sync(file: string): SyncToken;
  /** Asks for creations, renames and removals in `directory` to be durable. */
  syncDirectory(directory: string): SyncToken;
  /** What a process would read now, unsynced bytes included (commands still queued excluded). Throws if unknown. */
  read(file: string): Uint8Array;
  exists(file: string): boolean;
  /** Paths of all files below `directory` (no trailing slash), sorted by byte order. */
  list(directory: string): string[];
}

/** Grows by one with every sync of a disk; never re-used within one life of a member. */
export type SyncToken = number;

/** The disk has no room: what `append` and `create` throw when a full disk was injected. */
export class DiskFullError extends Error {
  override name = "DiskFullError";
}

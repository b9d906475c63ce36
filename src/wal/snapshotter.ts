import { assert } from "../base/assert.ts";
import { crc32cUpdate } from "../base/crc32c.ts";
import type { Disk, SyncToken } from "../base/disk.ts";
import { ProtobufError, ProtobufReader, ProtobufWriter } from "../base/protobuf.ts";
import { NO_MISTAKES } from "../museum/switches.ts";
import type { WalMistakes } from "../museum/wal.ts";
import { decodeSnapshot, encodeSnapshot, type NodeIdMap } from "../raft/pb/index.ts";
import type { Snapshot } from "../raft/types.ts";
import { baseName, directoryOf, parseSnapName, snapName } from "./file-names.ts";
import type { SnapshotPoint } from "./record.ts";

export interface SnapshotterOptions {
  readonly ids?: NodeIdMap;
  /** Known mistakes to make on purpose. */
  readonly mistakes?: WalMistakes;
}

// snappb.Snapshot {crc=1, data=2}: the data is a raftpb.Snapshot.

/** The bytes of a .snap file. */
export function encodeSnapFile(snapshot: Snapshot, ids: NodeIdMap | null): Uint8Array {
  const data = encodeSnapshot(snapshot, ids);
  const writer = new ProtobufWriter(data.length + 16);
  writer.varintField(1, crc32cUpdate(0, data));
  writer.bytesField(2, data);
  return writer.finish();
}

/** Reads a .snap file; a string says what is wrong with it. */
export function decodeSnapFile(bytes: Uint8Array, ids: NodeIdMap | null): Snapshot | string {
  let crc = 0;
  let data: Uint8Array | null = null;
  try {
    const reader = new ProtobufReader(bytes);
    while (reader.next()) {
      if (reader.field === 1) crc = reader.uint();
      else if (reader.field === 2) data = reader.view();
      else return "unknown field";
    }
    if (data === null || data.length === 0 || crc === 0) return "empty snapshot";
    if (crc32cUpdate(0, data) !== crc) return "crc mismatch";
    return decodeSnapshot(data, ids);
  } catch (error) {
    if (error instanceof ProtobufError) return error.message;
    throw error;
  }
}

/** Raft's snapshots in files of their own (server/etcdserver/api/snap/snapshotter.go). */
export class Snapshotter {
  /** What was found broken and put aside, in words, oldest first. */
  readonly findings: string[] = [];
  readonly #disk: Disk;
  readonly #dir: string;
  readonly #ids: NodeIdMap | null;
  readonly #mistakes: WalMistakes;

  constructor(disk: Disk, dir: string, options: SnapshotterOptions = {}) {
    this.#disk = disk;
    this.#dir = dir;
    this.#ids = options.ids ?? null;
    this.#mistakes = options.mistakes ?? NO_MISTAKES;
  }

  /** Writes the file beside its place and moves it there when durable. Then tell the log. */
  save(snapshot: Snapshot): SyncToken {
    const { term, index } = snapshot.metadata;
    assert(index > 0, "an empty snapshot is not saved");
    const path = `${this.#dir}/${snapName(term, index)}`;
    const temporary = `${path}.tmp`;
    this.#disk.create(temporary);
    this.#disk.append(temporary, encodeSnapFile(snapshot, this.#ids));
    const written = this.#disk.sync(temporary);
    this.#disk.rename(temporary, path);
    // Known mistake W2: the bytes are durable and the name is not: a crash takes the snapshot away that
    // the log mentions.
    const { skipsDirectorySync, leavesReceivedUnnamed } = this.#mistakes;
    // Known mistake W20: etcd has never synced this directory here; without this file alone a member goes
    // back to an older one, and its log from there. The database of a leader's snapshot it can't do without.
    if (skipsDirectorySync || leavesReceivedUnnamed) return written;
    return this.#disk.syncDirectory(this.#dir);
  }

  /**
   * The newest whole snapshot, among `valid` if given (what the log vouches for); null if there is
   * none. A broken file is renamed `….broken` and the next older one tried.
   */
  loadNewest(valid?: readonly SnapshotPoint[]): Snapshot | null {
    for (const path of this.#newestFirst()) {
      const read = decodeSnapFile(this.#disk.read(path), this.#ids);
      if (typeof read === "string") {
        this.#disk.rename(path, `${path}.broken`);
        this.findings.push(`snapshot ${baseName(path)} is broken (${read}) and was put aside`);
        continue;
      }
      const { index, term } = read.metadata;
      const vouched = (point: SnapshotPoint) => point.index === index && point.term === term;
      if (valid === undefined || valid.some(vouched)) return read;
    }
    return null;
  }

  /** Removes all but the `keep` newest files; returns the oldest one kept, null if there is none. */
  purge(keep: number): SnapshotPoint | null {
    assert(keep >= 1, "the newest snapshot is never purged");
    const paths = this.#newestFirst();
    for (const path of paths.slice(keep)) this.#disk.remove(path);
    const oldest = paths[Math.min(keep, paths.length) - 1];
    return oldest === undefined ? null : parseSnapName(baseName(oldest));
  }

  /** Names sort by term, then index, and so does time. */
  #newestFirst(): string[] {
    return this.#disk
      .list(this.#dir)
      .filter((path) => directoryOf(path) === this.#dir && parseSnapName(baseName(path)) !== null)
      .sort()
      .reverse();
  }
}

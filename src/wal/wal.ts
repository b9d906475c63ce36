import { assert } from "../base/assert.ts";
import type { Disk, SyncToken } from "../base/disk.ts";
import { NO_POINTS } from "../base/fault-points.ts";
import type { ConfState, Entry, HardState, Index } from "../raft/types.ts";
import { WalEncoder } from "./encoder.ts";
import { directoryOf, walName } from "./file-names.ts";
import { EMPTY_STATE } from "./read-log.ts";
import type { SnapshotPoint, WalOptions } from "./record.ts";
import type { Segment } from "./select-segments.ts";

/** What the log knew when it was created or opened. */
export interface WalStart {
  readonly segments: readonly Segment[];
  readonly metadata: Uint8Array;
  readonly state: HardState;
  readonly lastIndex: Index;
  readonly crc: number;
  /** The length of the last file. */
  readonly offset: number;
  /** The last sync ordered. */
  readonly token: SyncToken;
}

/**
 * The write-ahead log of one member, ready for appending (server/storage/wal/wal.go). Methods give
 * the disk its orders, in order, and never wait: what they promise holds once the token they
 * return is done. A DiskFullError leaves the log unusable.
 */
export class Wal {
  /** Once this sync is done, all that was written or read at the start is durable. */
  readonly startToken: SyncToken;
  readonly #disk: Disk;
  readonly #dir: string;
  readonly #options: WalOptions;
  readonly #metadata: Uint8Array;
  readonly #encoder: WalEncoder;
  #segments: Segment[];
  #path: string;
  #offset: number;
  #lastIndex: Index;
  #state: HardState;

  /** For {@link createWal} and {@link openWal}. */
  constructor(disk: Disk, dir: string, options: WalOptions, start: WalStart) {
    assert(options.segmentBytes > 0, "a log file may hold something");
    assert(start.segments.length > 0, "a log has a file");
    this.#disk = disk;
    this.#dir = dir;
    this.#options = options;
    this.#metadata = start.metadata;
    this.#encoder = new WalEncoder(start.crc, options);
    this.#segments = [...start.segments];
    this.#path = (start.segments.at(-1) as Segment).path;
    this.#offset = start.offset;
    this.#lastIndex = start.lastIndex;
    this.#state = start.state;
    this.startToken = start.token;
  }

  /** The files, oldest first. */
  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** The oldest entry that a start could find, should it have to go back to an older snapshot. */
  get firstOnDisk(): Index {
    return (this.#segments[0] as Segment).index;
  }

  /** The index of the last entry or snapshot saved. */
  get lastIndex(): Index {
    return this.#lastIndex;
  }

  /**
   * Appends entries, then the hard state if it changed. `mustSync` is raft's: entries, or a term or
   * vote, must be durable before anybody hears of them. Returns 0 if there is nothing to wait for.
   */
  save(hardState: HardState | null, entries: readonly Entry[], mustSync: boolean): SyncToken | 0 {
    if (hardState === null && entries.length === 0) return 0;
    const encoder = this.#encoder;
    for (let i = 0; i < entries.length; i++) encoder.entry(entries[i] as Entry);
    if (entries.length > 0) this.#lastIndex = (entries[entries.length - 1] as Entry).index;
    if (hardState !== null) {
      assert(hardState.commit >= this.#state.commit, "the commit index never goes back");
      encoder.state(hardState);
      this.#state = hardState;
    }
    this.#append(this.#path);
    if (this.#offset >= this.#options.segmentBytes) return this.#cut();
    return mustSync ? this.#sync() : 0;
  }

  /** Records that a snapshot exists, after its file is written: from then on the log may be opened at it. */
  saveSnapshot(snapshot: SnapshotPoint & { readonly confState: ConfState }): SyncToken {
    this.#encoder.snapshot(snapshot, snapshot.index > 0 ? snapshot.confState : null);
    if (snapshot.index > this.#lastIndex) this.#lastIndex = snapshot.index;
    this.#append(this.#path);
    return this.#sync();
  }

  /** Removes the files whose entries all lie below `index`, which no start from a snapshot there needs. */
  releaseTo(index: Index): void {
    let keep = this.#segments.length - 1;
    while (keep > 0 && (this.#segments[keep] as Segment).index > index) keep--;
    for (let i = 0; i < keep; i++) this.#disk.remove((this.#segments[i] as Segment).path);
    if (keep > 0) this.#segments = this.#segments.slice(keep);
    assert(this.#segments.length > 0, "the file being written is never released");
  }

  #sync(): SyncToken {
    const { points = NO_POINTS } = this.#options;
    if (points.active) points.pass("walBeforeSync");
    const token = this.#disk.sync(this.#path);
    if (points.active) points.passAfter(token, "walAfterSync");
    return token;
  }

  #append(path: string): void {
    const bytes = this.#encoder.pending;
    this.#disk.append(path, bytes);
    this.#offset += bytes.length;
    this.#encoder.clear();
  }

  /** Ends the file and begins the next, which gets its name only once its head is durable. */
  #cut(): SyncToken {
    const disk = this.#disk;
    const { mistakes } = this.#options;
    disk.truncate(this.#path, this.#offset);
    this.#sync();
    const seq = (this.#segments.at(-1) as Segment).seq + 1;
    const index = this.#lastIndex + 1;
    const path = `${this.#dir}/${walName(seq, index)}`;
    const temporary = `${this.#dir}/${seq % 2}.tmp`;
    disk.create(temporary);
    const encoder = this.#encoder;
    // Known mistake W3: who reads the log comes to this record with the sum of all segments before.
    encoder.crcRecord(mistakes.restartsCrcChain ? 0 : encoder.crc);
    encoder.metadata(this.#metadata);
    if (this.#state !== EMPTY_STATE) encoder.state(this.#state);
    this.#offset = 0;
    this.#append(temporary);
    const written = disk.sync(temporary);
    disk.rename(temporary, path);
    this.#segments.push({ path, seq, index });
    this.#path = path;
    // Known mistake W2: the bytes are durable and the name is not: a crash takes the whole segment.
    return mistakes.skipsDirectorySync ? written : disk.syncDirectory(this.#dir);
  }
}

/**
 * Begins a log. It is written beside its place, in `<dir>.tmp`, and moved when durable, so that a
 * crash leaves either no log or a whole one.
 */
export function createWal(disk: Disk, dir: string, metadata: Uint8Array, options: WalOptions): Wal {
  for (const leftover of disk.list(`${dir}.tmp`)) disk.remove(leftover);
  const name = walName(0, 0);
  const encoder = new WalEncoder(0, options);
  encoder.crcRecord(0);
  encoder.metadata(metadata);
  encoder.snapshot({ index: 0, term: 0 }, null);
  const temporary = `${dir}.tmp/${name}`;
  const path = `${dir}/${name}`;
  disk.create(temporary);
  disk.append(temporary, encoder.pending);
  let token = disk.sync(temporary);
  disk.rename(temporary, path);
  // Known mistake W2: a crash leaves no log where there was a durable one.
  if (!options.mistakes.skipsDirectorySync) {
    disk.syncDirectory(dir);
    token = disk.syncDirectory(directoryOf(dir));
  }
  return new Wal(disk, dir, options, {
    segments: [{ path, seq: 0, index: 0 }],
    metadata,
    state: EMPTY_STATE,
    lastIndex: 0,
    crc: encoder.crc,
    offset: encoder.pending.length,
    token,
  });
}

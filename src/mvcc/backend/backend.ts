import { assert } from "../../base/assert.ts";
import { concatBytes } from "../../base/bytes.ts";
import { type Disk, DiskFullError, type SyncToken } from "../../base/disk.ts";
import { type FaultPoints, NO_POINTS } from "../../base/fault-points.ts";
import { type Duration, MILLISECOND } from "../../base/time.ts";
import type { MvccMistakes } from "../../museum/mvcc.ts";
import { NO_MISTAKES } from "../../museum/switches.ts";
import { isTombstoneKey, mainOf, subOf, uint64Bytes, uint64Of } from "../revision.ts";
import { BackendFile } from "./backend-file.ts";
import { BUCKET_NAMES, Bucket, type BucketName, type OperationCount } from "./bucket.ts";
import { CommitWriter, FILE_HEADER, readRecords } from "./commit-record.ts";
import { bucketPages, PageModel } from "./page-model.ts";
import { NO_ROW, RevisionTable, type Row } from "./revision-table.ts";

/**
 * A batch of changes is committed after so many, or so long after its first (server/storage/backend,
 * --backend-batch-limit, --backend-batch-interval). Whoever has a clock sees to it.
 */
export const BATCH_LIMIT = 10_000;
export const BATCH_INTERVAL_US: Duration = 100 * MILLISECOND;

/** Records of a whole image are cut about here, so that none takes much memory. */
const IMAGE_RECORD_BYTES = 1 << 20;
/** Below this size nobody minds what a file holds in vain. */
const REWRITE_MIN_BYTES = 4 << 20;
const SEQUENTIAL_FILL = 90;
const RANDOM_FILL = 67;

const CONSISTENT_INDEX = "consistent_index";
const TERM = "term";
const CONF_STATE = "confState";
const NO_BYTES = new Uint8Array(0);

/** One for all: commits are built one at a time. */
let shared = new CommitWriter();
const SHARED_MAX = 4 << 20;

/**
 * etcd's backend: buckets whose changes are visible at once and become durable together, in
 * commits. What a commit holds is all or nothing after a crash; what came after the last one is
 * lost, and the log gives it again from the consistent index on, which is part of the commit.
 */
export class Backend {
  /** The bucket `key`. */
  readonly table = new RevisionTable();
  private readonly count: OperationCount = { operations: 0 };
  private readonly buckets = new Map<BucketName, Bucket>();
  private readonly pages = new PageModel();
  private readonly file: BackendFile | null;
  private readonly mistakes: MvccMistakes;
  /** The process's, for all that works on the backend. */
  readonly points: FaultPoints;
  /** Rows from here on are not committed. */
  private firstPending: Row = 0;
  /** Committed rows that were removed since: main, sub, main, sub, … */
  private removed: number[] = [];
  private index = 0;
  private entryTerm = 0;
  private conf: Uint8Array = NO_BYTES;
  private moved = false;
  /** Bytes of a torn tail that was cut off when it was opened. */
  torn = 0;

  private constructor(
    file: BackendFile | null,
    mistakes: MvccMistakes,
    points: FaultPoints = NO_POINTS,
  ) {
    this.file = file;
    this.mistakes = mistakes;
    this.points = points;
    for (const name of BUCKET_NAMES) {
      this.buckets.set(name, new Bucket(name, this.count, mistakes));
    }
  }

  /** A backend without a disk: all is lost with it. */
  static inMemory(mistakes: MvccMistakes = NO_MISTAKES): Backend {
    return new Backend(null, mistakes);
  }

  /**
   * The backend in the file `path`, an empty one if there is none: the file is made by the first
   * commit. Throws BackendError if the file is damaged other than by a crash.
   */
  static open(
    disk: Disk,
    path: string,
    mistakes: MvccMistakes = NO_MISTAKES,
    points: FaultPoints = NO_POINTS,
  ): Backend {
    const file = new BackendFile(disk, path);
    const backend = new Backend(file, mistakes, points);
    const bytes = file.read();
    if (bytes !== null) backend.load(bytes);
    return backend;
  }

  /** A backend in memory, with the content that `image` gave. Throws BackendError. */
  static ofBytes(image: Uint8Array, mistakes: MvccMistakes = NO_MISTAKES): Backend {
    const backend = new Backend(null, mistakes);
    backend.load(image);
    return backend;
  }

  /**
   * Puts the file `from`, whose bytes are `image`, in the place of the one at `path`, and opens it.
   * Throws BackendError.
   */
  static adopt(
    disk: Disk,
    path: string,
    from: string,
    image: Uint8Array,
    mistakes: MvccMistakes = NO_MISTAKES,
    points: FaultPoints = NO_POINTS,
  ): Backend {
    const file = new BackendFile(disk, path);
    file.adopt(from, image.length);
    const backend = new Backend(file, mistakes, points);
    backend.load(image);
    return backend;
  }

  private load(bytes: Uint8Array): void {
    const { table } = this;
    const whole = readRecords(bytes, {
      row: (key, kv) => table.append(mainOf(key), subOf(key), isTombstoneKey(key), kv, kv.length),
      rowRemoved: (key) => {
        const row = table.find(mainOf(key), subOf(key));
        if (row !== NO_ROW) table.remove(row);
      },
      pair: (bucket, key, value) => this.bucket(bucket as BucketName).load(key, value),
    });
    if (whole < bytes.length) {
      this.torn = bytes.length - whole;
      this.file?.cutTo(whole);
    }
    this.firstPending = table.nextRow;
    const meta = this.bucket("meta");
    const index = meta.get(CONSISTENT_INDEX);
    const term = meta.get(TERM);
    this.index = index === undefined ? 0 : uint64Of(index);
    this.entryTerm = term === undefined ? 0 : uint64Of(term);
    this.conf = meta.get(CONF_STATE) ?? NO_BYTES;
    this.pages.committed(this.usedPages(), 0);
  }

  bucket(name: BucketName): Bucket {
    const bucket = this.buckets.get(name);
    assert(bucket !== undefined, `there is no bucket ${name}`);
    return bucket;
  }

  // ---- how far the log was applied --------------------------------------------------------------

  /** The last entry whose effects are in here, committed or not. */
  get consistentIndex(): number {
    return this.index;
  }

  /** Its term. */
  get term(): number {
    return this.entryTerm;
  }

  /** The configuration after it, in the member's own words; empty before the first. */
  get confState(): Uint8Array {
    return this.conf;
  }

  /** Only the apply path calls this, with the entry whose effects it has just written. */
  applied(index: number, term: number): void {
    this.index = index;
    this.entryTerm = term;
    this.moved = true;
  }

  configured(confState: Uint8Array): void {
    this.conf = confState;
    this.moved = true;
  }

  /** Runs before every commit: the index goes to disk together with what it vouches for. */
  private savePosition(): void {
    if (!this.moved) return;
    this.moved = false;
    const meta = this.bucket("meta");
    meta.put(CONSISTENT_INDEX, uint64Bytes(this.index));
    meta.put(TERM, uint64Bytes(this.entryTerm));
    if (this.conf.length > 0) meta.put(CONF_STATE, this.conf);
  }

  // ---- commits ----------------------------------------------------------------------------------

  /** Changes since the last commit. The position alone is none. */
  get pendingOperations(): number {
    const rows = this.table.nextRow - this.firstPending;
    return this.count.operations + rows + this.removed.length / 2;
  }

  /** Takes a row out of the bucket `key`. True if bytes of other rows moved. */
  removeRow(row: Row, main: number, sub: number): boolean {
    if (row < this.firstPending) this.removed.push(main, sub);
    else this.count.operations++;
    return this.table.remove(row);
  }

  /** Makes all changes durable, in one piece. Returns the sync to wait for; 0 if there is none. */
  commit(): SyncToken {
    this.hook(true);
    return this.write();
  }

  /** etcd's hook before every commit. */
  private hook(saves: boolean): void {
    const { points } = this;
    if (points.active) points.pass("commitBeforePreCommitHook");
    if (saves) this.savePosition();
    if (points.active) points.pass("commitAfterPreCommitHook");
  }

  private write(): SyncToken {
    const { file } = this;
    if (file === null) {
      this.forget(0);
      return 0;
    }
    if (!file.isWhole || this.wasteful) {
      const { points } = this;
      if (points.active) points.pass("beforeCommit");
      const token = this.rewrite();
      if (points.active) points.passAfter(token, "afterCommit");
      return token;
    }
    shared.begin();
    this.writeRemoved(shared);
    this.writeRows(shared, this.firstPending);
    for (const bucket of this.buckets.values()) {
      if (!bucket.hasChanged) continue;
      shared.bucket(bucket.name);
      bucket.drain((key, value) => shared.pair(key, value));
    }
    if (shared.isEmpty) {
      this.forget(0);
      return 0;
    }
    const record = shared.finish();
    const { points } = this;
    if (points.active) points.pass("beforeCommit");
    const token = file.append(record);
    if (points.active) points.passAfter(token, "afterCommit");
    this.forget(record.length);
    if (shared.capacity > SHARED_MAX) shared = new CommitWriter();
    return token;
  }

  private writeRemoved(writer: CommitWriter): void {
    const { removed } = this;
    for (let i = 0; i < removed.length; i += 2) {
      writer.rowRemoved(removed[i] as number, removed[i + 1] as number);
    }
  }

  private writeRows(writer: CommitWriter, from: Row): void {
    const cursor = this.table.cursor(from);
    while (cursor.next()) {
      const { main, sub, tombstone, bytes, start, end } = cursor;
      writer.row(main, sub, tombstone, bytes, start, end);
    }
  }

  private forget(written: number): void {
    this.firstPending = this.table.nextRow;
    this.removed = [];
    for (const bucket of this.buckets.values()) bucket.drain(() => undefined);
    this.count.operations = 0;
    this.pages.committed(this.usedPages(), written);
  }

  // ---- the whole of it --------------------------------------------------------------------------

  /** The file's content if it were written anew: what a snapshot carries. As of the last apply. */
  image(): Uint8Array {
    this.savePosition();
    const parts: Uint8Array[] = [];
    // Copied one by one: the next part is written where this one is.
    for (const part of this.parts()) parts.push(part.slice());
    return concatBytes(parts);
  }

  /** Each part must be used before the next is taken. */
  private *parts(): IterableIterator<Uint8Array> {
    yield FILE_HEADER;
    const writer = new CommitWriter(65_536);
    const cursor = this.table.cursor();
    while (cursor.next()) {
      const { main, sub, tombstone, bytes, start, end } = cursor;
      writer.row(main, sub, tombstone, bytes, start, end);
      if (writer.length < IMAGE_RECORD_BYTES) continue;
      yield writer.finish();
      writer.begin();
    }
    for (const bucket of this.buckets.values()) {
      if (bucket.size === 0) continue;
      writer.bucket(bucket.name);
      bucket.forEach((key, value) => {
        writer.pair(key, value);
      });
    }
    if (!writer.isEmpty) yield writer.finish();
  }

  /** @param written told of the sync after which the new file's content is safe */
  private rewrite(written: (token: SyncToken) => void = () => undefined): SyncToken {
    assert(this.file !== null, "only a file is rewritten");
    for (const bucket of this.buckets.values()) bucket.drain(() => undefined);
    const token = this.file.replace(this.parts(), written);
    this.forget(this.file.length);
    return token;
  }

  /** Most of the file is rows that are gone. (bbolt would have used their pages again.) */
  private get wasteful(): boolean {
    const length = this.file?.length ?? 0;
    return length > REWRITE_MIN_BYTES && length > 4 * (this.table.bytes + this.table.rows * 21);
  }

  /**
   * Commits and copies everything into a new file: free pages are gone. Returns what was wrong if
   * there was no room for the copy: then all is as before. Throws DiskFullError if there was none
   * even for the commit.
   */
  defrag(): DiskFullError | null {
    // Known mistake W10: this commit leaves out what all others do first. The entries' effects are
    // saved without the index, and after a crash they are applied again.
    this.hook(!this.mistakes.defragsWithoutIndex);
    const token = this.write();
    const { points } = this;
    try {
      if (points.active) points.passAfter(token, "defragBeforeCopy");
      if (this.file !== null) {
        this.rewrite((copied) => {
          if (points.active) points.passAfter(copied, "defragBeforeRename");
        });
      }
    } catch (error) {
      if (error instanceof DiskFullError) return error;
      throw error;
    }
    this.pages.defragmented();
    return null;
  }

  private usedPages(): number {
    const { table } = this;
    let pages = bucketPages(table.rows, table.bytes + table.rows * 17, SEQUENTIAL_FILL);
    for (const { size, bytes } of this.buckets.values()) {
      pages += bucketPages(size, bytes, RANDOM_FILL);
    }
    return pages;
  }

  /** What etcd's database file would take, bytes; as of the last commit. */
  get size(): number {
    return this.pages.size;
  }

  get sizeInUse(): number {
    return this.pages.sizeInUse;
  }
}

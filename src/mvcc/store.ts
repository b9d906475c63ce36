import type { KeyValue } from "../api/requests.ts";
import { writeKeyValue } from "../api/wire/key-value.ts";
import { assert } from "../base/assert.ts";
import { ProtobufWriter } from "../base/protobuf.ts";
import type { MvccMistakes } from "../museum/mvcc.ts";
import { NO_MISTAKES } from "../museum/switches.ts";
import type { MvccProfile } from "../profile/mvcc.ts";
import { CURRENT_PROFILE } from "../profile/profile.ts";
import { Backend } from "./backend/backend.ts";
import { NO_ROW, type Row, type RowCursor } from "./backend/revision-table.ts";
import type { StoreEvent } from "./events.ts";
import type { Heading, KeyIndex } from "./key-index.ts";
import { type KvHash, KvHasher } from "./kv-hash.ts";
import { type LeaseAttachments, NO_LEASES } from "./lessor-port.ts";
import { RevisionError } from "./revision-error.ts";
import { COMPACTION_BATCH, Compactor } from "./scheduled-compaction.ts";
import { addHash, rowHash, subtractHash } from "./state-hash.ts";
import { type Kept, TreeIndex } from "./tree-index.ts";

/** What a range read asks for; `end` "" is the key alone, "\0" is everything from the key on. */
export interface RangeQuery {
  readonly key: string;
  readonly end: string;
  /** 0 or less: the current revision. */
  readonly revision: number;
  /** 0 or less: no limit. */
  readonly limit: number;
  readonly countOnly: boolean;
}

export interface RangeResult {
  /** In key order. */
  readonly kvs: KeyValue[];
  /** How many keys are in the range, whatever the limit. */
  readonly count: number;
  /** The store's current revision, whatever revision was read. */
  readonly revision: number;
}

export interface StoreOptions {
  readonly leases?: LeaseAttachments;
  readonly mistakes?: MvccMistakes;
  /** Default: etcd of today. */
  readonly profile?: MvccProfile;
  /** Rows that one step of a compaction looks at; default 1000. */
  readonly compactionBatch?: number;
}

const NO_VALUE = new Uint8Array(0);
const encoder = new ProtobufWriter(1024);

/**
 * The revisioned key-value store (server/storage/mvcc/kvstore.go): every write gets a new main
 * revision, every change inside it a sub-revision; old versions stay readable until compacted.
 * The store's first revision is 1, before any write. What it holds is in its backend; the index
 * and the hash are made from that when it is opened.
 */
export class Store {
  readonly backend: Backend;
  private readonly leases: LeaseAttachments;
  readonly mistakes: MvccMistakes;
  readonly profile: MvccProfile;
  private readonly index = new TreeIndex();
  private readonly compactor: Compactor;
  private current = 1;
  private compacted = -1;
  private sub = 0;
  private writing = false;
  private sum = 0;
  /** What the last transaction did, for those who ask right after it; kept while {@link keepsWritten}. */
  private written: StoreEvent[] = [];
  private writtenRevision = 0;
  /** Somebody looks at every transaction: building its events then costs less than reading them back. */
  keepsWritten = false;

  /** Opens what the backend holds, and goes on with a compaction that was cut short. */
  constructor(backend: Backend = Backend.inMemory(), options: StoreOptions = {}) {
    this.backend = backend;
    this.leases = options.leases ?? NO_LEASES;
    this.mistakes = options.mistakes ?? NO_MISTAKES;
    this.profile = options.profile ?? CURRENT_PROFILE;
    const batch = options.compactionBatch ?? COMPACTION_BATCH;
    this.compactor = new Compactor(backend, batch, (row) => this.forgetMoved(row));
    if (backend.table.rows > 0 || this.compactor.scheduled >= 0) this.restore();
  }

  /** The revision of the newest write. */
  get revision(): number {
    return this.current;
  }

  /** Reads below this revision fail; -1 before the first compaction. */
  get compactRevision(): number {
    return this.compacted;
  }

  /**
   * A 52-bit hash of all versions that the index keeps. It is a sum over them, so that it does not
   * depend on how the store came to hold them (by applying a log, or from a snapshot), nor on how
   * far a compaction has come, and costs O(1) a write.
   */
  get hash(): number {
    return this.sum;
  }

  /** The key count, deleted keys that are still kept included. */
  get keys(): number {
    return this.index.size;
  }

  // ---- writing ----------------------------------------------------------------------------------

  /** Opens a write transaction: all changes until `end` share one main revision. */
  begin(): void {
    assert(!this.writing, "one write transaction at a time");
    this.writing = true;
    this.sub = 0;
    if (!this.keepsWritten) return;
    // It may come to nothing, and then these are no revision's.
    this.written = [];
    this.writtenRevision = 0;
  }

  /** Ends the transaction; the revision grows only if something changed. Returns the current revision. */
  end(): number {
    assert(this.writing, "a transaction is open");
    this.writing = false;
    if (this.sub > 0) {
      this.current++;
      if (this.keepsWritten) this.writtenRevision = this.current;
    }
    this.sub = 0;
    return this.current;
  }

  /** The revision as the open transaction sees it: its own, as soon as it has changed anything. */
  get visibleRevision(): number {
    return this.sub > 0 ? this.current + 1 : this.current;
  }

  /** Writes the key; returns the revision of the transaction. The lease must exist. */
  put(key: string, value: Uint8Array, lease: bigint): number {
    assert(this.writing, "writes happen inside a transaction");
    const main = this.current + 1;
    const history = this.index.getOrCreate(key);
    const { alive } = history;
    const createRevision = alive ? history.createRevision : main;
    const version = alive ? history.version + 1 : 1;
    const before = alive ? history.lease : 0n;
    const kv: KeyValue = { key, createRevision, modRevision: main, version, value, lease };
    encoder.reset();
    writeKeyValue(encoder, kv);
    if (this.keepsWritten) this.written.push({ type: "PUT", kv, prevKv: null });
    history.put(this.write(main, false), main, createRevision, version, lease);
    // Known mistake L10: the old lease keeps the key, and takes it with it when it ends.
    if (before !== 0n && !this.mistakes.keepsOldLease) this.leases.detach(before, key);
    if (lease !== 0n) this.leases.attach(lease, key);
    return main;
  }

  /** Deletes the range; returns how many keys that were. */
  deleteRange(key: string, end: string): number {
    assert(this.writing, "writes happen inside a transaction");
    const main = this.current + 1;
    const doomed: KeyIndex[] = [];
    this.index.visit(key, end, (history) => {
      if (history.alive) doomed.push(history);
      return true;
    });
    for (const history of doomed) {
      const { lease } = history;
      encoder.reset();
      encoder.binaryField(1, history.key);
      history.tombstone(this.write(main, true), main);
      if (lease !== 0n) this.leases.detach(lease, history.key);
      // Known mistake M12, as in rangeEvents.
      const modRevision = this.mistakes.omitsDeleteRevision ? 0 : main;
      if (this.keepsWritten) this.written.push(deletion(history.key, modRevision));
    }
    return doomed.length;
  }

  /** Writes what the encoder holds as the next change of the transaction. */
  private write(main: number, tombstone: boolean): Row {
    const sub = this.sub++;
    const { buffer, length } = encoder;
    this.sum = addHash(this.sum, rowHash(main, sub, tombstone, buffer, 0, length));
    return this.backend.table.append(main, sub, tombstone, buffer, length);
  }

  // ---- reading ----------------------------------------------------------------------------------

  /** The newest version of a key, as an open transaction sees it; null if absent. */
  get(key: string): KeyValue | null {
    const history = this.index.get(key);
    if (history === undefined || !history.alive) return null;
    return history.read(history.head, this.backend.table);
  }

  /** The same without the value, which costs no decoding; null if absent. */
  heading(key: string): Heading | null {
    const history = this.index.get(key);
    return history?.alive === true ? history : null;
  }

  /** Reads at a revision; an open transaction sees its own changes. Throws RevisionError. */
  range({ key, end, revision, limit, countOnly }: RangeQuery): RangeResult {
    const current = this.visibleRevision;
    if (revision > current) throw new RevisionError("future");
    const at = revision <= 0 ? current : revision;
    if (at < this.compacted) throw new RevisionError("compacted");
    const { table } = this.backend;
    const kvs: KeyValue[] = [];
    let count = 0;
    this.index.visit(key, end, (history) => {
      const row = history.at(at, table);
      if (row === NO_ROW) return true;
      count++;
      if (!countOnly && (limit <= 0 || count <= limit)) kvs.push(history.read(row, table));
      return true;
    });
    return { kvs, count, revision: current };
  }

  /**
   * A fault: the stored value of a key that exists becomes another one of the same length, and nobody is
   * told; the rest of what is stored, and the hash, stay.
   */
  tamper(key: string, value: Uint8Array): void {
    const history = this.index.get(key);
    assert(history?.alive === true, "the key exists");
    const { table } = this.backend;
    const cursor = table.cursor(history.head);
    cursor.next();
    // The decoded value is a view of the stored bytes.
    const { value: stored } = cursor.keyValue();
    assert(stored.length === value.length, "the new value is as long as the old one");
    table.tamper(history.head, stored.byteOffset - cursor.bytes.byteOffset - cursor.start, value);
    history.cached = null;
  }

  // ---- events, for watchers ---------------------------------------------------------------------

  /**
   * All changes of revisions [from, to], in order. `from` may be the compacted revision itself,
   * nothing older. Throws RevisionError.
   */
  rangeEvents(from: number, to: number): StoreEvent[] {
    if (from < this.compacted) throw new RevisionError("compacted");
    const { table } = this.backend;
    const events: StoreEvent[] = [];
    const cursor = table.cursor(table.firstFrom(from));
    // Known mistake M12: the stored bytes of a tombstone have no revision, and nobody fills it in.
    const patched = !this.mistakes.omitsDeleteRevision;
    while (cursor.next() && cursor.main <= to) {
      if (!cursor.doomed) events.push(eventOf(cursor, patched));
    }
    return events;
  }

  /**
   * The changes of the first `revisions` main revisions at or after `from`: whole ones, since a
   * watcher must never see half a transaction. An open transaction's are not among them. After a
   * write `eventsSince(store.revision, 1)` is what it changed. Throws RevisionError.
   */
  eventsSince(from: number, revisions: number): StoreEvent[] {
    if (from === this.writtenRevision && from === this.current) return this.written;
    const to = Math.min(this.current, from + revisions - 1);
    return to < from ? [] : this.rangeEvents(from, to);
  }

  /** The key just before revision `main`; null if it was absent then or that is compacted. */
  before(key: string, main: number): KeyValue | null {
    const history = this.index.get(key);
    if (history === undefined || main - 1 < this.compacted) return null;
    const { table } = this.backend;
    const row = history.at(main - 1, table);
    return row === NO_ROW ? null : history.read(row, table);
  }

  // ---- compaction -------------------------------------------------------------------------------

  /**
   * From now on reads below `revision` fail. The backend is freed by `compactStep`. Throws
   * RevisionError.
   */
  compact(revision: number): void {
    assert(!this.writing, "a compaction is no part of a transaction");
    if (revision <= this.compacted) throw new RevisionError("compacted");
    if (revision > this.current) throw new RevisionError("future");
    this.schedule(revision);
  }

  private schedule(revision: number): void {
    const { table } = this.backend;
    const before = this.compacted;
    this.compacted = revision;
    // Whoever asks from now on is told what the table has kept.
    this.writtenRevision = 0;
    const keep = this.index.keep(revision, table.firstFrom(before + 1), table);
    this.compactor.schedule(revision, before, keep);
    this.index.compact(revision, table, !this.dropsTombstones, (row) => {
      table.doom(row);
      this.sum = subtractHash(this.sum, this.hashOf(row));
    });
  }

  /**
   * Known mistake M3: a deletion at the compacted revision goes with what is older, and who watches
   * from there on is not told of it. M1 and M2 took that for granted when they were made: only so is
   * the newest revision gone that they forget.
   */
  private get dropsTombstones(): boolean {
    const { dropsTombstone, forgetsScheduledRevision, forgetsCompactedRevision } = this.mistakes;
    return dropsTombstone || forgetsScheduledRevision || forgetsCompactedRevision;
  }

  private hashOf(row: Row): number {
    const cursor = this.backend.table.cursor(row, row + 1);
    const there = cursor.next();
    assert(there, "a row that the index knows is there");
    const { main, sub, tombstone, bytes, start, end } = cursor;
    return rowHash(main, sub, tombstone, bytes, start, end);
  }

  /** Whether a compaction has rows to remove. */
  get compacting(): boolean {
    return this.compactor.pending;
  }

  /**
   * Removes a batch of compacted rows and commits; etcd waits 10 ms from one to the next. Returns the
   * revision of the compaction whose last rows these were, or 0.
   */
  compactStep(): number {
    return this.compactor.step() ? this.compactor.finished : 0;
  }

  /** Hashes of the last compactions that were seen from beginning to end, for the corruption check. */
  get compactionHashes(): readonly KvHash[] {
    return this.compactor.hashes;
  }

  /** The one of the compaction at this revision; null if there is none any more. */
  compactionHash(revision: number): KvHash | null {
    const found = this.compactor.hashes.find((hash) => hash.revision === revision);
    return found === undefined ? null : { ...found, currentRevision: this.current };
  }

  /** Rows beside this one were copied: views of the old bytes must not keep those alive. */
  private forgetMoved(row: Row): void {
    const cursor = this.backend.table.neighbours(row);
    while (cursor.next()) {
      if (cursor.tombstone) continue;
      const history = this.index.get(cursor.keyValue().key);
      if (history?.head === cursor.row) history.cached = null;
    }
  }

  // ---- hash -------------------------------------------------------------------------------------

  /**
   * The hash at a revision (0: the current one) as it is told (hash.go HashByRev): at that of one of the
   * last ten compactions, as it was when that one came there, though there may have been later ones since.
   * Before 3.5.5 none was kept. Throws RevisionError.
   */
  hashByRev(revision: number): KvHash {
    // Known mistake M13: what is compacted is refused, whatever was known of it.
    const kept = this.mistakes.refusesCompactedHash ? null : this.compactionHash(revision);
    return kept ?? this.hashKv(revision);
  }

  /** etcd's HashKV at a revision (0: the current one), of what is there now. Throws RevisionError. */
  hashKv(revision: number): KvHash {
    const { current, compacted } = this;
    // Known mistake M13: the compacted revision itself is refused, and the corruption check right after
    // a compaction compares nothing.
    const oldest = this.mistakes.refusesCompactedHash ? compacted + 1 : compacted;
    if (revision > 0 && revision < oldest) throw new RevisionError("compacted");
    if (revision > current) throw new RevisionError("future");
    // A negative one is before everything, as in etcd.
    const at = revision === 0 ? current : revision;
    const hash = this.hashRows(at, this.keptAt(at));
    return { hash, revision: at, compactRevision: compacted, currentRevision: current };
  }

  /**
   * The same as members compare it: the hash that a compaction at this revision leaves. It is another only
   * where no key is left: then etcd's HashKV counts what is not removed yet, and not here.
   */
  comparableHash(revision: number): KvHash {
    const own = this.hashKv(revision);
    // Known mistake M15: who has compacted there and who has not yet tell two hashes of the same data.
    if (this.mistakes.comparesUnlikeHashes) return own;
    return {
      ...own,
      hash: this.hashRows(own.revision, { ...this.keptAt(own.revision), any: true }),
    };
  }

  private keptAt(revision: number): Kept {
    const { table } = this.backend;
    return this.index.keep(revision, table.firstFrom(this.compacted + 1), table);
  }

  private hashRows(revision: number, keep: Kept): number {
    const hasher = new KvHasher(this.compacted, revision, keep);
    const cursor = this.backend.table.cursor();
    while (cursor.next()) hasher.add(cursor);
    return hasher.hash;
  }

  // ---- opening ----------------------------------------------------------------------------------

  private restore(): void {
    const cursor = this.backend.table.cursor();
    while (cursor.next()) {
      this.restoreRow(cursor);
      if (cursor.main > this.current) this.current = cursor.main;
    }
    const { finished, scheduled } = this.compactor;
    this.compacted = finished;
    // Rows up to these may all be gone: revisions must not be given twice. Known mistakes M1 and M2:
    // one forgets a compaction that a crash cut short, the other also those that were finished.
    const { forgetsScheduledRevision, forgetsCompactedRevision } = this.mistakes;
    if (!forgetsCompactedRevision) {
      if (finished > this.current) this.current = finished;
      if (!forgetsScheduledRevision && scheduled > this.current) this.current = scheduled;
    }
    this.attachLeases();
    if (scheduled > finished) this.schedule(scheduled);
  }

  private restoreRow(cursor: RowCursor): void {
    const { main, sub, tombstone, bytes, start, end, row } = cursor;
    this.sum = addHash(this.sum, rowHash(main, sub, tombstone, bytes, start, end));
    const { key, createRevision, version, lease } = cursor.keyValue();
    const history = this.index.getOrCreate(key);
    if (tombstone) history.tombstone(row, main);
    else history.put(row, main, createRevision, version, lease);
  }

  private attachLeases(): void {
    this.index.visit("", "\0", (history) => {
      if (history.lease !== 0n) this.leases.attach(history.lease, history.key);
      return true;
    });
  }
}

function eventOf(cursor: RowCursor, patched: boolean): StoreEvent {
  if (!cursor.tombstone) return { type: "PUT", kv: cursor.keyValue(), prevKv: null };
  return deletion(cursor.keyValue().key, patched ? cursor.main : 0);
}

function deletion(key: string, modRevision: number): StoreEvent {
  const gone = { createRevision: 0, modRevision, version: 0, value: NO_VALUE, lease: 0n };
  return { type: "DELETE", kv: { key, ...gone }, prevKv: null };
}

import { assert } from "../base/assert.ts";
import {
  ErrCompacted,
  ErrSnapOutOfDate,
  ErrUnavailable,
  type RaftError,
  RaftPanic,
} from "./errors.ts";
import { limitSize } from "./log/limit-size.ts";
import {
  type ConfState,
  EMPTY,
  EMPTY_CONF_STATE,
  type Entry,
  type HardState,
  type Index,
  type Snapshot,
  type Term,
} from "./types.ts";

/** What {@link Storage.term} answers for an index that was compacted away. */
export const TERM_COMPACTED = -1;
/** What {@link Storage.term} answers for an index beyond the log. */
export const TERM_UNAVAILABLE = -2;

/**
 * The stable part of the log, as raft reads it (etcd-io/raft's storage.go). Raft never writes here:
 * the member does, with what a Ready gave it. Lists and entries handed out are never changed by
 * either side.
 */
export interface Storage {
  /** What was durable when the member started. */
  initialState(): { readonly hardState: HardState; readonly confState: ConfState };
  /**
   * The entries in [lo, hi) that fit into `maxSize` encoded bytes, at least one.
   * {@link ErrCompacted} if `lo` was compacted away, {@link ErrUnavailable} if there are none.
   */
  entries(lo: Index, hi: Index, maxSize: number): readonly Entry[] | RaftError;
  /**
   * The term of entry `index`, which is known for [firstIndex-1, lastIndex]; else
   * {@link TERM_COMPACTED} or {@link TERM_UNAVAILABLE}.
   */
  term(index: Index): Term;
  /** The first index that `entries` may return: one after the last compacted. */
  firstIndex(): Index;
  lastIndex(): Index;
  /** The newest snapshot, or ErrSnapshotTemporarilyUnavailable. */
  snapshot(): Snapshot | RaftError;
}

export const EMPTY_HARD_STATE: HardState = Object.freeze({ term: 0, vote: 0, commit: 0 });

export const EMPTY_SNAPSHOT: Snapshot = Object.freeze({
  data: EMPTY,
  metadata: Object.freeze({ confState: EMPTY_CONF_STATE, index: 0, term: 0 }),
});

/** How many compacted entries may lie before the live ones until the list is cut. */
const SLACK = 1024;

/**
 * A log in memory, with the semantics of etcd-io/raft's MemoryStorage: what etcd itself keeps
 * between the WAL and raft.
 */
export class MemoryStorage implements Storage {
  protected hardState: HardState = EMPTY_HARD_STATE;
  protected latestSnapshot: Snapshot = EMPTY_SNAPSHOT;
  /** `log[head + i]` holds entry `offset + 1 + i`; what lies before `head` is compacted. */
  private log: Entry[] = [];
  private head = 0;
  /** The last compacted index; its term is still known. */
  private offset: Index = 0;
  private offsetTerm: Term = 0;

  initialState(): { readonly hardState: HardState; readonly confState: ConfState } {
    return { hardState: this.hardState, confState: this.latestSnapshot.metadata.confState };
  }

  setHardState(state: HardState): void {
    this.hardState = state;
  }

  entries(lo: Index, hi: Index, maxSize: number): readonly Entry[] | RaftError {
    if (lo <= this.offset) return ErrCompacted;
    if (hi > this.lastIndex() + 1) {
      throw new RaftPanic(`entries' hi(${hi}) is out of bound lastindex(${this.lastIndex()})`);
    }
    if (this.log.length === this.head) return ErrUnavailable;
    const shift = this.head - this.offset - 1;
    return limitSize(this.log.slice(lo + shift, hi + shift), maxSize);
  }

  term(index: Index): Term {
    const at = index - this.offset - 1;
    if (at < 0) return at === -1 ? this.offsetTerm : TERM_COMPACTED;
    const entry = this.log[this.head + at];
    return entry === undefined ? TERM_UNAVAILABLE : entry.term;
  }

  firstIndex(): Index {
    return this.offset + 1;
  }

  lastIndex(): Index {
    return this.offset + this.log.length - this.head;
  }

  snapshot(): Snapshot | RaftError {
    return this.latestSnapshot;
  }

  /** Replaces everything by a snapshot from the leader. {@link ErrSnapOutOfDate} if ours is newer. */
  applySnapshot(snapshot: Snapshot): RaftError | null {
    const ours = this.latestSnapshot.metadata.index;
    // Index 0 is a snapshot that carries the first configuration alone: it may be replaced.
    if (ours !== 0 && ours >= snapshot.metadata.index) return ErrSnapOutOfDate;
    this.latestSnapshot = snapshot;
    this.log = [];
    this.head = 0;
    this.offset = snapshot.metadata.index;
    this.offsetTerm = snapshot.metadata.term;
    return null;
  }

  /**
   * Takes a snapshot at `index`, which the member has applied. `confState` null keeps the last
   * one. {@link ErrSnapOutOfDate} if a later one exists; throws beyond the log.
   */
  createSnapshot(
    index: Index,
    confState: ConfState | null,
    data: Uint8Array,
  ): Snapshot | RaftError {
    if (index <= this.latestSnapshot.metadata.index) return ErrSnapOutOfDate;
    if (index > this.lastIndex()) {
      throw new RaftPanic(`snapshot ${index} is out of bound lastindex(${this.lastIndex()})`);
    }
    const term = this.term(index);
    assert(term >= 0, "the term of a snapshot's index is known");
    const conf = confState ?? this.latestSnapshot.metadata.confState;
    this.latestSnapshot = { data, metadata: { confState: conf, index, term } };
    return this.latestSnapshot;
  }

  /** Forgets the entries up to and including `index`. {@link ErrCompacted} if that was done before. */
  compact(index: Index): RaftError | null {
    if (index <= this.offset) return ErrCompacted;
    if (index > this.lastIndex()) {
      throw new RaftPanic(`compact ${index} is out of bound lastindex(${this.lastIndex()})`);
    }
    const term = this.term(index);
    assert(term >= 0, "the term of a compacted index is known");
    this.head += index - this.offset;
    this.offset = index;
    this.offsetTerm = term;
    if (this.head > SLACK && this.head * 2 > this.log.length) {
      this.log.splice(0, this.head);
      this.head = 0;
    }
    return null;
  }

  /** Appends; what is there from the first new index on is replaced. A gap is a panic. */
  append(entries: readonly Entry[]): void {
    const count = entries.length;
    if (count === 0) return;
    const first = (entries[0] as Entry).index;
    if (first + count - 1 <= this.offset) return; // all of it is compacted
    const skip = first <= this.offset ? this.offset + 1 - first : 0;
    const from = first + skip;
    const length = this.head + from - this.offset - 1;
    if (length > this.log.length) {
      throw new RaftPanic(`missing log entry [last: ${this.lastIndex()}, append at: ${from}]`);
    }
    if (length < this.log.length) this.log.length = length;
    for (let i = skip; i < count; i++) this.log.push(entries[i] as Entry);
    assert(this.lastIndex() === first + count - 1, "an append ends the log");
  }
}

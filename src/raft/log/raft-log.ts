import { assert } from "../../base/assert.ts";
import type { RaftMistakes } from "../../museum/raft.ts";
import { ErrCompacted, ErrUnavailable, RaftError } from "../errors.ts";
import * as lines from "../log-lines/log.ts";
import type { Logger } from "../logger.ts";
import { NO_ENTRIES } from "../messages.ts";
import { type Storage, TERM_COMPACTED, TERM_UNAVAILABLE } from "../storage.ts";
import { type Entry, EntryType, type Index, type Snapshot, type Term } from "../types.ts";
import { ApplyQuota } from "./apply-quota.ts";
import { entriesEncodingSize, limitSize } from "./limit-size.ts";
import { Unstable } from "./unstable.ts";

/** What an append on top of (prevTerm, prevIndex) came to: the last index it covers, or this. */
export const NO_MATCH = -1;

/**
 * A member's log: the stable entries of the storage, and after them the unstable ones
 * (etcd-io/raft's log.go).
 *
 * applied <= applying <= committed <= lastIndex. `applying` is what was handed to the state
 * machine; `applied` is what it has confirmed.
 */
export class RaftLog {
  readonly storage: Storage;
  readonly unstable: Unstable;
  committed: Index;
  applying: Index;
  applied: Index;
  /** Bounds what may be applying at once. */
  readonly applyQuota: ApplyQuota;
  private readonly logger: Logger;
  private readonly mistakes: RaftMistakes;

  constructor(storage: Storage, maxApplyingSize: number, logger: Logger, mistakes: RaftMistakes) {
    this.storage = storage;
    this.logger = logger;
    this.mistakes = mistakes;
    this.unstable = new Unstable(storage.lastIndex() + 1, logger);
    this.applyQuota = new ApplyQuota(maxApplyingSize);
    const compacted = storage.firstIndex() - 1;
    this.committed = compacted;
    this.applying = compacted;
    this.applied = compacted;
  }

  /** As etcd prints it in its log lines. */
  describe(): string {
    const { unstable } = this;
    return (
      `committed=${this.committed}, applied=${this.applied}, applying=${this.applying}, ` +
      `unstable.offset=${unstable.offset}, unstable.offsetInProgress=${unstable.offsetInProgress}, ` +
      `len(unstable.Entries)=${unstable.entries.length}`
    );
  }

  firstIndex(): Index {
    const { snapshot } = this.unstable;
    return snapshot === null ? this.storage.firstIndex() : snapshot.metadata.index + 1;
  }

  lastIndex(): Index {
    const { unstable } = this;
    if (unstable.entries.length > 0 || unstable.snapshot !== null) return unstable.lastIndex();
    return this.storage.lastIndex();
  }

  /** The term at `index`, {@link TERM_COMPACTED} or {@link TERM_UNAVAILABLE}. */
  term(index: Index): Term {
    const here = this.unstable.termAt(index);
    if (here >= 0) return here;
    if (index + 1 < this.firstIndex()) return TERM_COMPACTED;
    if (index > this.lastIndex()) return TERM_UNAVAILABLE;
    return this.storage.term(index);
  }

  /** The term at `index`, 0 if it is not known. */
  termOrZero(index: Index): Term {
    const term = this.term(index);
    return term < 0 ? 0 : term;
  }

  lastTerm(): Term {
    const term = this.term(this.lastIndex());
    if (term < 0) {
      const why = term === TERM_COMPACTED ? ErrCompacted : ErrUnavailable;
      this.logger.panic(
        `unexpected error when getting the last term at ${this.lastIndex()}: ${why.message}`,
      );
    }
    return term;
  }

  matchTerm(term: Term, index: Index): boolean {
    // Known mistake R32: an entry that is not here has term 0, and a leader that lost it says 0 too:
    // they match, and what the leader committed is taken for committed here.
    if (this.mistakes.zeroesCompactedTerms) return this.termOrZero(index) === term;
    return this.term(index) === term;
  }

  /** Is a log that ends in (lastTerm, lastIndex) at least as new as ours? (Raft 5.4.1) */
  isUpToDate(lastTerm: Term, lastIndex: Index): boolean {
    // Known mistake R5: a long log of an old term wins over a short one of a later term, which may
    // hold what was committed.
    if (this.mistakes.ignoresLastTerm) return lastIndex >= this.lastIndex();
    const ours = this.lastTerm();
    return lastTerm > ours || (lastTerm === ours && lastIndex >= this.lastIndex());
  }

  /**
   * A follower's append: `entries` follow (prevTerm, prevIndex), and the leader has committed up to
   * `committed`. Returns the last index that now agrees with the leader, or {@link NO_MATCH}.
   *
   * It assumes that the entries' indexes rise by one from prevIndex + 1.
   */
  maybeAppend(
    prevTerm: Term,
    prevIndex: Index,
    entries: readonly Entry[],
    committed: Index,
  ): Index {
    if (!this.matchTerm(prevTerm, prevIndex)) return NO_MATCH;
    const lastNew = prevIndex + entries.length;
    assert(
      entries.length === 0 || (entries[entries.length - 1] as Entry).index === lastNew,
      "the entries of an append follow what comes before them",
    );
    // Known mistake R6: whatever stands behind prevIndex is replaced. A late append takes away what
    // was acknowledged since.
    const conflict = this.mistakes.truncatesWithoutConflict
      ? this.afterCommitted(entries, prevIndex)
      : this.findConflict(entries);
    if (conflict !== 0) {
      if (conflict <= this.committed) {
        this.logger.panic(
          `entry ${conflict} conflict with committed entry [committed(${this.committed})]`,
        );
      }
      const skip = conflict - prevIndex - 1;
      this.append(skip === 0 ? entries : entries.slice(skip));
    }
    // Known mistake R8: behind lastNew our log may still differ from the leader's.
    if (this.mistakes.commitsUnmatched) this.commitTo(Math.min(committed, this.lastIndex()));
    else this.commitTo(Math.min(committed, lastNew));
    return lastNew;
  }

  /** Appends entries that follow each other, replacing what was there; returns the last index. */
  append(entries: readonly Entry[]): Index {
    if (entries.length === 0) return this.lastIndex();
    const after = (entries[0] as Entry).index - 1;
    if (after < this.committed) {
      this.logger.panic(`after(${after}) is out of range [committed(${this.committed})]`);
    }
    this.unstable.truncateAndAppend(entries);
    return this.lastIndex();
  }

  /**
   * The largest index <= `index` whose term is <= `term` or not known: where another log, of which
   * (term, index) is all we know, may still agree with ours.
   */
  findConflictByTerm(index: Index, term: Term): Index {
    let at = index;
    for (; at > 0; at--) {
      const ours = this.term(at);
      if (ours < 0 || ours <= term) return at;
    }
    return at;
  }

  commitTo(index: Index): void {
    if (index <= this.committed) return;
    if (index > this.lastIndex()) {
      this.logger.panic(
        `tocommit(${index}) is out of range [lastIndex(${this.lastIndex()})]. ` +
          "Was the raft log corrupted, truncated, or lost?",
      );
    }
    this.committed = index;
  }

  /** The state machine has applied up to `index`; `size` encoded bytes are no longer applying. */
  appliedTo(index: Index, size: number): void {
    if (index > this.committed || index < this.applied) {
      this.logger.panic(
        `applied(${index}) is out of range [prevApplied(${this.applied}), ` +
          `committed(${this.committed})]`,
      );
    }
    this.applied = index;
    if (this.applying < index) this.applying = index;
    this.applyQuota.release(size);
  }

  /** The entries up to `index`, of `size` encoded bytes, were handed to the state machine. */
  acceptApplying(index: Index, size: number, allowUnstable: boolean): void {
    if (index > this.committed) {
      this.logger.panic(
        `applying(${index}) is out of range [prevApplying(${this.applying}), ` +
          `committed(${this.committed})]`,
      );
    }
    assert(index >= this.applying, "entries are handed to the state machine in order");
    this.applying = index;
    this.applyQuota.charge(size, index < this.maxAppliable(allowUnstable));
  }

  hasNextCommitted(allowUnstable: boolean): boolean {
    return (
      this.applying < this.committed &&
      !this.applyQuota.paused &&
      this.unstable.snapshot === null &&
      this.applying < this.maxAppliable(allowUnstable)
    );
  }

  /**
   * The next page for the state machine. With `allowUnstable`, entries that are committed but not
   * yet durable here count too: a member that waits for its own write before it applies.
   */
  nextCommitted(allowUnstable: boolean): readonly Entry[] {
    if (!this.hasNextCommitted(allowUnstable)) return NO_ENTRIES;
    const { room, max } = this.applyQuota;
    if (room <= 0) {
      this.logger.panic(`applying entry size (${max}-${max - room})=${room} not positive`);
    }
    const entries = this.slice(this.applying + 1, this.maxAppliable(allowUnstable) + 1, room);
    if (entries instanceof RaftError) {
      this.logger.panic(`unexpected error when getting unapplied entries (${entries.message})`);
    }
    return entries;
  }

  /** Is there a conf change among the committed entries that are not applied yet? Reads in pages. */
  hasUnappliedConfChange(): boolean {
    let lo = this.applied + 1;
    // Known mistake R38: with a snapshot on its way the entries before it are not there to be read.
    if (this.mistakes.campaignsBeforeSnapshot) lo = Math.max(lo, this.firstIndex());
    const hi = this.committed + 1;
    while (lo < hi) {
      const page = this.slice(lo, hi, this.applyQuota.max);
      if (page instanceof RaftError) {
        this.logger.panic(`error scanning unapplied entries [${lo}, ${hi}): ${page.message}`);
      }
      for (const entry of page) if (entry.type !== EntryType.Normal) return true;
      assert(page.length > 0, "a page of existing entries is not empty");
      lo += page.length;
    }
    return false;
  }

  snapshot(): Snapshot | RaftError {
    return this.unstable.snapshot ?? this.storage.snapshot();
  }

  /** Starts anew from the leader's snapshot; it becomes durable with the next write. */
  restore(snapshot: Snapshot): void {
    lines.startedRestore(this.logger, this, snapshot.metadata);
    this.committed = snapshot.metadata.index;
    this.unstable.restore(snapshot);
  }

  /** The entries from `index` on that fit into `maxSize` encoded bytes, or {@link ErrCompacted}. */
  entries(index: Index, maxSize: number): readonly Entry[] | RaftError {
    const last = this.lastIndex();
    return index > last ? NO_ENTRIES : this.slice(index, last + 1, maxSize);
  }

  /** The entries in [lo, hi) that fit into `maxSize` encoded bytes, at least one. */
  slice(lo: Index, hi: Index, maxSize: number): readonly Entry[] | RaftError {
    if (lo > hi) this.logger.panic(`invalid slice ${lo} > ${hi}`);
    if (lo < this.firstIndex()) return ErrCompacted;
    if (hi > this.lastIndex() + 1) {
      this.logger.panic(
        `slice[${lo},${hi}) out of bound [${this.firstIndex()},${this.lastIndex()}]`,
      );
    }
    if (lo === hi) return NO_ENTRIES;
    const { offset } = this.unstable;
    if (lo >= offset) return limitSize(this.unstable.slice(lo, hi), maxSize);
    const cut = hi < offset ? hi : offset;
    const stable = this.storage.entries(lo, cut, maxSize);
    if (stable instanceof RaftError) {
      if (stable === ErrCompacted) return stable;
      this.logger.panic(`entries[${lo}:${cut}) is unavailable from storage`);
    }
    // Shorter than asked for: the next entry would not fit.
    if (hi <= offset || stable.length < cut - lo) return stable;
    return this.joinUnstable(stable, hi, maxSize);
  }

  /** The last appliable index: committed, and durable here unless `allowUnstable`. */
  private maxAppliable(allowUnstable: boolean): Index {
    if (allowUnstable) return this.committed;
    return Math.min(this.committed, this.unstable.offset - 1);
  }

  private joinUnstable(stable: readonly Entry[], hi: Index, maxSize: number): readonly Entry[] {
    const size = entriesEncodingSize(stable);
    if (size >= maxSize) return stable;
    const rest = limitSize(this.unstable.slice(this.unstable.offset, hi), maxSize - size);
    // limitSize gives at least one entry, even one that does not fit.
    if (rest.length === 1 && size + entriesEncodingSize(rest) > maxSize) return stable;
    return stable.concat(rest);
  }

  /** The first index at which `entries` differ from the log or go beyond it; 0 if there is none. */
  private findConflict(entries: readonly Entry[]): Index {
    for (let i = 0; i < entries.length; i++) {
      const { term, index } = entries[i] as Entry;
      if (this.matchTerm(term, index)) continue;
      if (index <= this.lastIndex()) lines.foundConflict(this.logger, this, index, term);
      return index;
    }
    return 0;
  }

  /** Museum R6: every append truncates, whether it conflicts or not. */
  private afterCommitted(entries: readonly Entry[], prevIndex: Index): Index {
    const from = Math.max(prevIndex, this.committed) + 1;
    return from <= prevIndex + entries.length ? from : 0;
  }
}

import { assert } from "../../base/assert.ts";
import * as lines from "../log-lines/log.ts";
import type { Logger } from "../logger.ts";
import { NO_ENTRIES } from "../messages.ts";
import type { Entry, Index, Snapshot, Term } from "../types.ts";

/** {@link Unstable.termAt} for an index that is not held here. */
export const NOT_HERE = -1;

/**
 * The tail of the log that is not yet known to be durable: entries and perhaps a snapshot before
 * them (etcd-io/raft's log_unstable.go).
 *
 * `entries[i]` has index `offset + i`. Those below `offsetInProgress` were handed out to be
 * written; `offset <= offsetInProgress <= offset + entries.length`. The storage may still hold
 * entries at or above `offset`: they are stale, and the next write replaces them.
 */
export class Unstable {
  snapshot: Snapshot | null = null;
  snapshotInProgress = false;
  entries: Entry[] = [];
  offset: Index;
  offsetInProgress: Index;
  private readonly logger: Logger;

  constructor(offset: Index, logger: Logger) {
    this.offset = offset;
    this.offsetInProgress = offset;
    this.logger = logger;
  }

  /** The last index, or 0 if there is neither an entry nor a snapshot. */
  lastIndex(): Index {
    if (this.entries.length > 0) return this.offset + this.entries.length - 1;
    return this.snapshot === null ? 0 : this.snapshot.metadata.index;
  }

  /** The term at `index`, or {@link NOT_HERE}. */
  termAt(index: Index): Term {
    if (index >= this.offset) {
      const entry = this.entries[index - this.offset];
      return entry === undefined ? NOT_HERE : entry.term;
    }
    const snapshot = this.snapshot;
    if (snapshot !== null && snapshot.metadata.index === index) return snapshot.metadata.term;
    return NOT_HERE;
  }

  hasNextEntries(): boolean {
    return this.offset + this.entries.length > this.offsetInProgress;
  }

  /** The entries that were not handed out yet. */
  nextEntries(): readonly Entry[] {
    return this.hasNextEntries()
      ? this.entries.slice(this.offsetInProgress - this.offset)
      : NO_ENTRIES;
  }

  /** The snapshot, unless it was handed out. */
  nextSnapshot(): Snapshot | null {
    return this.snapshotInProgress ? null : this.snapshot;
  }

  /** Everything here is being written now. */
  acceptInProgress(): void {
    if (this.entries.length > 0) this.offsetInProgress = this.offset + this.entries.length;
    if (this.snapshot !== null) this.snapshotInProgress = true;
  }

  /**
   * Forgets the entries up to (term, index), which are durable now. Ignored unless that very entry
   * is here: it may have been replaced while it was written.
   */
  stableTo(term: Term, index: Index): void {
    const ours = this.termAt(index);
    if (ours === NOT_HERE) {
      lines.ignoredStableEntryNotHere(this.logger, index);
      return;
    }
    if (index < this.offset) {
      lines.ignoredStableEntryOfSnapshot(this.logger, index);
      return;
    }
    if (ours !== term) {
      lines.ignoredStableEntryReplaced(this.logger, index, term, ours);
      return;
    }
    const count = index + 1 - this.offset;
    if (count < this.entries.length) this.entries.splice(0, count);
    else if (count > 1) this.entries = [];
    else this.entries.pop();
    this.offset = index + 1;
    if (this.offsetInProgress < this.offset) this.offsetInProgress = this.offset;
  }

  /** Forgets the snapshot at `index`, which the storage holds now. */
  stableSnapshotTo(index: Index): void {
    if (this.snapshot !== null && this.snapshot.metadata.index === index) {
      this.snapshot = null;
      this.snapshotInProgress = false;
    }
  }

  /** Starts anew from a snapshot. */
  restore(snapshot: Snapshot): void {
    this.offset = snapshot.metadata.index + 1;
    this.offsetInProgress = this.offset;
    this.entries = [];
    this.snapshot = snapshot;
    this.snapshotInProgress = false;
  }

  /**
   * Appends `added`, dropping what is here from its first index on. It assumes that their indexes
   * rise by one, and that none of what is dropped is committed: `RaftLog.append` sees to it.
   */
  truncateAndAppend(added: readonly Entry[]): void {
    assert(added.length > 0, "an append has entries");
    const from = (added[0] as Entry).index;
    const end = this.offset + this.entries.length;
    if (from > end) {
      this.logger.panic(
        `unstable.slice[${this.offset},${from}) out of bound [${this.offset},${end}]`,
      );
    }
    if (from < end || from < this.offset) {
      if (from <= this.offset) this.replaceFrom(from);
      else this.truncateTo(from);
    }
    for (let i = 0; i < added.length; i++) this.entries.push(added[i] as Entry);
    assert(
      this.offset <= this.offsetInProgress &&
        this.offsetInProgress <= this.offset + this.entries.length,
      "what is in progress is a prefix of the unstable entries",
    );
  }

  /** [lo, hi), which must lie here. */
  slice(lo: Index, hi: Index): readonly Entry[] {
    const end = this.offset + this.entries.length;
    if (lo > hi) this.logger.panic(`invalid unstable.slice ${lo} > ${hi}`);
    if (lo < this.offset || hi > end) {
      this.logger.panic(`unstable.slice[${lo},${hi}) out of bound [${this.offset},${end}]`);
    }
    return this.entries.slice(lo - this.offset, hi - this.offset);
  }

  private replaceFrom(from: Index): void {
    lines.replacedUnstable(this.logger, from);
    this.entries.length = 0;
    this.offset = from;
    this.offsetInProgress = from;
  }

  private truncateTo(from: Index): void {
    lines.truncatedUnstable(this.logger, from);
    this.entries.length = from - this.offset;
    if (this.offsetInProgress > from) this.offsetInProgress = from;
  }
}

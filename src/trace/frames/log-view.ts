import { assert } from "../../base/assert.ts";
import type { EntrySummary } from "../events.ts";

/**
 * A member's log as a value: `firstIndex … lastIndex`, behind a snapshot at `firstIndex - 1`.
 *
 * Views of one log share their entries: appending to the newest view pushes onto the shared list,
 * which older views do not see because they know their own end. Appending to an older view, or
 * over entries, copies. So folding a run forward costs what its appends cost, and every moment's
 * log stays readable.
 */
export class LogView {
  readonly firstIndex: number;
  readonly lastIndex: number;
  /** Index and term of the entry that the snapshot before the log covers last (0, 0: none). */
  readonly snapshotIndex: number;
  readonly snapshotTerm: number;
  readonly #shared: EntrySummary[];
  /** Index of `#shared[0]`. */
  readonly #base: number;

  private constructor(
    shared: EntrySummary[],
    base: number,
    lastIndex: number,
    snapshotIndex: number,
    snapshotTerm: number,
  ) {
    assert(base <= snapshotIndex + 1, "the list reaches down to the first entry");
    assert(lastIndex >= snapshotIndex, "a log ends at its snapshot or later");
    this.#shared = shared;
    this.#base = base;
    this.firstIndex = snapshotIndex + 1;
    this.lastIndex = lastIndex;
    this.snapshotIndex = snapshotIndex;
    this.snapshotTerm = snapshotTerm;
  }

  /** A log that holds nothing but what a snapshot covers. */
  static after(snapshotIndex: number, snapshotTerm: number): LogView {
    return new LogView([], snapshotIndex + 1, snapshotIndex, snapshotIndex, snapshotTerm);
  }

  get length(): number {
    return this.lastIndex - this.snapshotIndex;
  }

  /** Term of the last entry, or of the snapshot if the log is empty. */
  get lastTerm(): number {
    return this.termAt(this.lastIndex) ?? 0;
  }

  /** The entry at `index`, if the log holds it. */
  at(index: number): EntrySummary | undefined {
    if (index < this.firstIndex || index > this.lastIndex) return undefined;
    return this.#shared[index - this.#base];
  }

  /** Term at `index`; known for the snapshot's last entry too. */
  termAt(index: number): number | undefined {
    return index === this.snapshotIndex ? this.snapshotTerm : this.at(index)?.term;
  }

  /** The entries `from … to`, as far as the log holds them. */
  slice(from: number, to: number): EntrySummary[] {
    const low = from > this.firstIndex ? from : this.firstIndex;
    const high = to < this.lastIndex ? to : this.lastIndex;
    return high < low ? [] : this.#shared.slice(low - this.#base, high - this.#base + 1);
  }

  /** The log after `entries` entered it; whatever stood from the first of them on is gone. */
  append(entries: readonly EntrySummary[]): LogView {
    const first = entries[0];
    if (first === undefined) return this;
    if (first.index > this.lastIndex + 1 || first.index < this.firstIndex) {
      // The trace does not hold what stood between (a layer was left out): begin anew from here.
      return new LogView(
        entries.slice(),
        first.index,
        first.index + entries.length - 1,
        first.index - 1,
        first.index - 1 === this.snapshotIndex ? this.snapshotTerm : 0,
      );
    }
    const keep = first.index - this.#base;
    const shared = keep === this.#shared.length ? this.#shared : this.#shared.slice(0, keep);
    for (const entry of entries) shared.push(entry);
    return new LogView(
      shared,
      this.#base,
      first.index + entries.length - 1,
      this.snapshotIndex,
      this.snapshotTerm,
    );
  }

  /** The log without the entries up to `index`, which a snapshot covers now. */
  compact(index: number, term: number): LogView {
    if (index <= this.snapshotIndex) return this;
    const known = this.termAt(index) ?? term;
    if (index >= this.lastIndex) return LogView.after(index, known);
    return new LogView(this.#shared, this.#base, this.lastIndex, index, known);
  }
}

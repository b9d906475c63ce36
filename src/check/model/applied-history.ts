/**
 * What the state machines did, in the order of the log: the entry at each index, the state after
 * it, and the entry that made each revision.
 */
export class AppliedHistory {
  /** The highest index applied by anybody, and the revision after it. */
  index = 0;
  revision = 1;
  /** By index, from `#firstIndex` on. */
  readonly #terms: number[] = [];
  readonly #stateHashes: number[] = [];
  #firstIndex = 1;
  /** By revision, from `#firstRevision` on: the index of the entry that made it; 0: none known. */
  readonly #indexOf: number[] = [];
  #firstRevision = 0;

  /** Whether the entry, or the state after it, contradicts what somebody applied there before. */
  contradicts(index: number, term: number, stateHash: number): boolean {
    const at = index - this.#firstIndex;
    if (at < 0 || at >= this.#terms.length) return false;
    if (this.#terms[at] === UNKNOWN) return false;
    return this.#terms[at] !== term || this.#stateHashes[at] !== stateHash;
  }

  /** Takes in an entry behind the highest one (others are known). Whether it made a revision. */
  apply(index: number, term: number, stateHash: number, revision: number): boolean {
    if (index <= this.index) return false;
    if (this.#terms.length === 0) this.#firstIndex = index;
    // A snapshot may have carried the state machine over entries that nobody was seen to apply.
    while (this.#firstIndex + this.#terms.length < index) this.#push(UNKNOWN, UNKNOWN);
    this.#push(term, stateHash);
    this.index = index;
    if (revision <= this.revision) return false;
    this.revision = revision;
    // A store may begin with a revision beyond all bounds: a backup's, bumped.
    if (this.#indexOf.length === 0) this.#firstRevision = revision;
    while (this.#firstRevision + this.#indexOf.length < revision) this.#indexOf.push(0);
    this.#indexOf.push(index);
    return true;
  }

  /** The index of the entry that made `revision`, or 0. */
  indexOf(revision: number): number {
    return this.#indexOf[revision - this.#firstRevision] ?? 0;
  }

  #push(term: number, hash: number): void {
    this.#terms.push(term);
    this.#stateHashes.push(hash);
  }
}

const UNKNOWN = -1;

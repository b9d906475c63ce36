import { assert } from "../../base/assert.ts";
import type { LogModel } from "./log.ts";

/**
 * The one log the cluster agreed on. The first member that commits an index defines what stands
 * there; everybody else has to agree for ever after. It is kept from `base` on for the whole run,
 * because a member may come back with an old disk at any time.
 */
export class CanonicalLog {
  base = 0;
  #terms: number[] = [0];
  #chains: number[] = [0];
  /** The term of the member that committed it first: its commit can't be known in earlier terms. */
  #committedIn: number[] = [0];
  /** The trace event that committed it. */
  #seqs: number[] = [0];
  #members: number[] = [0];
  /** The state machine's hash after it: NO_HASH until the first member applied it. */
  #stateHashes: number[] = [NO_HASH];

  get last(): number {
    return this.base + this.#terms.length - 1;
  }

  has(index: number): boolean {
    return index >= this.base && index <= this.last;
  }

  term(index: number): number {
    return this.#terms[this.#at(index)] as number;
  }

  chain(index: number): number {
    return this.#chains[this.#at(index)] as number;
  }

  committedIn(index: number): number {
    return this.#committedIn[this.#at(index)] as number;
  }

  /** Who committed it first, as a trace event. */
  seq(index: number): number {
    return this.#seqs[this.#at(index)] as number;
  }

  member(index: number): number {
    return this.#members[this.#at(index)] as number;
  }

  /** {@link NO_HASH} if nobody has applied it. */
  stateHash(index: number): number {
    return this.#stateHashes[this.#at(index)] as number;
  }

  setStateHash(index: number, hash: number): void {
    this.#stateHashes[this.#at(index)] = hash;
  }

  /** The cluster starts from a state that is not in any log: only while nothing is committed. */
  start(index: number, term: number, chain: number): void {
    assert(this.last === 0, "the canonical log has not begun");
    this.base = index;
    this.#terms = [term];
    this.#chains = [chain];
    this.#committedIn = [term];
    this.#seqs = [0];
    this.#members = [0];
    this.#stateHashes = [NO_HASH];
  }

  /** Takes over what `log` holds from last+1 to `index`; returns how many entries that were. */
  extend(log: LogModel, index: number, member: number, term: number, seq: number): number {
    const first = this.last + 1;
    assert(log.has(first - 1) && log.has(index), "the committing member holds the entries");
    for (let i = first; i <= index; i++) {
      this.#terms.push(log.term(i));
      this.#chains.push(log.chain(i));
      this.#committedIn.push(term);
      this.#seqs.push(seq);
      this.#members.push(member);
      this.#stateHashes.push(NO_HASH);
    }
    return index - first + 1;
  }

  /** The highest index that was committed in a term before `term`. */
  lastCommittedBefore(term: number): number {
    let index = this.last;
    // The walk is as long as what later terms committed: nothing, unless a late winner turns up.
    while (index > this.base && this.committedIn(index) >= term) index--;
    return index;
  }

  #at(index: number): number {
    assert(this.has(index), "the index is in the canonical log");
    return index - this.base;
  }
}

/** State hashes are not negative. */
export const NO_HASH = -1;

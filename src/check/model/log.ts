import { assert } from "../../base/assert.ts";
import { chainHash } from "./chain-hash.ts";

/**
 * A member's log as the trace told it: the terms and chain hashes of the entries base+1 … last.
 * What stands at or below `base` is covered by a snapshot, or was compacted.
 */
export class LogModel {
  base = 0;
  baseTerm = 0;
  baseChain = 0;
  #terms: number[] = [];
  #chains: number[] = [];
  /** Indexes of the configuration changes in the log, ascending. */
  #confs: number[] = [];

  get last(): number {
    return this.base + this.#terms.length;
  }

  get lastTerm(): number {
    return this.term(this.last);
  }

  /** Whether the entry itself is known; `base` counts, as its term and chain are. */
  has(index: number): boolean {
    return index >= this.base && index <= this.last;
  }

  /** The term of the entry at base <= index <= last. */
  term(index: number): number {
    assert(this.has(index), "the entry is in the log");
    return index === this.base ? this.baseTerm : (this.#terms[index - this.base - 1] as number);
  }

  /** The chain hash of the log up to base <= index <= last. */
  chain(index: number): number {
    assert(this.has(index), "the entry is in the log");
    return index === this.base ? this.baseChain : (this.#chains[index - this.base - 1] as number);
  }

  /** Appends the entry last+1 and returns its chain hash. */
  push(term: number, hash: number, confChange: boolean): number {
    const index = this.last + 1;
    const chain = chainHash(this.chain(index - 1), index, term, hash);
    this.#terms.push(term);
    this.#chains.push(chain);
    if (confChange) this.#confs.push(index);
    return chain;
  }

  /** Drops the entries from `index` on; index > base. */
  truncate(index: number): void {
    assert(index > this.base, "what a snapshot covers stays");
    if (index > this.last) return;
    this.#terms.length = index - this.base - 1;
    this.#chains.length = index - this.base - 1;
    while (this.lastConf >= index) this.#confs.pop();
  }

  /** Drops the entries up to `index`, base <= index <= last. */
  compact(index: number): void {
    if (index === this.base) return;
    const count = index - this.base;
    this.baseTerm = this.term(index);
    this.baseChain = this.chain(index);
    this.base = index;
    this.#terms.copyWithin(0, count);
    this.#terms.length -= count;
    this.#chains.copyWithin(0, count);
    this.#chains.length -= count;
  }

  /** The log is now empty and starts behind (index, term), whose chain hash is `chain`. */
  restore(index: number, term: number, chain: number): void {
    assert(index >= 0 && term >= 0, "a snapshot has an index and a term");
    this.base = index;
    this.baseTerm = term;
    this.baseChain = chain;
    this.#terms = [];
    this.#chains = [];
    this.#confs = [];
  }

  /** The index of the last configuration change that is in the log, or 0. */
  get lastConf(): number {
    return this.#confs.length === 0 ? 0 : (this.#confs[this.#confs.length - 1] as number);
  }

  /** The last configuration change below `index` that is in the log, or 0. */
  confBefore(index: number): number {
    for (let i = this.#confs.length - 1; i >= 0; i--) {
      const at = this.#confs[i] as number;
      if (at < index) return at;
    }
    return 0;
  }
}

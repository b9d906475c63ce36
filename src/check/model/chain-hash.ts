import { assert } from "../../base/assert.ts";

/**
 * The hash of a log up to and including one entry, made from the hash of the log before it and
 * the entry itself: two logs whose chains are equal at an index hold the same entries up to it.
 * 32 bits, so that V8 keeps it as a small integer; never 0, which stands for the empty log. Equal
 * logs always have equal chains, so that a collision (1 in 2^32) can hide a fault, never invent one.
 */
export function chainHash(before: number, index: number, term: number, hash: number): number {
  let h = before ^ Math.imul(index, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b) ^ term;
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) ^ (hash | 0);
  h = Math.imul(h ^ (h >>> 16), 0x27d4eb2f) ^ Math.floor(hash / 4294967296);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h ^= h >>> 12;
  return h === 0 ? 1 : h;
}

interface TermRow {
  /** Index of `chains[0]`. */
  base: number;
  /** By index; 0: nobody has created that entry. */
  chains: number[];
}

/**
 * Every entry ever created, by (term, index), with the chain hash of the log that ends in it. The
 * Log Matching Property (Raft, section 5.3) says that there is one such log for each (term, index).
 */
export class ChainTable {
  readonly #rows = new Map<number, TermRow>();
  #term = -1;
  #row: TermRow = { base: 0, chains: [] };

  /** The chain known for (term, index); `chain` itself, from now on, if there was none. */
  meet(term: number, index: number, chain: number): number {
    assert(index > 0, "entries are numbered from 1");
    assert(chain !== 0, "0 is the chain of the empty log");
    const row = this.#rowOf(term, index);
    if (index < row.base) this.#growDown(row, index);
    const at = index - row.base;
    const chains = row.chains;
    while (chains.length < at) chains.push(0);
    if (at === chains.length) {
      chains.push(chain);
      return chain;
    }
    const known = chains[at] as number;
    if (known !== 0) return known;
    chains[at] = chain;
    return chain;
  }

  /** The chain known for (term, index), or 0. */
  find(term: number, index: number): number {
    const row = this.#rows.get(term);
    return row === undefined || index < row.base ? 0 : (row.chains[index - row.base] ?? 0);
  }

  #rowOf(term: number, index: number): TermRow {
    // Entries come in runs of one term: the row of the last one is nearly always the one.
    if (term === this.#term) return this.#row;
    let row = this.#rows.get(term);
    if (row === undefined) {
      row = { base: index, chains: [] };
      this.#rows.set(term, row);
    }
    this.#term = term;
    this.#row = row;
    return row;
  }

  #growDown(row: TermRow, index: number): void {
    // A leader's entries of its term follow each other, so this never happens without a fault.
    const gap = new Array<number>(row.base - index).fill(0);
    row.chains = gap.concat(row.chains);
    row.base = index;
  }
}

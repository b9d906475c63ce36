import { countUpTo, countWhile } from "../base/count-while.ts";
import type { KeyChange, TraceEvent } from "../trace/events.ts";

/** A key as one revision made it. */
export interface KeyVersion extends KeyChange {
  readonly revision: number;
  /** The event that told it first, of whichever member. */
  readonly seq: number;
}

const BLOCK = 256;

/** Keys that are neighbours, with how many of them there are when. */
class KeyBlock {
  readonly #keys: readonly (readonly KeyVersion[])[];
  /** Behind which events their number is another, ascending; and what it is from there on. */
  readonly #seqs: readonly number[];
  readonly #counts: readonly number[];

  constructor(keys: readonly (readonly KeyVersion[])[]) {
    this.#keys = keys;
    const steps: { readonly seq: number; readonly by: 1 | -1 }[] = [];
    for (const versions of keys) {
      let isThere = false;
      for (const { type, seq } of versions) {
        if ((type === "put") === isThere) continue;
        isThere = !isThere;
        steps.push({ seq, by: isThere ? 1 : -1 });
      }
    }
    steps.sort((a, b) => a.seq - b.seq);
    let count = 0;
    this.#seqs = steps.map(({ seq }) => seq);
    this.#counts = steps.map(({ by }) => {
      count += by;
      return count;
    });
  }

  count(position: number): number {
    return this.#counts[countUpTo(this.#seqs, position) - 1] ?? 0;
  }

  keys(position: number): KeyVersion[] {
    const found: KeyVersion[] = [];
    for (const versions of this.#keys) {
      const last = lastUpTo(versions, position);
      if (last !== undefined && last.type === "put") found.push(last);
    }
    return found;
  }
}

/** The keys of a run at any position, as of the member that has applied most. */
export class StoreIndex {
  /** By key: what became of it, in the order of revisions. */
  readonly #keys = new Map<string, KeyVersion[]>();
  /** The same, sorted by key: a picture of a store of many looks at few of them. */
  readonly #blocks: readonly KeyBlock[];

  constructor(events: readonly TraceEvent[]) {
    let newest = 0;
    let by = 0;
    for (const event of events) {
      if (event.kind !== "changes") continue;
      // Each member tells what an entry did: the first of them counts.
      if (event.index < newest || (event.index === newest && event.member !== by)) continue;
      newest = event.index;
      by = event.member;
      for (const change of event.changes) {
        const version = { ...change, revision: event.revision, seq: event.seq };
        const known = this.#keys.get(change.key);
        if (known === undefined) this.#keys.set(change.key, [version]);
        else known.push(version);
      }
    }
    const keys = [...this.#keys.keys()].sort();
    const sorted = keys.map((key) => this.#keys.get(key) as KeyVersion[]);
    const blocks: KeyBlock[] = [];
    for (let i = 0; i < sorted.length; i += BLOCK) {
      blocks.push(new KeyBlock(sorted.slice(i, i + BLOCK)));
    }
    this.#blocks = blocks;
  }

  /** How many keys there are at `position`. */
  count(position: number): number {
    return this.#blocks.reduce((sum, block) => sum + block.count(position), 0);
  }

  /** `count` of the keys at `position`, from the one with so many before it on: sorted, each in its newest version. */
  page(position: number, from: number, count: number): readonly KeyVersion[] {
    const found: KeyVersion[] = [];
    let skip = from;
    for (const block of this.#blocks) {
      if (found.length === count) break;
      const here = block.count(position);
      if (skip < here) {
        found.push(...block.keys(position).slice(skip, skip + count - found.length));
        skip = 0;
      } else skip -= here;
    }
    return found;
  }

  /** All that became of a key up to `position`, oldest first. */
  versions(key: string, position: number): readonly KeyVersion[] {
    return (this.#keys.get(key) ?? []).filter(({ seq }) => seq <= position);
  }
}

function lastUpTo(versions: readonly KeyVersion[], position: number): KeyVersion | undefined {
  return versions[
    countWhile(versions.length, (place) => (versions[place] as KeyVersion).seq <= position) - 1
  ];
}

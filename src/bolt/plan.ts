import { assert } from "../base/assert.ts";
import { compareBytes } from "../base/bytes.ts";
import { ELEMENT_BYTES, PAGE_HEADER_BYTES } from "./layout.ts";

/** What is to be written under a key. `isBucket`: the value is a bucket's. */
export interface Pair {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly isBucket?: boolean;
}

/** A page that is going to be written, with those that it overflows into. */
export interface PlannedPage {
  readonly id: number;
  /** How many pages it takes. */
  readonly pages: number;
  /** How many elements. */
  readonly count: number;
  readonly firstKey: Uint8Array;
}

/** Where a tree goes: its levels, the leaves first and the root last. */
export interface TreePlan {
  readonly levels: readonly (readonly PlannedPage[])[];
  readonly root: number;
  /** The first page behind it. */
  readonly end: number;
}

/** What is known of pages before anything is written. */
export interface PageShape {
  /** Bytes. */
  readonly pageSize: number;
  /** Bytes of a page that are filled before another is begun: there is room for what comes later. */
  readonly fill: number;
}

/**
 * A bucket lies in the page of the bucket above if its pairs are few (bbolt's Bucket.inlineable): how many
 * bytes its page then takes; null: it needs pages of its own.
 */
export function inlineBytes(pairs: Iterable<Pair>, { pageSize }: PageShape): number | null {
  let bytes = PAGE_HEADER_BYTES;
  for (const { key, value } of pairs) {
    bytes += ELEMENT_BYTES + key.length + value.length;
    if (bytes > pageSize / 4) return null;
  }
  return bytes;
}

/** Lays out sorted pairs in pages from `from` on. */
export function planTree(pairs: Iterable<Pair>, from: number, shape: PageShape): TreePlan {
  const leaves = new LevelPlan(from, shape, 1);
  let previous: Uint8Array | null = null;
  for (const { key, value } of pairs) {
    assert(key.length > 0, "bbolt has no empty keys");
    assert(previous === null || compareBytes(previous, key) < 0, "pairs are sorted by key");
    previous = key;
    leaves.add(key, value.length);
  }
  const levels = [leaves.done()];
  let { end } = leaves;
  for (let below = levels[0] as PlannedPage[]; below.length > 1; ) {
    const branches = new LevelPlan(end, shape, 2);
    for (const { firstKey } of below) branches.add(firstKey, 0);
    below = branches.done();
    levels.push(below);
    end = branches.end;
  }
  const [root] = levels.at(-1) as readonly PlannedPage[];
  return { levels, root: (root as PlannedPage).id, end };
}

const NO_KEY: Uint8Array = new Uint8Array(0);

/** One level of a tree, page by page. */
class LevelPlan {
  /** The page behind those that are planned. */
  end: number;
  private readonly shape: PageShape;
  /** Elements that a page has at least: one that has only one child is none. */
  private readonly least: number;
  private readonly pages: PlannedPage[] = [];
  private count = 0;
  private bytes = PAGE_HEADER_BYTES;
  /** Of the page before. */
  private closedBytes = 0;
  private firstKey = NO_KEY;

  constructor(from: number, shape: PageShape, least: number) {
    this.end = from;
    this.shape = shape;
    this.least = least;
  }

  add(key: Uint8Array, valueBytes: number): void {
    const bytes = ELEMENT_BYTES + key.length + valueBytes;
    if (this.count >= this.least && this.bytes + bytes > this.shape.fill) this.close();
    if (this.count === 0) this.firstKey = key;
    this.count++;
    this.bytes += bytes;
  }

  private close(): void {
    const { count, firstKey, end: id } = this;
    const pages = Math.ceil(this.bytes / this.shape.pageSize);
    this.pages.push({ id, pages, count, firstKey });
    this.end += pages;
    this.closedBytes = this.bytes;
    this.count = 0;
    this.bytes = PAGE_HEADER_BYTES;
  }

  /** All pages: one at least. */
  done(): PlannedPage[] {
    const last = this.pages.at(-1);
    if (last === undefined) this.close();
    else if (this.count >= this.least) this.close();
    else if (this.count > 0) {
      // What is left over goes into the page before it, over its fill.
      this.pages.pop();
      this.end = last.id;
      this.count += last.count;
      this.bytes += this.closedBytes - PAGE_HEADER_BYTES;
      this.firstKey = last.firstKey;
      this.close();
    }
    return this.pages;
  }
}

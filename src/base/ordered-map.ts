import btree from "sorted-btree";
import { assert } from "./assert.ts";

// The package is CommonJS. In Node its default export arrives as a property of the module object;
// Vitest unwraps it.
type Tree = typeof btree.default;
const BTree = (btree as { default?: Tree }).default ?? (btree as unknown as Tree);

/**
 * A map ordered by key, for binary strings (one char a byte), so that the order is byte order.
 * Point operations and steps are O(log n); `clone` is O(1) and copies on write.
 */
export class OrderedMap<V> {
  private tree = new BTree<string, V>(undefined, compareBytes);

  get size(): number {
    return this.tree.size;
  }

  get(key: string): V | undefined {
    return this.tree.get(key);
  }

  has(key: string): boolean {
    return this.tree.has(key);
  }

  /** True if the key is new. */
  set(key: string, value: V): boolean {
    return this.tree.set(key, value);
  }

  /** True if the key was there. */
  delete(key: string): boolean {
    return this.tree.delete(key);
  }

  clear(): void {
    this.tree.clear();
  }

  first(): string | undefined {
    return this.tree.minKey();
  }

  last(): string | undefined {
    return this.tree.maxKey();
  }

  /** The smallest key greater than `key`. */
  after(key: string): string | undefined {
    return this.tree.nextHigherKey(key);
  }

  /** The greatest key smaller than `key`. */
  before(key: string): string | undefined {
    return this.tree.nextLowerKey(key);
  }

  /**
   * Visits the pairs with low <= key < high in order (`high` null: to the end) for as long as
   * `visit` returns true. `visit` must not change the map.
   */
  forRange(low: string, high: string | null, visit: (key: string, value: V) => boolean): void {
    const end = high ?? this.tree.maxKey();
    if (end === undefined || end < low) return;
    // The tree stops at the first result that has a `break`.
    const step = (key: string, value: V): { break: true } | undefined =>
      visit(key, value) ? undefined : STOP;
    this.tree.forRange(low, end, high === null, step);
  }

  /** How many keys lie in low <= key < high (`high` null: to the end). Visits nothing. */
  countRange(low: string, high: string | null): number {
    const end = high ?? this.tree.maxKey();
    if (end === undefined || end < low) return 0;
    return this.tree.forRange(low, end, high === null);
  }

  /** All pairs in order. The yielded pair is one array used again: take it apart at once. */
  entries(low?: string): IterableIterator<[string, V]> {
    return this.tree.entries(low, []);
  }

  keys(low?: string): IterableIterator<string> {
    return this.tree.keys(low);
  }

  values(low?: string): IterableIterator<V> {
    return this.tree.values(low);
  }

  /** An independent copy that shares nodes until either side changes them. Values are shared. */
  clone(): OrderedMap<V> {
    const copy = new OrderedMap<V>();
    copy.tree = this.tree.clone();
    assert(copy.size === this.size, "a clone has the pairs of its original");
    return copy;
  }
}

const STOP = { break: true } as const;

/** `<` on strings compares UTF-16 units; with one char a byte those are the bytes. */
function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

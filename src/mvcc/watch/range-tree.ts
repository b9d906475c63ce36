import type { StoreWatcher } from "./watcher.ts";

/** One range low <= key < high and who watches exactly that. */
class RangeNode {
  readonly low: string;
  readonly high: string;
  readonly watchers = new Set<StoreWatcher>();
  readonly priority: number;
  left: RangeNode | null = null;
  right: RangeNode | null = null;
  /** The greatest high in this subtree. */
  max: string;

  constructor(low: string, high: string, priority: number) {
    this.low = low;
    this.high = high;
    this.priority = priority;
    this.max = high;
  }

  /** Which side of this node a range is on; 0: it is this one. */
  side(low: string, high: string): number {
    if (low !== this.low) return low < this.low ? -1 : 1;
    return high === this.high ? 0 : high < this.high ? -1 : 1;
  }

  measure(): void {
    const { left, right } = this;
    this.max = this.high;
    if (left !== null && left.max > this.max) this.max = left.max;
    if (right !== null && right.max > this.max) this.max = right.max;
  }
}

/**
 * Watched ranges by the keys in them: a treap (a search tree by range, a heap by priorities that
 * keep it balanced) whose nodes know the greatest end below them, so that finding the ranges of a
 * key leaves out all subtrees that end before it. Every step is O(log n), and one more for each range
 * found. The priorities are a fixed sequence: equal histories give equal trees.
 */
export class RangeTree {
  private root: RangeNode | null = null;
  private drawn = 0x9e3779b9;

  get empty(): boolean {
    return this.root === null;
  }

  add(low: string, high: string, watcher: StoreWatcher): void {
    this.root = this.insert(this.root, low, high, watcher);
  }

  delete(low: string, high: string, watcher: StoreWatcher): void {
    this.root = remove(this.root, low, high, watcher);
  }

  /** Visits the watchers of all ranges with the key in them. */
  visit(key: string, visit: (watcher: StoreWatcher) => void): void {
    stab(this.root, key, visit);
  }

  private insert(
    node: RangeNode | null,
    low: string,
    high: string,
    watcher: StoreWatcher,
  ): RangeNode {
    if (node === null) {
      const leaf = new RangeNode(low, high, this.draw());
      leaf.watchers.add(watcher);
      return leaf;
    }
    const side = node.side(low, high);
    if (side === 0) {
      node.watchers.add(watcher);
      return node;
    }
    const child = this.insert(side < 0 ? node.left : node.right, low, high, watcher);
    if (side < 0) node.left = child;
    else node.right = child;
    if (child.priority <= node.priority) {
      node.measure();
      return node;
    }
    // The child goes up, and what lay between both changes sides.
    if (side < 0) {
      node.left = child.right;
      child.right = node;
    } else {
      node.right = child.left;
      child.left = node;
    }
    node.measure();
    child.measure();
    return child;
  }

  /** Marsaglia's xorshift. */
  private draw(): number {
    let x = this.drawn;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.drawn = x;
    return x;
  }
}

function remove(
  node: RangeNode | null,
  low: string,
  high: string,
  watcher: StoreWatcher,
): RangeNode | null {
  if (node === null) return null;
  const side = node.side(low, high);
  if (side === 0) {
    node.watchers.delete(watcher);
    return node.watchers.size > 0 ? node : merge(node.left, node.right);
  }
  if (side < 0) node.left = remove(node.left, low, high, watcher);
  else node.right = remove(node.right, low, high, watcher);
  node.measure();
  return node;
}

/** All ranges of `left` come before all of `right`. */
function merge(left: RangeNode | null, right: RangeNode | null): RangeNode | null {
  if (left === null) return right;
  if (right === null) return left;
  if (left.priority > right.priority) {
    left.right = merge(left.right, right);
    left.measure();
    return left;
  }
  right.left = merge(left, right.left);
  right.measure();
  return right;
}

function stab(node: RangeNode | null, key: string, visit: (watcher: StoreWatcher) => void): void {
  if (node === null || node.max <= key) return;
  stab(node.left, key, visit);
  if (key < node.low) return;
  if (key < node.high) for (const watcher of node.watchers) visit(watcher);
  stab(node.right, key, visit);
}

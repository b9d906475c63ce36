import { RangeTree } from "./range-tree.ts";
import type { StoreWatcher } from "./watcher.ts";

/** Watchers by what they watch (server/storage/mvcc/watcher_group.go): single keys, and ranges. */
export class WatcherIndex {
  private readonly byKey = new Map<string, Set<StoreWatcher>>();
  private readonly ranges = new RangeTree();

  add(watcher: StoreWatcher): void {
    const { key, high } = watcher;
    if (high !== null) {
      this.ranges.add(key, high, watcher);
      return;
    }
    const same = this.byKey.get(key);
    if (same === undefined) this.byKey.set(key, new Set([watcher]));
    else same.add(watcher);
  }

  delete(watcher: StoreWatcher): void {
    const { key, high } = watcher;
    if (high !== null) {
      this.ranges.delete(key, high, watcher);
      return;
    }
    const same = this.byKey.get(key);
    same?.delete(watcher);
    if (same?.size === 0) this.byKey.delete(key);
  }

  /** Visits all watchers of a key, always in the same order. */
  visit(key: string, visit: (watcher: StoreWatcher) => void): void {
    const same = this.byKey.get(key);
    if (same !== undefined) for (const watcher of same) visit(watcher);
    this.ranges.visit(key, visit);
  }
}

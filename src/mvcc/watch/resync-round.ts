import type { StoreEvent } from "../events.ts";
import type { Store } from "../store.ts";
import { BATCH_REVISIONS, EventBatch } from "./event-batch.ts";
import type { StoreWatcher } from "./watcher.ts";
import { WatcherIndex } from "./watcher-index.ts";

/** etcd's maxWatchersPerSync. */
const WATCHERS_A_ROUND = 512;

/**
 * One round of catching up (syncWatchers): history is read once for many unsynced watchers, from the
 * oldest revision that one of them wants, and only until each has its batch.
 */
export class Resync {
  readonly chosen: readonly StoreWatcher[];
  readonly current: number;
  readonly compacted: number;
  private readonly store: Store;
  private readonly batches = new Map<StoreWatcher, EventBatch>();
  /** Watchers whose batch is not full. */
  private hungry = 0;

  /** Those that are chosen move to the end of `unsynced`: the others come first in the next round. */
  constructor(store: Store, unsynced: Set<StoreWatcher>) {
    this.store = store;
    this.current = store.revision;
    this.compacted = store.compactRevision;
    this.chosen = choose(unsynced);
    const index = new WatcherIndex();
    let from = this.current + 1;
    for (const watcher of this.chosen) {
      const { minRevision } = watcher;
      if (minRevision < this.compacted || minRevision > this.current) continue;
      index.add(watcher);
      this.hungry++;
      if (minRevision < from) from = minRevision;
    }
    this.read(from, index);
  }

  /** What there is for the watcher; null: nothing. */
  batchOf(watcher: StoreWatcher): EventBatch | null {
    return this.batches.get(watcher) ?? null;
  }

  private read(from: number, index: WatcherIndex): void {
    let event: StoreEvent;
    const offer = (watcher: StoreWatcher): void => this.offer(watcher, event);
    for (let at = from; at <= this.current && this.hungry > 0; at += BATCH_REVISIONS) {
      for (event of this.history(at)) index.visit(event.kv.key, offer);
    }
  }

  private offer(watcher: StoreWatcher, event: StoreEvent): void {
    // Not one that it has seen.
    if (event.kv.modRevision < watcher.minRevision) return;
    let batch = this.batches.get(watcher);
    if (batch === undefined) {
      batch = new EventBatch();
      this.batches.set(watcher, batch);
    }
    if (batch.full) return;
    // Known mistake M11: the batch ends between two events of a revision, and a client is sent half of
    // a transaction.
    batch.add(event, this.store.mistakes.splitsRevisions);
    if (batch.full) this.hungry--;
  }

  private history(from: number): StoreEvent[] {
    const { store, compacted, current } = this;
    const { mistakes } = store;
    let events = store.eventsSince(from, BATCH_REVISIONS);
    // Known mistake M4: a tombstone of the compacted revision itself is held to be gone, and a watch
    // from there on misses the deletion.
    if (mistakes.hidesTombstone) {
      events = events.filter(({ type, kv }) => type === "PUT" || kv.modRevision !== compacted);
    }
    // Known mistake M10: the newest write is in the table and in a buffer before it, and is read twice.
    if (mistakes.repeatsNewestEvents && from + BATCH_REVISIONS > current) {
      events.push(...store.eventsSince(current, 1));
    }
    return events;
  }
}

function choose(unsynced: Set<StoreWatcher>): StoreWatcher[] {
  const chosen: StoreWatcher[] = [];
  for (const watcher of unsynced) {
    if (chosen.length === WATCHERS_A_ROUND) break;
    chosen.push(watcher);
  }
  if (chosen.length < unsynced.size) {
    for (const watcher of chosen) {
      unsynced.delete(watcher);
      unsynced.add(watcher);
    }
  }
  return chosen;
}

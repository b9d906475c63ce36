import { assert } from "../../base/assert.ts";
import type { StoreEvent } from "../events.ts";
import type { Store } from "../store.ts";
import { BATCH_REVISIONS, EventBatch } from "./event-batch.ts";
import type { StoreWatcher } from "./watcher.ts";
import type { WatcherGroups } from "./watcher-groups.ts";
import { WatcherIndex } from "./watcher-index.ts";

/** etcd's maxWatchersPerSync. */
const WATCHERS_A_ROUND = 512;

/**
 * One round of catching up (syncWatchers): history is read once for many unsynced watchers, from the
 * oldest revision that one of them wants, and only until each has its batch. Who wants what is
 * compacted is cancelled.
 */
export class ResyncRound {
  private readonly store: Store;
  private readonly groups: WatcherGroups;
  private readonly current: number;
  private readonly compacted: number;
  private readonly batches = new Map<StoreWatcher, EventBatch>();
  /** Watchers whose batch is not full. */
  private hungry = 0;

  constructor(store: Store, groups: WatcherGroups) {
    this.store = store;
    this.groups = groups;
    this.current = store.revision;
    this.compacted = store.compactRevision;
  }

  run(): void {
    const chosen = choose(this.groups.unsynced);
    this.readFor(chosen);
    for (const watcher of chosen) this.settle(watcher);
  }

  // ---- what there is for whom -------------------------------------------------------------------

  private readFor(chosen: readonly StoreWatcher[]): void {
    const index = new WatcherIndex();
    let from = this.current + 1;
    for (const watcher of chosen) {
      const { minRevision } = watcher;
      if (minRevision < this.compacted || minRevision > this.current) continue;
      index.add(watcher);
      this.hungry++;
      if (minRevision < from) from = minRevision;
    }
    // Only 3.4 lets somebody watch from -1, while nothing is compacted: as the bytes of a row's name, which
    // etcd looks from, that is beyond all rows, and who caught up with him in this round hears nothing either.
    if (from >= 0) this.read(from, index);
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

  // ---- what becomes of each ---------------------------------------------------------------------

  private settle(watcher: StoreWatcher): void {
    const { current, compacted, groups } = this;
    const { mistakes } = this.store;
    assert(
      watcher.minRevision <= current || watcher.restored,
      "an unsynced watcher is behind the store, but for one that a snapshot made so",
    );
    watcher.restored = false;
    if (watcher.minRevision < compacted) {
      if (this.cancelCompacted(watcher)) return;
      // No room to say so: in the next round. Known mistake M5: it goes on as if it had caught up, and
      // nobody ever tells it that there were events that it can't have.
      if (!mistakes.syncsStarvedWatcher) return;
    }
    // Known mistake M8: one that waits for a later revision is set back to the present one, and gets
    // what comes before its own.
    if (mistakes.sendsPastToFutureWatch || watcher.minRevision <= current)
      watcher.minRevision = current + 1;
    const batch = this.batches.get(watcher);
    if (batch === undefined) {
      groups.toSynced(watcher);
      return;
    }
    const { events, moreRevision } = batch;
    if (batch.full) watcher.minRevision = moreRevision;
    if (!watcher.send(events, current)) groups.toVictims(watcher, events);
    else if (!batch.full) groups.toSynced(watcher);
  }

  /** What it would hear next is gone: it is told so, and ended. False if its channel has no room. */
  private cancelCompacted(watcher: StoreWatcher): boolean {
    const response = { watcher, events: [], revision: 0, compactRevision: this.compacted };
    if (!watcher.channel.offer(response)) return false;
    this.groups.end(watcher, "compacted");
    return true;
  }
}

/** Those that are chosen move to the end of `unsynced`: the others come first in the next round. */
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

import type { StoreEvent } from "../events.ts";
import type { StoreWatcher, WatcherGroup } from "./watcher.ts";

/**
 * Hears of a watcher that falls behind, and catches up; not of one that begins in the past and gets to
 * the present. `next` is the first revision that its channel has not had yet.
 */
export type WatcherMoved = (watcher: StoreWatcher, group: WatcherGroup, next: number) => void;

/** Watchers by their state; each is in one group, or, compacted or cancelled, in none. */
export class WatcherGroups {
  private readonly moved: WatcherMoved;
  readonly synced = new Set<StoreWatcher>();
  readonly unsynced = new Set<StoreWatcher>();
  readonly victims = new Set<StoreWatcher>();

  constructor(moved: WatcherMoved) {
    this.moved = moved;
  }

  toSynced(watcher: StoreWatcher): void {
    this.leave(watcher);
    watcher.state = "synced";
    this.synced.add(watcher);
    if (!watcher.fellBehind) return;
    watcher.fellBehind = false;
    this.moved(watcher, "synced", watcher.minRevision);
  }

  toUnsynced(watcher: StoreWatcher): void {
    const isNew = watcher.state === "new";
    this.leave(watcher);
    watcher.state = "unsynced";
    this.unsynced.add(watcher);
    if (isNew) return;
    watcher.fellBehind = true;
    this.moved(watcher, "unsynced", watcher.minRevision);
  }

  /** Its channel has no room for the events: they are kept, and tried again when there is. */
  toVictims(watcher: StoreWatcher, events: readonly StoreEvent[]): void {
    this.leave(watcher);
    watcher.state = "victim";
    watcher.events = events;
    watcher.channel.waiting++;
    this.victims.add(watcher);
    watcher.fellBehind = true;
    this.moved(watcher, "victim", events[0]?.kv.modRevision ?? watcher.minRevision);
  }

  end(watcher: StoreWatcher, state: "compacted" | "cancelled"): void {
    this.leave(watcher);
    watcher.state = state;
  }

  private leave(watcher: StoreWatcher): void {
    if (watcher.state === "synced") this.synced.delete(watcher);
    else if (watcher.state === "unsynced") this.unsynced.delete(watcher);
    else if (watcher.state === "victim") {
      this.victims.delete(watcher);
      watcher.events = null;
      watcher.channel.waiting--;
    }
  }
}

import type { StoreEvent } from "../events.ts";
import type { Watcher } from "./watcher.ts";

/** Watchers by their state; each is in one group, or, compacted or cancelled, in none. */
export class WatcherGroups {
  readonly synced = new Set<Watcher>();
  readonly unsynced = new Set<Watcher>();
  readonly victims = new Set<Watcher>();

  toSynced(watcher: Watcher): void {
    this.leave(watcher);
    watcher.state = "synced";
    this.synced.add(watcher);
  }

  toUnsynced(watcher: Watcher): void {
    this.leave(watcher);
    watcher.state = "unsynced";
    this.unsynced.add(watcher);
  }

  /** Its channel has no room for the events: they are kept, and tried again when there is. */
  toVictims(watcher: Watcher, events: readonly StoreEvent[]): void {
    this.leave(watcher);
    watcher.state = "victim";
    watcher.events = events;
    watcher.channel.waiting++;
    this.victims.add(watcher);
  }

  end(watcher: Watcher, state: "compacted" | "cancelled"): void {
    this.leave(watcher);
    watcher.state = state;
  }

  private leave(watcher: Watcher): void {
    if (watcher.state === "synced") this.synced.delete(watcher);
    else if (watcher.state === "unsynced") this.unsynced.delete(watcher);
    else if (watcher.state === "victim") {
      this.victims.delete(watcher);
      watcher.events = null;
      watcher.channel.waiting--;
    }
  }
}

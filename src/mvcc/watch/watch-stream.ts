import type { WatchCreateRequest } from "../../api/watch-requests.ts";
import type { Digest } from "../../base/digest.ts";
import type { Instant } from "../../base/time.ts";
import { Channel } from "./channel.ts";
import type { WatchableStore } from "./watchable-store.ts";
import type { StoreWatcher, StoreWatchResponse } from "./watcher.ts";

/** Why a watcher was not made, in etcd's words. */
export const WatchProblem = {
  emptyRange: "mvcc: watcher range is empty",
  duplicateId: "mvcc: duplicate watch ID provided on the WatchStream",
} as const;

export type WatchProblem = (typeof WatchProblem)[keyof typeof WatchProblem];

/** Watchers that share a channel and a space of ids (server/storage/mvcc/watcher.go, watchStream). */
export class StoreWatchStream {
  readonly hub: WatchableStore;
  private readonly channel: Channel<StoreWatchResponse>;
  private readonly watchers = new Map<number, StoreWatcher>();
  private nextId = 0;

  /** `receive` is offered each response for which nothing waits: true if it has taken it. */
  constructor(hub: WatchableStore, receive: (response: StoreWatchResponse) => boolean) {
    this.hub = hub;
    this.channel = new Channel(receive);
  }

  /** How many responses ever had to wait, and how many of them were taken. */
  get queued(): number {
    return this.channel.queued;
  }

  get taken(): number {
    return this.channel.taken;
  }

  /** Makes a watcher; its id is the one asked for, or, for 0, one that is not in use. */
  watch(now: Instant, request: WatchCreateRequest): StoreWatcher | WatchProblem {
    const { key, rangeEnd, watchId } = request;
    if (rangeEnd !== "" && rangeEnd !== "\0" && key >= rangeEnd) return WatchProblem.emptyRange;
    if (watchId !== 0 && this.watchers.has(watchId)) return WatchProblem.duplicateId;
    const watcher = this.hub.add(
      now,
      watchId === 0 ? this.chooseId() : watchId,
      request,
      this.channel,
    );
    this.watchers.set(watcher.id, watcher);
    return watcher;
  }

  private chooseId(): number {
    while (this.watchers.has(this.nextId)) this.nextId++;
    return this.nextId++;
  }

  get(id: number): StoreWatcher | undefined {
    return this.watchers.get(id);
  }

  /** Ends a watcher; what it has in the channel is still sent. False if there is none. */
  cancel(id: number): boolean {
    const watcher = this.watchers.get(id);
    if (watcher === undefined) return false;
    this.watchers.delete(id);
    this.hub.cancel(watcher);
    return true;
  }

  /** The next response that waits, oldest first. */
  take(now: Instant): StoreWatchResponse | undefined {
    const response = this.channel.take();
    if (response !== undefined && this.channel.waiting > 0) this.hub.roomMade(now);
    return response;
  }

  /** Answered in the channel, behind what is in it, and only if all watchers are in step. */
  requestProgressAll(): boolean {
    return this.hub.progressAll(this.watchers.values());
  }

  /** Takes its watchers, and what waits in its channel, into a fingerprint. */
  digest(into: Digest): void {
    const { queued, taken, waiting } = this.channel;
    for (const n of [this.nextId, queued, taken, waiting, this.watchers.size]) into.number(n);
    // In the order in which they were made.
    for (const watcher of this.watchers.values()) watcher.digest(into);
  }

  close(): void {
    for (const watcher of this.watchers.values()) this.hub.cancel(watcher);
    this.watchers.clear();
    this.channel.clear();
  }
}

import type { WatchCreateRequest } from "../../api/watch-requests.ts";
import type { Digest } from "../../base/digest.ts";
import type { FaultPoints } from "../../base/fault-points.ts";
import { type Instant, MILLISECOND, NEVER } from "../../base/time.ts";
import type { MvccMistakes } from "../../museum/mvcc.ts";
import type { MvccProfile } from "../../profile/mvcc.ts";
import type { StoreEvent } from "../events.ts";
import type { Store } from "../store.ts";
import type { Channel } from "./channel.ts";
import { ResyncRound } from "./resync-round.ts";
import { StoreWatcher, type StoreWatchResponse } from "./watcher.ts";
import { WatcherGroups, type WatcherMoved } from "./watcher-groups.ts";
import { WatcherIndex } from "./watcher-index.ts";

/** How often unsynced watchers are given some history. */
const RESYNC_US = 100 * MILLISECOND;
/** After a round that brought watchers up to date: only a breath for other work. */
const YIELD_US = MILLISECOND;
/** How often victims are tried again. */
const RETRY_US = 10 * MILLISECOND;

/**
 * Tells watchers what happens in a store (server/storage/mvcc/watchable_store.go). A synced watcher
 * is told right after the write. One that begins in the past, or whose stream was too slow, reads
 * from the store until it has caught up. There is no polling: see {@link WatchableStore.due}.
 *
 * All watchers are in one index from their creation to their end; which of them a write concerns is
 * said by their state. That makes it cheap to move from one group to another.
 */
export class WatchableStore {
  private store: Store;
  private readonly index = new WatcherIndex();
  private readonly groups: WatcherGroups;
  /** Synced watchers know of everything up to here. */
  private told: number;
  private resyncAt: Instant = NEVER;
  private retryAt: Instant = NEVER;
  /** The write that is being told, and whom it concerns. */
  private event: StoreEvent | null = null;
  private written: readonly StoreEvent[] = [];
  private readonly concerned: StoreWatcher[] = [];

  constructor(store: Store, moved: WatcherMoved = () => undefined) {
    this.store = store;
    this.groups = new WatcherGroups(moved);
    this.told = store.revision;
  }

  /** The store's current revision. */
  get revision(): number {
    return this.store.revision;
  }

  get mistakes(): MvccMistakes {
    return this.store.mistakes;
  }

  get profile(): MvccProfile {
    return this.store.profile;
  }

  get points(): FaultPoints {
    return this.store.backend.points;
  }

  /** How many watchers there are in each group. */
  get counts(): { readonly synced: number; readonly unsynced: number; readonly victims: number } {
    const { synced, unsynced, victims } = this.groups;
    return { synced: synced.size, unsynced: unsynced.size, victims: victims.size };
  }

  /** How many watchers have not been told all yet. */
  get behind(): number {
    return this.groups.unsynced.size + this.groups.victims.size;
  }

  /** Takes how far it has told, and what it is going to do, into a fingerprint. */
  digest(into: Digest): void {
    const { synced, unsynced, victims } = this.counts;
    into.number(this.told);
    into.instant(this.resyncAt);
    into.instant(this.retryAt);
    for (const n of [synced, unsynced, victims]) into.number(n);
  }

  /** The key just before a revision, for those who ask for it. */
  before(event: StoreEvent): StoreEvent["prevKv"] {
    return this.store.before(event.kv.key, event.kv.modRevision);
  }

  // ---- watchers ---------------------------------------------------------------------------------

  add(
    now: Instant,
    id: number,
    request: WatchCreateRequest,
    channel: Channel<StoreWatchResponse>,
  ): StoreWatcher {
    const { revision } = this.store;
    const { startRevision } = request;
    const synced = startRevision > revision || startRevision === 0;
    const minRevision = synced ? Math.max(revision + 1, startRevision) : startRevision;
    const watcher = new StoreWatcher(id, request, channel, minRevision);
    this.index.add(watcher);
    this.store.keepsWritten = true;
    if (synced) this.groups.toSynced(watcher);
    else this.toUnsynced(now, watcher);
    return watcher;
  }

  cancel(watcher: StoreWatcher): void {
    this.groups.end(watcher, "cancelled");
    this.index.delete(watcher);
  }

  private toUnsynced(now: Instant, watcher: StoreWatcher): void {
    this.groups.toUnsynced(watcher);
    if (this.resyncAt === NEVER) this.resyncAt = roundAfter(now, RESYNC_US);
  }

  // ---- what the store does ----------------------------------------------------------------------

  /** After every write transaction; costs nothing where nobody watches. */
  afterWrite(): void {
    const { revision } = this.store;
    if (this.groups.synced.size === 0) this.told = revision;
    while (this.told < revision) this.notify(++this.told);
  }

  private notify(revision: number): void {
    const { concerned } = this;
    this.written = this.store.eventsSince(revision, 1);
    for (const event of this.written) {
      this.event = event;
      this.index.visit(event.kv.key, this.concern);
    }
    for (const watcher of concerned) {
      let events = watcher.events as readonly StoreEvent[];
      watcher.events = null;
      // Known mistake M14: a transaction's events as its keys are ordered, not as they were written.
      if (this.mistakes.sortsEventsByKey) events = byKey(events);
      const sent = watcher.send(events, revision);
      if (!sent) this.groups.toVictims(watcher, events);
      // Known mistake M6: the watcher is told, but keeps the revision that it began with. A snapshot
      // makes it catch up from there, and it is told again what it knows.
      if (!sent || !this.mistakes.keepsMinRevision) watcher.minRevision = revision + 1;
    }
    concerned.length = 0;
  }

  private readonly concern = (watcher: StoreWatcher): void => {
    const event = this.event as StoreEvent;
    // Not yet: it waits for a later revision.
    if (watcher.state !== "synced" || event.kv.modRevision < watcher.minRevision) return;
    if (watcher.events !== null) (watcher.events as StoreEvent[]).push(event);
    else {
      // One change alone is the same list for all.
      watcher.events = this.written.length === 1 ? this.written : [event];
      this.concerned.push(watcher);
    }
  };

  /** A snapshot has taken the store's place, with revisions that nobody was told of. */
  storeReplaced(now: Instant, store: Store): void {
    store.keepsWritten ||= this.store.keepsWritten;
    this.store = store;
    this.told = store.revision;
    // Known mistake M7: synced watchers wait for what is written next, and miss what the snapshot
    // jumped over.
    if (this.mistakes.keepsSyncedOnRestore) return;
    for (const watcher of this.groups.synced) {
      watcher.restored = true;
      this.toUnsynced(now, watcher);
    }
  }

  // ---- progress ---------------------------------------------------------------------------------

  /** Says through `channel` how far its watcher has come, if it is in step with the store. */
  progress(watcher: StoreWatcher): void {
    if (this.inStep(watcher)) this.sendProgress(watcher.channel, watcher);
  }

  /** The same for all watchers of a stream together; false if one is behind. */
  progressAll(watchers: Iterable<StoreWatcher>): boolean {
    let channel: Channel<StoreWatchResponse> | null = null;
    for (const watcher of watchers) {
      if (!this.inStep(watcher)) return false;
      channel = watcher.channel;
    }
    // As in etcd a stream without watchers has nobody to answer for.
    if (channel !== null) this.sendProgress(channel, null);
    return true;
  }

  private inStep({ state, request }: StoreWatcher): boolean {
    if (state !== "synced") return false;
    // Known mistake M9b: a watch of the future is told a revision below the one that it waits for.
    return this.mistakes.reportsProgressToFuture || this.told >= request.startRevision;
  }

  private sendProgress(channel: Channel<StoreWatchResponse>, watcher: StoreWatcher | null): void {
    channel.offer({ watcher, events: [], revision: this.told, compactRevision: 0 });
  }

  // ---- catching up ------------------------------------------------------------------------------

  /** When {@link WatchableStore.run} has something to do, or NEVER. */
  due(): Instant {
    return this.retryAt < this.resyncAt ? this.retryAt : this.resyncAt;
  }

  run(now: Instant): void {
    if (now >= this.retryAt) this.retryVictims(now);
    if (now >= this.resyncAt) this.resync(now);
  }

  /** A channel for which watchers wait has room again. */
  roomMade(now: Instant): void {
    if (this.retryAt === NEVER) this.retryAt = roundAfter(now, RETRY_US);
  }

  private retryVictims(now: Instant): void {
    const { points } = this;
    if (points.active) points.pass("beforeMoveVictims");
    this.retryAt = NEVER;
    const { revision } = this.store;
    for (const watcher of [...this.groups.victims]) {
      // What it has seen, with these events, is all below minRevision.
      if (!watcher.send(watcher.events as readonly StoreEvent[], watcher.minRevision - 1)) continue;
      if (watcher.minRevision <= revision) this.toUnsynced(now, watcher);
      else this.groups.toSynced(watcher);
    }
  }

  private resync(now: Instant): void {
    const { unsynced } = this.groups;
    const { points } = this;
    if (points.active) points.pass("beforeSyncWatchers");
    const before = unsynced.size;
    new ResyncRound(this.store, this.groups).run();
    if (unsynced.size === 0) this.resyncAt = NEVER;
    else if (unsynced.size < before) this.resyncAt = now + YIELD_US;
    else this.resyncAt = roundAfter(now, RESYNC_US);
  }
}

function byKey(events: readonly StoreEvent[]): StoreEvent[] {
  return [...events].sort((a, b) => (a.kv.key < b.kv.key ? -1 : a.kv.key > b.kv.key ? 1 : 0));
}

/** The next of the instants that are multiples of a period: what a ticker of etcd would give. */
function roundAfter(now: Instant, period: number): Instant {
  return now - (now % period) + period;
}

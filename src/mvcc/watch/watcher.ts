import type { WatchCreateRequest } from "../../api/watch-requests.ts";
import type { Digest } from "../../base/digest.ts";
import type { StoreEvent } from "../events.ts";
import type { Channel } from "./channel.ts";

/** What a watcher's stream is given to send on (mvcc.WatchResponse). */
export interface StoreWatchResponse {
  /** null: it speaks for the whole stream. */
  readonly watcher: StoreWatcher | null;
  /** None: a word of progress, or, with a compact revision, that the watcher is cancelled. */
  readonly events: readonly StoreEvent[];
  /** How far the store was; 0 of a cancellation, as in etcd. */
  readonly revision: number;
  /** 0, or the oldest revision that can still be watched. */
  readonly compactRevision: number;
}

/**
 * `synced`: has seen all; told of each write. `unsynced`: reads history, round by round. `victim`:
 * has events that its channel had no room for. `compacted`: was told so; only a cancel is left.
 */
export type WatcherState = "new" | WatcherGroup | "compacted" | "cancelled";
export type WatcherGroup = "synced" | "unsynced" | "victim";

/** Greater than every key, whose chars are at most 0xff. */
const OPEN = "\u0100";

/** One watch of a key or a range (server/storage/mvcc/watchable_store.go, watcher). */
export class StoreWatcher {
  readonly id: number;
  readonly request: WatchCreateRequest;
  readonly channel: Channel<StoreWatchResponse>;
  /** The first key after the range; null: the key alone. */
  readonly high: string | null;
  state: WatcherState = "new";
  /** It was told to have fallen behind, and not yet to have caught up. */
  fellBehind = false;
  /** Whatever its maker knows it by. */
  label = 0;
  /** Events below this revision it has seen, or does not want. */
  minRevision: number;
  /** Came from `synced` with a snapshot: it may wait for a revision that is not there yet. */
  restored = false;
  /** What the transaction or the round under way has for it; of a victim, what has to be sent. */
  events: readonly StoreEvent[] | null = null;
  private readonly noPut: boolean;
  private readonly noDelete: boolean;

  constructor(
    id: number,
    request: WatchCreateRequest,
    channel: Channel<StoreWatchResponse>,
    minRevision: number,
  ) {
    this.id = id;
    this.request = request;
    this.channel = channel;
    this.minRevision = minRevision;
    const { rangeEnd, filters } = request;
    this.high = rangeEnd === "" ? null : rangeEnd === "\0" ? OPEN : rangeEnd;
    this.noPut = filters.includes("NOPUT");
    this.noDelete = filters.includes("NODELETE");
  }

  get key(): string {
    return this.request.key;
  }

  /** Gives events to the stream, without those that are filtered out; false if there is no room. */
  send(events: readonly StoreEvent[], revision: number): boolean {
    const { noPut, noDelete } = this;
    const wanted =
      noPut || noDelete
        ? events.filter(({ type }) => (type === "PUT" ? !noPut : !noDelete))
        : events;
    if (wanted.length === 0) return true;
    return this.channel.offer({ watcher: this, events: wanted, revision, compactRevision: 0 });
  }

  /** Takes what it asked for, how far it has come, and how much waits for it into a fingerprint. */
  digest(into: Digest): void {
    const { id, request, minRevision, state, restored, events } = this;
    into.number(id);
    into.string(request.key);
    into.string(request.rangeEnd);
    into.number(request.startRevision);
    for (const flag of [request.prevKv, request.progressNotify, request.fragment, restored]) {
      into.u32(flag ? 1 : 0);
    }
    into.string(request.filters.join());
    into.number(minRevision);
    into.string(state);
    into.number(events?.length ?? 0);
  }
}

import { Errors } from "../../api/errors.ts";
import type {
  WatchCreateRequest,
  WatchEvent,
  WatchRequest,
  WatchResponse,
} from "../../api/watch-requests.ts";
import { WatchResponse as ResponseMessage } from "../../api/wire/watch.ts";
import { assert } from "../../base/assert.ts";
import type { Digest } from "../../base/digest.ts";
import type { Instant } from "../../base/time.ts";
import { StoreWatchStream } from "../../mvcc/watch/watch-stream.ts";
import type { WatchableStore } from "../../mvcc/watch/watchable-store.ts";
import type { StoreWatcher, StoreWatchResponse } from "../../mvcc/watch/watcher.ts";
import { cancelReason } from "./cancel-reason.ts";
import { fragmentsOf } from "./fragments.ts";
import type { GrpcWatchStreamHost, WatchPermission, WatchServerOptions } from "./options.ts";
import { ProgressNotifier } from "./progress-notifier.ts";

/** What a response about no single watcher has for a watch id (clientv3.InvalidWatchID). */
export const NO_WATCH = -1;

interface ControlResponse {
  readonly response: WatchResponse;
  /** How many responses of the channel go before it, counted from the first. */
  readonly after: number;
}

/** etcd's ctrlStreamBufLen: with so many responses waiting no more requests are read. */
const CONTROL_BUFFER = 16;
/** gRPC's frame around a message. */
const FRAME_BYTES = 5;
const NO_EVENTS: readonly WatchEvent[] = [];

interface Asked {
  readonly request: WatchRequest;
  readonly permission: WatchPermission;
}

/**
 * The server's side of one gRPC watch stream (server/etcdserver/api/v3rpc/watch.go): a receive loop
 * that turns requests into watchers and control responses, and a send loop that stops where the client's
 * window is used up. Then the stream's channel fills, and its watchers become victims.
 *
 * Control responses and the store's go out in the order in which they came about. In etcd, which has two
 * channels, either may overtake the other: events that come before their watch was created it holds
 * back, but a word of progress may come after the creation of a watch that it does not speak for.
 */
export class GrpcWatchStream {
  readonly progress: ProgressNotifier;
  private readonly hub: WatchableStore;
  private readonly stream: StoreWatchStream;
  private readonly options: WatchServerOptions;
  private readonly host: GrpcWatchStreamHost;
  /** Bytes that may still be sent; the last response may have gone beyond. */
  private window: number;
  private readonly requests: Asked[] = [];
  private readonly control: ControlResponse[] = [];
  /** The rest of a response that was split. */
  private parts: readonly WatchResponse[] = [];

  constructor(
    now: Instant,
    hub: WatchableStore,
    options: WatchServerOptions,
    host: GrpcWatchStreamHost,
  ) {
    this.hub = hub;
    this.options = options;
    this.host = host;
    this.window = options.windowBytes;
    this.progress = new ProgressNotifier(now, options.random, options.progressNotifyUs);
    this.stream = new StoreWatchStream(hub, this.receive);
  }

  // ---- the receive loop -------------------------------------------------------------------------

  request(now: Instant, request: WatchRequest, permission: WatchPermission): void {
    this.requests.push({ request, permission });
    this.run(now);
  }

  private read(now: Instant, { request, permission }: Asked): void {
    if (request.type === "create") this.create(now, request.request, permission);
    else if (request.type === "cancel") this.cancel(request.request.watchId);
    // Known mistake M9a: whether the watchers are behind or not: the report overtakes events, and who
    // resumes after it misses them.
    else if (this.hub.mistakes.reportsProgressEarly) this.respond(NO_WATCH, {});
    else this.stream.requestProgressAll();
  }

  private create(now: Instant, asked: WatchCreateRequest, permission: WatchPermission): void {
    // "\0" is the smallest key.
    const request = asked.key === "" ? { ...asked, key: "\0" } : asked;
    const { key, rangeEnd, startRevision, progressNotify } = request;
    if (startRevision < 0 && this.hub.profile.refusesNegativeStart) {
      this.refuse(Errors.compacted.message);
      return;
    }
    const denied = permission(key, rangeEnd);
    if (denied !== null) {
      this.refuse(cancelReason(denied));
      return;
    }
    const watcher = this.stream.watch(now, request);
    if (typeof watcher === "string") {
      this.refuse(watcher);
      return;
    }
    watcher.label = this.options.cause();
    if (progressNotify) this.progress.add(watcher);
    this.respond(watcher.id, { created: true });
  }

  private refuse(reason: string): void {
    this.respond(NO_WATCH, { created: true, canceled: true, cancelReason: reason });
  }

  /** An unknown id is passed over. */
  private cancel(id: number): void {
    const watcher = this.stream.get(id);
    if (watcher === undefined) return;
    this.stream.cancel(id);
    this.progress.delete(watcher);
    this.respond(id, { canceled: true });
  }

  private respond(watchId: number, what: Partial<WatchResponse>): void {
    const response = this.response(watchId, this.hub.revision, NO_EVENTS, what);
    this.control.push({ response, after: this.stream.queued });
  }

  private response(
    watchId: number,
    revision: number,
    events: readonly WatchEvent[],
    what: Partial<WatchResponse>,
  ): WatchResponse {
    return {
      header: this.options.header(revision),
      watchId,
      created: what.created ?? false,
      canceled: what.canceled ?? false,
      compactRevision: what.compactRevision ?? 0,
      cancelReason: what.cancelReason ?? "",
      fragment: false,
      events,
    };
  }

  // ---- the send loop ----------------------------------------------------------------------------

  /** The client has read so many bytes. */
  consumed(now: Instant, bytes: number): void {
    this.window += bytes;
    this.run(now);
  }

  private run(now: Instant): void {
    for (;;) {
      while (this.control.length < CONTROL_BUFFER) {
        const asked = this.requests.shift();
        if (asked === undefined) break;
        this.read(now, asked);
      }
      if (this.window <= 0) return;
      if (!this.sendNext(now)) return;
    }
  }

  /** False if nothing waits. */
  private sendNext(now: Instant): boolean {
    const [part, ...rest] = this.parts;
    if (part !== undefined) {
      this.parts = rest;
      this.push(part);
      return true;
    }
    const [first] = this.control;
    if (first !== undefined && first.after <= this.stream.taken) {
      this.control.shift();
      this.push(first.response);
      return true;
    }
    const response = this.stream.take(now);
    if (response === undefined) return false;
    this.send(response);
    return true;
  }

  /** What the store has to say, if it need not wait for anything. */
  private readonly receive = (response: StoreWatchResponse): boolean => {
    if (this.window <= 0 || this.control.length > 0) return false;
    assert(this.parts.length === 0, "parts of a response wait for nothing but the window");
    this.send(response);
    return true;
  };

  private send({ watcher, events, revision, compactRevision }: StoreWatchResponse): void {
    const { points } = this.hub;
    if (points.active) points.pass("beforeSendWatchResponse");
    if (watcher === null) {
      this.push(this.response(NO_WATCH, revision, NO_EVENTS, {}));
      return;
    }
    const { id, request } = watcher;
    const sent = request.prevKv ? this.withPrevious(events) : events;
    const response = this.response(id, revision, sent, {
      canceled: compactRevision !== 0,
      compactRevision,
    });
    if (events.length > 0) this.progress.sent(watcher);
    if (request.fragment) this.sendParts(fragmentsOf(response, this.options.maxResponseBytes));
    else this.push(response);
  }

  private sendParts(parts: readonly WatchResponse[]): void {
    let sent = 0;
    while (sent < parts.length && this.window > 0) this.push(parts[sent++] as WatchResponse);
    this.parts = parts.slice(sent);
  }

  /** The keys as they were before; of one that was created just then there is no before. */
  private withPrevious(events: readonly WatchEvent[]): WatchEvent[] {
    return events.map((event) => {
      const { type, kv } = event;
      if (type === "PUT" && kv.createRevision === kv.modRevision) return event;
      return { type, kv, prevKv: this.hub.before(event) };
    });
  }

  private push(response: WatchResponse): void {
    const bytes = FRAME_BYTES + ResponseMessage.size(response);
    this.window -= bytes;
    this.host.push(response, bytes);
  }

  // ---- progress and the end ---------------------------------------------------------------------

  notifyProgress(): void {
    this.progress.tick((watcher: StoreWatcher) => this.hub.progress(watcher));
  }

  close(): void {
    this.stream.close();
  }

  /** Takes what it has to read and to send, and its watchers, into a fingerprint. */
  digest(into: Digest): void {
    const { window, requests, control, parts } = this;
    for (const n of [window, requests.length, control.length, parts.length]) into.number(n);
    this.progress.digest(into);
    this.stream.digest(into);
  }
}

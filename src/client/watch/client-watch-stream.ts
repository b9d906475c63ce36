import { type ApiError, Errors } from "../../api/errors.ts";
import type { StreamResponse, WatchCreateRequest, WatchResponse } from "../../api/requests.ts";
import { assert } from "../../base/assert.ts";
import { type Duration, MILLISECOND } from "../../base/time.ts";
import { errorOf, isHalting, isStaleToken } from "../certainty.ts";
import type { ClientConn } from "../client-conn.ts";
import { type Observed, type StreamListener, type TransportStream, UNOBSERVED } from "../ports.ts";
import type { RetryInterceptor } from "../retry-interceptor.ts";
import type { ClientWatcher, Delivery } from "./client-watcher.ts";
import { Fragments } from "./fragments.ts";

/** clientv3's pause before it opens a stream anew: a millisecond, longer by a quarter each time, up to 100. */
const BACKOFF_US: Duration = MILLISECOND;
const BACKOFF_MAX_US: Duration = 100 * MILLISECOND;
/** The watch id of what concerns all watches of a stream, and of a refused one. */
const NO_WATCH = -1;

/** Something that came down the stream: a response, or the end. */
type Unread =
  | { readonly response: WatchResponse; readonly bytes: number }
  | { readonly error: ApiError };

/**
 * One stream with all watchers of a client that want the same of it (client/v3/watch.go
 * watchGrpcStream). Watches are created one at a time, since an answer does not say whose it is. When
 * the stream breaks, all of them are created again on the next member, each from where it stood.
 */
export class ClientWatchStream implements StreamListener {
  private readonly conn: ClientConn;
  private readonly unary: RetryInterceptor;
  private readonly requireLeader: boolean;
  private stream: TransportStream | null = null;
  private opening = false;
  private backoffUs = BACKOFF_US;
  /** Watchers that have an id on this stream. */
  private readonly watchers = new Map<number, ClientWatcher>();
  /** Those that wait for one; null: its user gave up, its creation is still to be answered. */
  private queue: (ClientWatcher | null)[] = [];
  /** The creation of the head of the queue is under way. */
  private creating = false;
  private readonly fragments = new Fragments();
  /** What has come and was not read: responses, and the end. */
  private unread: Unread[] = [];
  private reading = false;

  constructor(conn: ClientConn, unary: RetryInterceptor, requireLeader: boolean) {
    this.conn = conn;
    this.unary = unary;
    this.requireLeader = requireLeader;
  }

  // ---- from the user -----------------------------------------------------------------------------

  add(watcher: ClientWatcher): void {
    this.queue.push(watcher);
    if (this.stream === null) this.open();
    else this.createNext();
  }

  cancel(watcher: ClientWatcher): void {
    // Nobody is to be blamed for what it is not told from now on.
    this.observe(watcher, { response: lastWord(USER_ENDED, watcher), from: 0 }, "canceled");
    watcher.close(null);
    const waiting = this.queue.indexOf(watcher);
    if (waiting === 0 && this.creating) this.queue[0] = null;
    else if (waiting >= 0) this.queue.splice(waiting, 1);
    else if (this.watchers.delete(watcher.watchId)) this.cancelId(watcher.watchId);
    this.leaveIfEmpty();
  }

  /** Asks for a progress report to all watchers. */
  requestProgress(observed: Observed): void {
    this.stream?.request({ type: "progress", request: {} }, observed);
  }

  private leaveIfEmpty(): void {
    if (this.watchers.size > 0 || this.queue.some((watcher) => watcher !== null)) return;
    this.stream?.close();
    this.reset();
  }

  private reset(): void {
    this.stream = null;
    this.creating = false;
    this.queue = this.queue.filter((watcher) => watcher !== null);
    this.unread = [];
    this.fragments.clear();
  }

  // ---- opening -----------------------------------------------------------------------------------

  private open(): void {
    if (this.opening) return;
    this.opening = true;
    const opened = (error: ApiError | null) => {
      this.opening = false;
      if (this.queue.length === 0) return;
      if (error !== null) this.broken(error);
      else this.openSignedIn();
    };
    if (this.conn.signedIn) opened(null);
    else this.unary.signIn(opened);
  }

  private openSignedIn(): void {
    const { conn, requireLeader } = this;
    const { transport } = conn.ports;
    const endpoint = conn.choose();
    const metadata = { token: conn.token, requireLeader };
    const reason = this.queue[0]?.observed ?? UNOBSERVED;
    this.stream = transport.openStream(endpoint, "watch", metadata, reason, this);
    this.createNext();
  }

  private createNext(): void {
    const head = this.queue[0];
    if (this.creating || head === undefined || head === null || this.stream === null) return;
    this.creating = true;
    const request = head.resumption();
    this.stream.request({ type: "create", request }, head.observed);
  }

  private cancelId(watchId: number): void {
    this.stream?.request({ type: "cancel", request: { watchId } }, UNOBSERVED);
  }

  // ---- reading -----------------------------------------------------------------------------------

  onResponse({ type, response }: StreamResponse, bytes: number): void {
    assert(type === "watch", "a response is of its stream's method");
    this.unread.push({ response, bytes });
    this.read();
  }

  onEnd(error: ApiError | null): void {
    assert(error !== null, "watches end by errors alone");
    this.unread.push({ error });
    this.read();
  }

  /** Takes what has come, as fast as the client does. */
  read(): void {
    const { readEveryUs } = this.conn;
    if (this.reading || readEveryUs < 0) return;
    if (readEveryUs === 0) {
      while (this.unread.length > 0) this.readOne();
      return;
    }
    if (this.unread.length === 0) return;
    this.reading = true;
    this.conn.after(readEveryUs, () => {
      this.reading = false;
      // The client may have stopped reading meanwhile.
      if (this.conn.readEveryUs >= 0) this.readOne();
      this.read();
    });
  }

  private readOne(): void {
    const item = this.unread.shift();
    if (item === undefined) return;
    if ("error" in item) {
      this.broken(item.error);
      return;
    }
    this.stream?.consumed(item.bytes);
    this.take(item.response);
  }

  private take(response: WatchResponse): void {
    if (response.created) this.created(response);
    else if (response.canceled) this.canceled(response);
    else {
      const whole = this.fragments.add(response);
      if (whole !== null) this.dispatch(whole);
    }
  }

  // ---- what the responses say --------------------------------------------------------------------

  private created(response: WatchResponse): void {
    const { cancelReason, canceled } = response;
    const refusal = canceled || cancelReason !== "" ? errorOf(cancelReason) : null;
    const { conn } = this;
    if (refusal !== null && conn.credentials !== null && isStaleToken(refusal, true)) {
      conn.signedIn = false;
      this.reopen();
      return;
    }
    const watcher = this.queue.shift();
    this.creating = false;
    if (watcher === null || watcher === undefined) {
      if (refusal === null) this.cancelId(response.watchId);
    } else if (refusal !== null) this.end(watcher, response, refusal);
    else {
      watcher.watchId = response.watchId;
      this.watchers.set(watcher.watchId, watcher);
      const first = !watcher.created.settled;
      watcher.begun(response.header.revision);
      if (first) this.observe(watcher, this.delivery(response), "created");
    }
    this.createNext();
    this.leaveIfEmpty();
  }

  private canceled(response: WatchResponse): void {
    const watcher = this.watchers.get(response.watchId);
    if (watcher === undefined) return;
    this.watchers.delete(response.watchId);
    const { compactRevision, cancelReason } = response;
    // Known mistake C4: it goes on with what is left, and nobody learns of the gap.
    if (compactRevision !== 0 && this.conn.mistakes.hidesCompaction) {
      watcher.nextRevision = compactRevision;
      watcher.watchId = NO_WATCH;
      this.queue.push(watcher);
      this.createNext();
      return;
    }
    const error = compactRevision !== 0 ? Errors.compacted : errorOf(cancelReason);
    this.end(watcher, response, error);
    this.leaveIfEmpty();
    // A member keeps a compacted watcher on its stream until it is told to let it go, and says nothing
    // of the stream's progress meanwhile. clientv3 tells it (closingc). Known mistake C8: nobody does.
    if (!this.conn.mistakes.leavesCompactedWatches) this.cancelId(response.watchId);
  }

  private dispatch(response: WatchResponse): void {
    if (response.watchId === NO_WATCH) {
      for (const watcher of [...this.watchers.values()]) this.give(watcher, response);
      return;
    }
    const watcher = this.watchers.get(response.watchId);
    // Its user has cancelled it: what was under way finds nobody.
    if (watcher !== undefined) this.give(watcher, response);
  }

  private give(watcher: ClientWatcher, response: WatchResponse): void {
    watcher.advance(response);
    const delivery = this.delivery(response);
    this.observe(watcher, delivery, "other");
    watcher.deliver(delivery);
  }

  private end(watcher: ClientWatcher, response: WatchResponse, error: ApiError): void {
    const delivery = this.delivery({ ...response, cancelReason: error.message });
    this.observe(watcher, delivery, "canceled");
    watcher.deliver(delivery);
    watcher.close(error);
  }

  private delivery(response: WatchResponse): Delivery {
    return { response, from: this.stream?.endpoint ?? 0 };
  }

  private observe(
    { observed }: ClientWatcher,
    { response, from }: Delivery,
    kind: "created" | "canceled" | "other",
  ): void {
    this.conn.ports.observer.watchResponse(observed, response, from, kind);
  }

  // ---- breaks ------------------------------------------------------------------------------------

  private broken(error: ApiError): void {
    if (isHalting(error) || error.message === Errors.noLeader.message) {
      this.giveUp(error);
      return;
    }
    const failed = this.stream?.endpoint ?? 0;
    this.suspend();
    if (this.queue.length === 0) return;
    this.conn.leave(failed);
    const us = this.backoffUs;
    this.backoffUs = Math.min(BACKOFF_MAX_US, us + Math.floor(us / 4));
    this.opening = true;
    this.conn.after(us, () => {
      this.opening = false;
      if (this.stream === null && this.queue.length > 0) this.open();
    });
  }

  /** Begins a new stream at once, on the same member. */
  private reopen(): void {
    this.stream?.close();
    this.suspend();
    this.open();
  }

  /** All watchers wait to be created again. */
  private suspend(): void {
    for (const watcher of this.watchers.values()) {
      watcher.watchId = NO_WATCH;
      this.queue.push(watcher);
    }
    this.watchers.clear();
    this.reset();
  }

  /** What no other member would do better, or nobody leads. */
  private giveUp(error: ApiError): void {
    const ending = [...this.watchers.values(), ...this.queue];
    const from = this.stream?.endpoint ?? 0;
    this.watchers.clear();
    this.queue = [];
    this.reset();
    for (const watcher of ending) {
      if (watcher === null) continue;
      const delivery: Delivery = { response: lastWord(error, watcher), from };
      this.observe(watcher, delivery, "canceled");
      watcher.deliver(delivery);
      watcher.close(error);
    }
  }
}

/** How Go says that the user gave up. */
const USER_ENDED: ApiError = { code: "Canceled", message: "context canceled" };

/** The response that clientv3 makes up where the stream ended without one. */
function lastWord(error: ApiError, watcher: ClientWatcher): WatchResponse {
  return {
    header: { clusterId: 0n, memberId: 0n, revision: 0, raftTerm: 0 },
    watchId: watcher.watchId,
    created: false,
    canceled: true,
    compactRevision: 0,
    cancelReason: error.message,
    fragment: false,
    events: [],
  };
}

/** A watch's request with all that is not given left at its default. */
export function watchRequest(
  key: string,
  options: Partial<WatchCreateRequest> = {},
): WatchCreateRequest {
  return {
    key,
    rangeEnd: options.rangeEnd ?? "",
    startRevision: options.startRevision ?? 0,
    progressNotify: options.progressNotify ?? false,
    filters: options.filters ?? [],
    prevKv: options.prevKv ?? false,
    watchId: 0,
    fragment: options.fragment ?? false,
  };
}

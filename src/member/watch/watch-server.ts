import type { ApiError } from "../../api/errors.ts";
import type { WatchRequest } from "../../api/watch-requests.ts";
import { assert } from "../../base/assert.ts";
import type { Digest } from "../../base/digest.ts";
import { type Instant, NEVER } from "../../base/time.ts";
import type { Store } from "../../mvcc/store.ts";
import { WatchableStore } from "../../mvcc/watch/watchable-store.ts";
import { GrpcWatchStream } from "./grpc-watch-stream.ts";
import type { GrpcWatchStreamHost, WatchPermission, WatchServerOptions } from "./options.ts";

interface Open {
  readonly stream: GrpcWatchStream;
  readonly host: GrpcWatchStreamHost;
}

/**
 * The Watch service of one member process. All calls are synchronous; what clients are told goes to
 * their stream's host at once, as far as its window allows. The member looks at
 * {@link WatchServer.due} after each call, and calls {@link WatchServer.run} then.
 */
export class WatchServer {
  readonly hub: WatchableStore;
  private readonly options: WatchServerOptions;
  private readonly streams = new Map<number, Open>();
  /** No progress notification is due before; perhaps none then either. */
  private progressAt: Instant = NEVER;

  constructor(store: Store, options: WatchServerOptions) {
    this.hub = new WatchableStore(store, options.moved);
    this.options = options;
  }

  get size(): number {
    return this.streams.size;
  }

  open(now: Instant, streamId: number, host: GrpcWatchStreamHost): void {
    assert(!this.streams.has(streamId), "a stream's id is its own");
    const random = this.options.random.fork(`watch stream ${streamId}`);
    const stream = new GrpcWatchStream(now, this.hub, { ...this.options, random }, host);
    this.streams.set(streamId, { stream, host });
  }

  /** A request of a stream that is over is too late: nobody listens. */
  request(
    now: Instant,
    streamId: number,
    request: WatchRequest,
    permission: WatchPermission,
  ): void {
    const open = this.streams.get(streamId);
    if (open === undefined) return;
    open.stream.request(now, request, permission);
    this.lookAtProgress(now, open.stream);
  }

  /** The client has read so many bytes of what was pushed. */
  consumed(now: Instant, streamId: number, bytes: number): void {
    const open = this.streams.get(streamId);
    if (open === undefined) return;
    open.stream.consumed(now, bytes);
    // A create that had to wait may have been read only now.
    this.lookAtProgress(now, open.stream);
  }

  /** The client has gone; nothing more is said. */
  close(streamId: number): void {
    this.streams.get(streamId)?.stream.close();
    this.streams.delete(streamId);
  }

  /** Ends one stream with an error, as where its client wants a leader and there is none. */
  end(streamId: number, error: ApiError): void {
    const open = this.streams.get(streamId);
    if (open === undefined) return;
    this.close(streamId);
    open.host.end(error);
  }

  /** After each write transaction, before anything else is done to the store. */
  afterWrite(): void {
    this.hub.afterWrite();
  }

  /** A snapshot was taken over. */
  storeReplaced(now: Instant, store: Store): void {
    this.hub.storeReplaced(now, store);
  }

  /** When {@link WatchServer.run} has something to do, or NEVER. */
  due(): Instant {
    const due = this.hub.due();
    return due < this.progressAt ? due : this.progressAt;
  }

  run(now: Instant): void {
    this.hub.run(now);
    if (now < this.progressAt) return;
    const ticking = this.progressAt;
    this.progressAt = NEVER;
    for (const { stream } of this.streams.values()) {
      // Those whose tick lies in (ticking - 1, now].
      if (stream.progress.next(ticking - 1) <= now) stream.notifyProgress();
      this.lookAtProgress(now, stream);
    }
  }

  /** Takes its streams into a fingerprint, in the order in which they were opened; none is nothing. */
  digest(into: Digest): void {
    if (this.streams.size === 0) return;
    into.number(this.streams.size);
    this.hub.digest(into);
    for (const [streamId, { stream }] of this.streams) {
      into.number(streamId);
      stream.digest(into);
    }
  }

  private lookAtProgress(now: Instant, { progress }: GrpcWatchStream): void {
    const next = progress.next(now);
    if (next < this.progressAt) this.progressAt = next;
  }
}

import type { ApiError } from "../../api/errors.ts";
import { serverReceiveLimit } from "../../api/grpc-limits.ts";
import type { StreamRequest } from "../../api/requests.ts";
import { assert } from "../../base/assert.ts";
import type { Digest } from "../../base/digest.ts";
import type { Instant } from "../../base/time.ts";
import type { ServerContext } from "../rpc/server-context.ts";
import type { EndStream, StreamHandler } from "../rpc/stream-interceptor.ts";
import { WATCH_DEFAULTS } from "../watch/options.ts";
import { WatchServer } from "../watch/watch-server.ts";

/** The Watch service: who may watch what, on which streams (server/etcdserver/api/v3rpc/watch.go). */
export class WatchService implements StreamHandler {
  private readonly context: ServerContext;
  private readonly endStream: EndStream;
  private readonly server: WatchServer;
  private readonly tokens = new Map<number, string>();

  constructor(context: ServerContext, end: EndStream) {
    this.context = context;
    this.endStream = end;
    const { machine, config, host } = context;
    this.server = new WatchServer(machine.store, {
      ...WATCH_DEFAULTS,
      header: (revision) => ({ ...context.header(), revision }),
      random: host.random.fork("watches"),
      maxResponseBytes: serverReceiveLimit(config.maxRequestBytes),
      progressNotifyUs: config.watchProgressUs,
      cause: () => host.cause,
      moved: ({ label }, group, next) => machine.tracer.watcherMoved(label, group, next),
    });
  }

  /** How many watchers have not been told all yet. */
  get behind(): number {
    return this.server.hub.behind;
  }

  open(streamId: number, token: string): void {
    const { context } = this;
    this.tokens.set(streamId, token);
    this.server.open(context.now, streamId, {
      push: (response, bytes) => context.host.push(streamId, { type: "watch", response }, bytes),
      end: (error) => {
        this.tokens.delete(streamId);
        this.endStream(streamId, error);
      },
    });
  }

  request(streamId: number, request: StreamRequest): void {
    const { context, server } = this;
    assert(
      request.type !== "leaseKeepAlive" && request.type !== "rangeStream",
      "a request is of its stream's method",
    );
    if (request.type !== "create") {
      server.request(context.now, streamId, request, () => null);
      return;
    }
    context.userOf(this.tokens.get(streamId) ?? "", (user) =>
      server.request(context.now, streamId, request, (key, rangeEnd) =>
        "code" in user ? user : context.machine.checker.checkWatch(user, key, rangeEnd),
      ),
    );
  }

  consumed(streamId: number, bytes: number): void {
    this.server.consumed(this.context.now, streamId, bytes);
  }

  close(streamId: number): void {
    this.server.close(streamId);
    this.tokens.delete(streamId);
  }

  end(streamId: number, error: ApiError): void {
    this.server.end(streamId, error);
  }

  /** A write transaction was applied. */
  written(): void {
    this.server.afterWrite();
  }

  /** A snapshot's store took the place of the one before. */
  storeReplaced(): void {
    this.server.storeReplaced(this.context.now, this.context.machine.store);
  }

  due(): Instant {
    return this.server.due();
  }

  run(): void {
    this.server.run(this.context.now);
  }

  digest(into: Digest): void {
    this.server.digest(into);
    // Who may open watches on a stream.
    for (const token of this.tokens.values()) into.string(token);
  }
}

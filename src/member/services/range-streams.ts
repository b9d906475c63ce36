import { type ApiError, Errors } from "../../api/errors.ts";
import { STREAM_WINDOW_BYTES } from "../../api/grpc-limits.ts";
import type { RangeChunk, RangeRequest, StreamRequest } from "../../api/requests.ts";
import * as wire from "../../api/wire/kv.ts";
import { assert } from "../../base/assert.ts";
import type { Digest } from "../../base/digest.ts";
import { apiErrorOf } from "../../mvcc/kv/apply-error.ts";
import { checkRangeStream, RangeStream } from "../../mvcc/kv/range-stream.ts";
import type { ServerContext } from "../rpc/server-context.ts";
import type { EndStream, StreamHandler } from "../rpc/stream-interceptor.ts";

interface OpenStream {
  readonly token: string;
  /** Null: not asked yet, or its turn to read has not come. */
  range: RangeStream | null;
  /** The revision of auth at which its user was found to be allowed; 0: auth was off. */
  authRevision: number;
  /** What is under way to the client, in bytes. */
  unread: number;
}

/**
 * KV.RangeStream (server/etcdserver/api/v3rpc/key.go, 3.7): each part is read from the store when there is room for it in
 * the stream's window, so that a slow client holds nothing up, and a compaction may overtake it.
 */
export class RangeStreams implements StreamHandler {
  private readonly context: ServerContext;
  private readonly endStream: EndStream;
  private readonly streams = new Map<number, OpenStream>();

  constructor(context: ServerContext, end: EndStream) {
    this.context = context;
    this.endStream = end;
  }

  open(streamId: number, token: string): void {
    this.streams.set(streamId, { token, range: null, authRevision: 0, unread: 0 });
  }

  request(streamId: number, query: StreamRequest): void {
    assert(query.type === "rangeStream", "a request is of its stream's method");
    const { request } = query;
    const error = checkRangeStream(request);
    if (error !== null) this.end(streamId, error);
    else if (request.serializable) this.begin(streamId, request);
    else {
      this.context.upToDate(
        () => this.begin(streamId, request),
        (failed) => this.end(streamId, failed),
      );
    }
  }

  /** Looks who asks, once: what changes about users meanwhile is found out when all was sent. */
  private begin(streamId: number, request: RangeRequest): void {
    const { context } = this;
    const stream = this.streams.get(streamId);
    if (stream === undefined) return;
    context.userOf(stream.token, (user) => {
      const error =
        "code" in user ? user : context.machine.checker.check(user, { type: "range", request });
      // It may have been closed while it waited.
      if (!this.streams.has(streamId)) return;
      if (error !== null || "code" in user) {
        this.end(streamId, error);
        return;
      }
      stream.authRevision = user.revision;
      stream.range = new RangeStream(request, context.config.maxRequestBytes);
      this.send(streamId, stream, stream.range);
    });
  }

  /** Sends parts while there is room. */
  private send(streamId: number, stream: OpenStream, range: RangeStream): void {
    const { host, machine } = this.context;
    while (!range.done && stream.unread < STREAM_WINDOW_BYTES) {
      let chunk: RangeChunk;
      try {
        chunk = range.next(machine.store);
      } catch (thrown) {
        this.end(streamId, apiErrorOf(thrown));
        return;
      }
      const response = { rangeResponse: { ...chunk, header: this.headerOf(chunk) } };
      const bytes = wire.RangeStreamResponse.size(response);
      stream.unread += bytes;
      host.push(streamId, { type: "rangeStream", response }, bytes);
    }
    if (range.done) this.end(streamId, this.staleUser(stream));
  }

  /** Who answers, and its term. */
  private headerOf({ header }: RangeChunk): RangeChunk["header"] {
    return header === null ? null : { ...this.context.header(), revision: header.revision };
  }

  /** Permissions may have changed while it was sent: the client is told, although it has all. */
  private staleUser({ authRevision }: OpenStream): ApiError | null {
    const { auth } = this.context.machine;
    return authRevision !== 0 && authRevision !== auth.revision ? Errors.authOldRevision : null;
  }

  consumed(streamId: number, bytes: number): void {
    const stream = this.streams.get(streamId);
    if (stream === undefined) return;
    stream.unread -= bytes;
    if (stream.range !== null) this.send(streamId, stream, stream.range);
  }

  close(streamId: number): void {
    this.streams.delete(streamId);
  }

  end(streamId: number, error: ApiError | null): void {
    if (this.streams.delete(streamId)) this.endStream(streamId, error);
  }

  digest(into: Digest): void {
    for (const { token, range, unread } of this.streams.values()) {
      into.string(token);
      into.u32(range === null ? 0 : 1);
      into.u32(unread);
    }
  }
}

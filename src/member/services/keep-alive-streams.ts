import type { ApiError } from "../../api/errors.ts";
import type { KeepAliveQuery, StreamRequest } from "../../api/requests.ts";
import { assert } from "../../base/assert.ts";
import type { Digest } from "../../base/digest.ts";
import type { MemberHost } from "../host.ts";
import type { EndStream, StreamHandler } from "../rpc/stream-interceptor.ts";
import type { LeaseService } from "./lease.ts";

/** A request that was not read yet, and the step in which it came: for the trace. */
interface Waiting {
  readonly query: KeepAliveQuery;
  readonly cause: number;
}

interface OpenStream {
  readonly token: string;
  readonly waiting: Waiting[];
  /** One request is being served. */
  busy: boolean;
}

/**
 * The server's side of keep-alive streams (v3rpc/lease.go leaseKeepAlive): read a request, renew the
 * lease, answer, read the next one. So a renewal that waits for a leader makes all others of its stream
 * wait, and one that fails ends the stream for all of them. That a lease is gone is an answer, no failure.
 */
export class KeepAliveStreams implements StreamHandler {
  private readonly host: Pick<MemberHost, "cause" | "push">;
  private readonly lease: Pick<LeaseService, "keepAlive">;
  private readonly endStream: EndStream;
  private readonly streams = new Map<number, OpenStream>();

  constructor(
    host: Pick<MemberHost, "cause" | "push">,
    lease: Pick<LeaseService, "keepAlive">,
    end: EndStream,
  ) {
    this.host = host;
    this.lease = lease;
    this.endStream = end;
  }

  open(streamId: number, token: string): void {
    this.streams.set(streamId, { token, waiting: [], busy: false });
  }

  request(streamId: number, query: StreamRequest): void {
    assert(query.type === "leaseKeepAlive", "a request is of its stream's method");
    const { cause } = this.host;
    this.streams.get(streamId)?.waiting.push({ query, cause });
    this.serve(streamId);
  }

  /** Answers are small, and the client always reads: their window is not reckoned with. */
  consumed(): void {}

  close(streamId: number): void {
    this.streams.delete(streamId);
  }

  end(streamId: number, error: ApiError): void {
    this.streams.delete(streamId);
    this.endStream(streamId, error);
  }

  digest(into: Digest): void {
    for (const { token, waiting, busy } of this.streams.values()) {
      into.string(token);
      into.u32(busy ? 1 : 0);
      into.u32(waiting.length);
      for (const { query } of waiting) into.string(query.request.id.toString());
    }
  }

  private serve(streamId: number): void {
    const stream = this.streams.get(streamId);
    if (stream === undefined || stream.busy) return;
    const next = stream.waiting.shift();
    if (next === undefined) return;
    stream.busy = true;
    const { host } = this;
    const { cause } = host;
    host.cause = next.cause;
    this.lease.keepAlive(stream.token, next.query.request, {
      done: (response) => {
        stream.busy = false;
        // The stream may have ended meanwhile; the lease is renewed all the same.
        if (!this.streams.has(streamId)) return;
        host.push(streamId, { type: "leaseKeepAlive", response }, 0);
        this.serve(streamId);
      },
      fail: (error) => {
        if (this.streams.has(streamId)) this.end(streamId, error);
      },
    });
    host.cause = cause;
  }
}

import { type ApiError, Errors } from "../../api/errors.ts";
import type { LeaseKeepAliveResponse, StreamResponse } from "../../api/requests.ts";
import { assert } from "../../base/assert.ts";
import { didNotHappen, REFUSED } from "../certainty.ts";
import type { ClientConn } from "../client-conn.ts";
import { type Observed, type StreamListener, type TransportStream, UNOBSERVED } from "../ports.ts";

/** Who is handed what comes of a stream. */
export interface KeepAliveListener {
  renewed(response: LeaseKeepAliveResponse): void;
  /** Nothing more comes. */
  ended(error: ApiError): void;
}

/** A keep-alive that was sent, and not answered yet. */
interface Sent {
  readonly id: bigint;
  readonly observed: Observed;
}

/**
 * One stream of keep-alives, to one member. Each request is a call of its own for who observes. None has a
 * time limit: only the end of the stream ends what waits on it.
 */
export class KeepAliveStream implements StreamListener {
  readonly endpoint: number;
  private readonly conn: ClientConn;
  private readonly listener: KeepAliveListener;
  private readonly stream: TransportStream;
  /** In the order of sending, in which the member answers. */
  private readonly waiting: Sent[] = [];

  constructor(conn: ClientConn, requireLeader: boolean, listener: KeepAliveListener) {
    this.conn = conn;
    this.listener = listener;
    this.endpoint = conn.choose();
    const metadata = { token: conn.token, requireLeader };
    this.stream = conn.ports.transport.openStream(
      this.endpoint,
      "leaseKeepAlive",
      metadata,
      UNOBSERVED,
      this,
    );
  }

  send(id: bigint): void {
    const { observer } = this.conn.ports;
    const request = { type: "leaseKeepAlive", request: { id } } as const;
    const observed = observer.invoke(request);
    this.waiting.push({ id, observed });
    observer.attempt(observed, this.endpoint, 1, null);
    this.stream.request(request, observed);
  }

  /** The client needs it no more. */
  close(): void {
    this.stream.close();
    this.fail(Errors.canceled);
  }

  onResponse({ type, response }: StreamResponse): void {
    assert(type === "leaseKeepAlive", "a response is of its stream's method");
    const sent = this.waiting.shift();
    assert(sent?.id === response.id, "keep-alives are answered in their order");
    this.conn.ports.observer.complete(sent.observed, "ok", { type, response }, null);
    this.listener.renewed(response);
  }

  onEnd(error: ApiError | null): void {
    assert(error !== null, "keep-alives end by errors alone");
    this.fail(error);
    this.listener.ended(error);
  }

  /** All that waits will not be answered. It may have been done all the same. */
  private fail(error: ApiError): void {
    const { observer } = this.conn.ports;
    const outcome = didNotRenew(error) ? "fail" : "ambiguous";
    for (const { observed } of this.waiting) observer.complete(observed, outcome, null, error);
    this.waiting.length = 0;
  }
}

/** That nobody leads is said of a stream at any time: what waits on it may have been done before. */
function didNotRenew(error: ApiError): boolean {
  return error === REFUSED || (error.code !== "Unavailable" && didNotHappen(error));
}

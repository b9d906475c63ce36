import { type ApiError, Errors } from "../../api/errors.ts";
import type { LeaseKeepAliveResponse, StreamResponse } from "../../api/requests.ts";
import { assert } from "../../base/assert.ts";
import type { ClientWorld } from "../../sim/transport/client-world.ts";
import type { Connections } from "../../sim/transport/connections.ts";
import type { StreamEnd, StreamPipe } from "../../sim/transport/stream-pipe.ts";
import { emitAttempt, emitComplete, emitInvoke } from "../../sim/transport/trace-call.ts";
import type { Caller } from "../caller.ts";
import { didNotHappen, REFUSED } from "../certainty.ts";

/** What keep-alive streams need of their client. */
export interface KeepAliveHost {
  readonly world: ClientWorld;
  readonly caller: Caller;
  readonly streams: Connections;
  /** The number of the next operation. */
  nextOp(): number;
}

/** Who hears what comes of a stream. */
export interface KeepAliveListener {
  renewed(response: LeaseKeepAliveResponse): void;
  /** Nothing more comes. */
  ended(error: ApiError): void;
}

/** A keep-alive that was sent, and not answered yet. */
interface Sent {
  readonly id: bigint;
  readonly op: number;
}

/**
 * One stream of keep-alives, to one member. Each request is an operation of its own for the trace. None
 * has a time limit: only the end of the stream ends what waits on it.
 */
export class KeepAliveStream implements StreamEnd {
  readonly member: number;
  private readonly host: KeepAliveHost;
  private readonly listener: KeepAliveListener;
  private readonly pipe: StreamPipe;
  /** In the order of sending, in which the member answers. */
  private readonly waiting: Sent[] = [];

  constructor(host: KeepAliveHost, requireLeader: boolean, listener: KeepAliveListener) {
    const { caller, streams, world } = host;
    this.host = host;
    this.listener = listener;
    this.member = caller.choose(world.memberIds());
    this.pipe = streams.open("leaseKeepAlive", caller, this.member, requireLeader, this, 0);
  }

  send(id: bigint): void {
    const { world, caller, streams, nextOp } = this.host;
    const query = { type: "leaseKeepAlive", request: { id } } as const;
    const op = nextOp();
    this.waiting.push({ id, op });
    const cause = emitInvoke(world, caller.id, op, query);
    emitAttempt(world, caller.id, op, this.member, 1, cause, null);
    streams.request(this.pipe, query, cause, op);
  }

  /** The client needs it no more. */
  close(): void {
    this.host.streams.close(this.pipe);
    this.fail(Errors.canceled);
  }

  pushed({ type, response }: StreamResponse): void {
    assert(type === "leaseKeepAlive", "a response is of its stream's method");
    const { world, caller } = this.host;
    const sent = this.waiting.shift();
    assert(sent?.id === response.id, "keep-alives are answered in their order");
    emitComplete(world, caller.id, sent.op, "ok", { type, response }, null);
    this.listener.renewed(response);
  }

  ended(error: ApiError): void {
    this.fail(error);
    this.listener.ended(error);
  }

  /** All that waits will not be answered. It may have been done all the same. */
  private fail(error: ApiError): void {
    const { world, caller } = this.host;
    const outcome = didNotRenew(error) ? "fail" : "ambiguous";
    for (const { op } of this.waiting) emitComplete(world, caller.id, op, outcome, null, error);
    this.waiting.length = 0;
  }
}

/** That nobody leads is said of a stream at any time: what waits on it may have been done before. */
function didNotRenew(error: ApiError): boolean {
  return error === REFUSED || (error.code !== "Unavailable" && didNotHappen(error));
}

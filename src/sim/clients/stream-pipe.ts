import type { ApiError } from "../../api/errors.ts";
import type { StreamRequest, StreamResponse } from "../../api/requests.ts";
import type { Instant } from "../../base/time.ts";
import {
  type Observed,
  type StreamListener,
  type Timer,
  type TransportStream,
  UNOBSERVED,
} from "../../client/ports.ts";
import type { StreamInput } from "../../member/protocol.ts";
import type { ClientProcess } from "./client-process.ts";

/** What goes up a stream. */
export interface Upward {
  readonly input: StreamInput;
  /** What made the client send it: of a keep-alive the call that it is. */
  readonly observed: Observed;
}

/** What comes down a stream: a response, or the end. */
export interface Downward {
  /** null: the end. */
  readonly response: StreamResponse | null;
  readonly bytes: number;
  /** What it ends with; null: all was said. */
  readonly error: ApiError | null;
}

/** Who carries what is sent up a stream. */
export interface StreamCarrier {
  sendUp(pipe: StreamPipe, input: StreamInput, observed: Observed): void;
  closed(pipe: StreamPipe): void;
}

/** One stream between a client and a member: first in, first out in both directions, as TCP. */
export class StreamPipe implements TransportStream {
  readonly id: number;
  readonly process: ClientProcess;
  readonly endpoint: number;
  readonly listener: StreamListener;
  /** The life of the member's process that took it up; 0: it has not got there yet. */
  life = 0;
  /** The client still listens. */
  open = true;
  /** The process at the other end is gone, and the client does not know it yet. */
  dead = false;
  /** When the last packet of each direction arrives: none may overtake it. */
  upAt: Instant = 0;
  downAt: Instant = 0;
  /** What waits while client and member can't reach each other. */
  heldUp: Upward[] = [];
  heldDown: Downward[] = [];
  /** When something last came from the member. */
  lastReceivedAt: Instant;
  /** Runs while pings would find no answer: the client breaks the connection then. */
  pingTimer: Timer | null = null;
  private readonly carrier: StreamCarrier;

  constructor(
    id: number,
    process: ClientProcess,
    endpoint: number,
    listener: StreamListener,
    carrier: StreamCarrier,
    now: Instant,
  ) {
    this.id = id;
    this.process = process;
    this.endpoint = endpoint;
    this.listener = listener;
    this.carrier = carrier;
    this.lastReceivedAt = now;
  }

  request(request: StreamRequest, observed: Observed): void {
    this.sendUp({ kind: "request", streamId: this.id, request }, observed);
  }

  consumed(bytes: number): void {
    this.sendUp({ kind: "consumed", streamId: this.id, bytes }, UNOBSERVED);
  }

  close(): void {
    if (!this.open) return;
    this.sendUp({ kind: "close", streamId: this.id }, UNOBSERVED);
    this.open = false;
    this.carrier.closed(this);
  }

  private sendUp(input: StreamInput, observed: Observed): void {
    if (this.open) this.carrier.sendUp(this, input, observed);
  }

  stopPingTimer(): void {
    this.pingTimer?.cancel();
    this.pingTimer = null;
  }
}

/** Something under way on a stream, in one of both directions. */
export interface StreamPacket {
  readonly pipe: StreamPipe;
  readonly up: Upward | null;
  readonly down: Downward | null;
}

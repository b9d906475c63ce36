import type { ApiError } from "../../api/errors.ts";
import type { StreamResponse } from "../../api/requests.ts";
import type { EventId } from "../../base/event-queue.ts";
import type { Instant } from "../../base/time.ts";
import type { Caller } from "../../client/caller.ts";
import type { StreamInput } from "../../member/protocol.ts";

/** The client's end of a stream. */
export interface StreamEnd {
  /** `bytes` is what it takes of the stream's window until it is consumed. */
  pushed(response: StreamResponse, bytes: number): void;
  /** Nothing more comes: the member said so, or the connection broke. */
  ended(error: ApiError): void;
}

/** What goes up a stream. */
export interface Upward {
  readonly input: StreamInput;
  /** Trace seq of what made the client say it. */
  readonly cause: number;
  /** The operation that a request is, whose arrival is told; 0: none. */
  readonly op: number;
}

/** What comes down a stream: a response, or the end. */
export interface Downward {
  readonly response: StreamResponse | null;
  readonly bytes: number;
  readonly error: ApiError | null;
}

/** One stream between a client and a member: first in, first out in both directions, as TCP. */
export class StreamPipe {
  readonly id: number;
  readonly caller: Caller;
  readonly member: number;
  readonly end: StreamEnd;
  /** The life of the member's process that took it up; 0: it has not got there yet. */
  life = 0;
  /** The client still listens. */
  open = true;
  /** The process at the other end is gone, and the client does not know it yet. */
  dead = false;
  /** When the last packet of each direction arrives: none may overtake it. */
  upAt: Instant = 0;
  downAt: Instant = 0;
  /** What waits while client and member can't hear each other. */
  heldUp: Upward[] = [];
  heldDown: Downward[] = [];
  /** When the client last heard from the member. */
  heardAt: Instant;
  /** Runs while the member is silent: the client gives the connection up then. */
  silence: EventId = 0;

  constructor(id: number, caller: Caller, member: number, end: StreamEnd, now: Instant) {
    this.id = id;
    this.caller = caller;
    this.member = member;
    this.end = end;
    this.heardAt = now;
  }
}

/** Something under way on a stream, in one of both directions. */
export interface StreamPacket {
  readonly pipe: StreamPipe;
  readonly up: Upward | null;
  readonly down: Downward | null;
}

import type { ApiError } from "../api/errors.ts";
import type { Reply } from "../api/reply.ts";
import type { ServiceRequest, ServiceResponse } from "../api/requests.ts";
import type { EventId } from "../base/event-queue.ts";
import type { Duration, Instant } from "../base/time.ts";
import type { ClientOperation, Outcome } from "../sim/operation.ts";
import type { Caller } from "./caller.ts";
import type { RetryPolicy } from "./retry-policy.ts";

/** One call of a client, from `invoke` to `complete`, over as many attempts as it takes. */
export class Call {
  readonly caller: Caller;
  /** Unique in the run. */
  readonly op: number;
  readonly request: ServiceRequest;
  readonly policy: RetryPolicy;
  readonly timeoutUs: Duration;
  readonly pinned: boolean;
  readonly done: (call: Call) => void;
  /** The operation that it carries out, where it was asked for as one. */
  readonly operation: ClientOperation | null;
  /** The member to try next; 0: the client's endpoint. */
  to: number;
  outcome: Outcome = "pending";
  response: ServiceResponse | null = null;
  /** What it ended with; while it is pending, what the last attempt ended with. */
  error: ApiError | null = null;
  attempts = 0;
  /** An attempt ended of which nobody knows whether it took effect. */
  doubt = false;
  /** Seq of its `invoke`. */
  invokeSeq = 0;
  /** The attempt under way. */
  attempt: Attempt | null = null;
  /** The pending retry or the end of the time it was given. */
  retryTimer: EventId = 0;
  deadlineTimer: EventId = 0;
  /** When that is, by the client's clock. */
  deadline: Instant = Number.POSITIVE_INFINITY;

  constructor(
    caller: Caller,
    op: number,
    request: ServiceRequest,
    policy: RetryPolicy,
    timeoutUs: Duration,
    to: number,
    pinned: boolean,
    operation: ClientOperation | null,
    done: (call: Call) => void,
  ) {
    this.caller = caller;
    this.op = op;
    this.request = request;
    this.policy = policy;
    this.timeoutUs = timeoutUs;
    this.to = to;
    this.pinned = pinned;
    this.operation = operation;
    this.done = done;
  }
}

/** One try of a call at one member. */
export interface Attempt {
  readonly call: Call;
  readonly callId: number;
  readonly to: number;
  /** The token it carries. */
  readonly token: string;
  /** How long the client waits, as it tells the member (grpc-timeout). */
  readonly timeoutUs: Duration;
  /** When it gets to the member. */
  readonly arrivesAt: Instant;
  timer: EventId;
  /** The client still listens for its reply. */
  open: boolean;
  /** It reached the member: from here on nobody knows what became of it unless a reply comes. */
  delivered: boolean;
}

/** `reply` null: the connection was refused or lost before one came. */
export interface ClientReply {
  readonly attempt: Attempt;
  readonly reply: Reply<ServiceResponse> | null;
  readonly refused: boolean;
}

import type { ApiError } from "../api/errors.ts";
import type { ServiceRequest, ServiceResponse } from "../api/requests.ts";
import { type Duration, type Instant, NEVER } from "../base/time.ts";
import type { Outcome } from "./outcome.ts";
import type { Observed, Timer, TransportCall } from "./ports.ts";
import { CLIENTV3, type RetryPolicy } from "./retry-policy.ts";

/**
 * How one call differs from what its client does by default.
 *
 * @public
 */
export interface CallOptions {
  /** The endpoint to try first. */
  readonly to?: number;
  /** Never another. */
  readonly pin?: boolean;
  /** A range comes in parts (RangeStream of 3.7). */
  readonly stream?: boolean;
  /** For one attempt; the client's unless told. */
  readonly timeoutUs?: Duration;
  /** For the whole call; 0: no end. */
  readonly deadlineUs?: Duration;
  /** clientv3's unless told. */
  readonly policy?: RetryPolicy;
}

/** One call of a client, from its beginning to its outcome, over as many attempts as it takes. */
export class Call {
  readonly request: ServiceRequest;
  readonly observed: Observed;
  readonly done: (call: Call) => void;
  readonly policy: RetryPolicy;
  /** For one attempt. */
  readonly timeoutUs: Duration;
  readonly pinned: boolean;
  readonly streams: boolean;
  /** The endpoint to try next; 0: the client's. */
  to: number;
  outcome: Outcome = "pending";
  response: ServiceResponse | null = null;
  /** What it ended with; while it is pending, what the last attempt ended with. */
  error: ApiError | null = null;
  attempts = 0;
  /** An attempt ended of which nobody knows whether it took effect. */
  doubt = false;
  /** The one under way. */
  attempt: Attempt | null = null;
  /** The pause before the next attempt, and the end of the time that the call was given. */
  retryTimer: Timer | null = null;
  deadlineTimer: Timer | null = null;
  /** When that is, by the client's clock. */
  deadline: Instant = NEVER;

  constructor(
    request: ServiceRequest,
    observed: Observed,
    done: (call: Call) => void,
    options: CallOptions,
    timeoutUs: Duration,
  ) {
    this.request = request;
    this.observed = observed;
    this.done = done;
    this.policy = options.policy ?? CLIENTV3;
    this.timeoutUs = options.timeoutUs ?? timeoutUs;
    this.pinned = options.pin ?? false;
    this.streams = options.stream ?? false;
    this.to = options.to ?? 0;
  }

  /** What the observer calls it. */
  get id(): number {
    return this.observed.id;
  }
}

/** One try of a call at one endpoint. */
export interface Attempt {
  readonly endpoint: number;
  /** The token it carries. */
  readonly token: string;
  /** Null: gRPC refused to send it. */
  readonly sent: TransportCall | null;
  /** Runs until the client gives the attempt up. */
  readonly timer: Timer;
}

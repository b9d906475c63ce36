import type { LeaseCheckpointRequest } from "../api/requests.ts";
import { type Duration, type Instant, MINUTE, SECOND } from "../base/time.ts";
import type { LeaseMistakes } from "../museum/lease.ts";
import { NO_MISTAKES } from "../museum/switches.ts";

export interface LessorOptions {
  /** Seconds; shorter TTLs are raised to it. */
  readonly minTtl: number;
  /** Leases revoked in a second. */
  readonly revokeRate: number;
  /** After so long a revoke that has not happened is asked for again. */
  readonly revokeRetryUs: Duration;
  readonly checkpointIntervalUs: Duration;
  /** Checkpoints in one proposal. */
  readonly checkpointBatch: number;
  /** Known mistakes to make on purpose. */
  readonly mistakes: LeaseMistakes;
}

export const LESSOR_DEFAULTS: LessorOptions = {
  minTtl: 2,
  revokeRate: 1000,
  revokeRetryUs: 3 * SECOND,
  checkpointIntervalUs: 5 * MINUTE,
  checkpointBatch: 1000,
  mistakes: NO_MISTAKES,
};

/** What the lessor asks of its member. */
export interface LessorHost {
  /**
   * Proposes a checkpoint. `done` is called once: when it was applied here, or given up; the time
   * is the member's then.
   */
  proposeCheckpoint(request: LeaseCheckpointRequest, done: (now: Instant) => void): void;
}

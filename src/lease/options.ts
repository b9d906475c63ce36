import type { ApiError } from "../api/errors.ts";
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
  /** Proposes a checkpoint, if this member is sure to lead. `done` is called once. */
  proposeCheckpoint(request: LeaseCheckpointRequest, done: CheckpointDone): void;
}

/** A checkpoint was applied here, or is given up for `error`, though it may be applied yet; `now` is the member's time. */
export type CheckpointDone = (now: Instant, error: ApiError | null) => void;

/**
 * The shortest TTL in whole seconds: one and a half election timeouts, so that a lease outlives a
 * change of leaders (server/etcdserver/server.go).
 */
export function minTtl(electionTicks: number, tickUs: Duration): number {
  const ticks = Math.floor((3 * electionTicks) / 2);
  return Math.ceil((ticks * tickUs) / SECOND);
}

import { type ApiError, Errors } from "../api/errors.ts";
import type { ServiceRequest } from "../api/requests.ts";
import { type Duration, MILLISECOND } from "../base/time.ts";
import type { ClientMistakes } from "../museum/client.ts";
import { didNotHappen, REFUSED } from "./certainty.ts";

/** Whether and when a call is tried again. */
export interface RetryPolicy {
  /** Writes: only where no connection stood, or wherever it is certain that they did not happen. */
  readonly writes: "unsent" | "certain";
  maxAttempts(members: number): number;
  /** How long to wait after so many attempts; `draw` is uniform in [0, 2^32). */
  pauseUs(attempts: number, members: number, draw: () => number): Duration;
}

const PAUSE_US: Duration = 50 * MILLISECOND;
/** Rounds over all members before a simple operation is given up. */
const ROUNDS = 10;

/** Of the scenarios' simple puts, gets and deletes. */
export const PATIENT: RetryPolicy = {
  writes: "certain",
  maxAttempts: (members) => ROUNDS * members,
  pauseUs: () => PAUSE_US,
};

/** client/v3/options.go defaultUnaryMaxRetries, defaultBackoffWaitBetween. */
const MAX_ATTEMPTS = 100;
const WAIT_US: Duration = 25 * MILLISECOND;

/** clientv3's: a hundred attempts, with 25 ms ± 10 % after each quorum of them (client.go roundRobinQuorumBackoff). */
export const CLIENTV3: RetryPolicy = {
  writes: "unsent",
  maxAttempts: () => MAX_ATTEMPTS,
  pauseUs: (attempts, members, draw) => {
    if (attempts % (Math.floor(members / 2) + 1) !== 0) return 0;
    const tenth = WAIT_US / 10;
    return WAIT_US - tenth + (draw() % (2 * tenth + 1));
  },
};

/** Never again: whoever asks decides. */
export const ONCE: RetryPolicy = {
  writes: "unsent",
  maxAttempts: () => 1,
  pauseUs: () => 0,
};

/**
 * What clientv3 tries again after any passing failure (client/v3/retry.go withRepeatablePolicy). Some
 * of it writes all the same: a grant may leave a lease behind that nobody knows of.
 */
export function isRepeatable(request: ServiceRequest): boolean {
  switch (request.type) {
    case "range":
    case "leaseGrant":
    case "leaseRevoke":
    case "leaseKeepAlive":
    case "leaseTimeToLive":
    case "leaseLeases":
    case "memberList":
    case "alarm":
    case "status":
    case "hash":
    case "hashKv":
    case "snapshot":
    case "moveLeader":
    case "authUserList":
    case "authUserGet":
    case "authRoleList":
    case "authRoleGet":
    // Not in clientv3, whose caller signs in again instead: nothing is written that anybody sees.
    case "authenticate":
      return true;
    default:
      return false;
  }
}

/** Whether it changes what others see, so that an answer that was lost leaves a doubt. */
export function isWrite(request: ServiceRequest): boolean {
  switch (request.type) {
    case "range":
    case "leaseKeepAlive":
    case "leaseTimeToLive":
    case "leaseLeases":
    case "memberList":
    case "status":
    case "hash":
    case "hashKv":
    case "snapshot":
    case "defragment":
    case "authStatus":
    case "authenticate":
    case "authUserList":
    case "authUserGet":
    case "authRoleList":
    case "authRoleGet":
    case "health":
      return false;
    case "alarm":
      return request.request.action !== "GET";
    case "downgrade":
      return request.request.action !== "VALIDATE";
    case "txn":
      return [...request.request.success, ...request.request.failure].some(isWrite);
    default:
      return true;
  }
}

/**
 * Whether a call may be made once more after an attempt that ended so: a read always, unless it came in
 * parts; else where it did not happen as far as the policy looks.
 */
export function mayRepeat(
  call: {
    readonly request: ServiceRequest;
    readonly policy: RetryPolicy;
    readonly streams: boolean;
  },
  error: ApiError,
  mistakes: ClientMistakes,
): boolean {
  if (isRepeatable(call.request) && !call.streams) return true;
  // Known mistake C3: what may have happened already happens twice.
  if (mistakes.repeatsDoubtfulWrites) return true;
  if (call.policy.writes === "certain") return didNotHappen(error);
  return error === REFUSED || error.message === Errors.notSupportedForLearner.message;
}

import type { ApiError, GrpcCodeName } from "../../api/errors.ts";
import { Errors } from "../../api/errors.ts";
import { CallError } from "../../client/client.ts";
import { NotLeader } from "../../client/recipes/election.ts";
import { Locked } from "../../client/recipes/mutex.ts";
import { SessionExpired } from "../../client/recipes/session.ts";
import type { TaskError } from "../../client/task.ts";

/**
 * `certain`: what was asked for certainly was not done, and will not be. `ambiguous`: it may have been done,
 * or may yet: nobody knows.
 *
 * @public
 */
export type ErrorOutcome = "certain" | "ambiguous";

/**
 * What etcd, or its client, answered instead of a response: `message` is etcd's own, `code` gRPC's.
 *
 * @public
 */
export class EtcdError extends Error {
  override name = "EtcdError";
  readonly code: GrpcCodeName;
  readonly outcome: ErrorOutcome;

  constructor(code: GrpcCodeName, message: string, outcome: ErrorOutcome) {
    super(message);
    this.code = code;
    this.outcome = outcome;
  }
}

/**
 * `etcdserver: mvcc: required revision has been compacted`. What is older than `compactRevision` is gone (0:
 * etcd did not say): list anew, and watch from there.
 *
 * @public
 */
export class CompactedError extends EtcdError {
  override name = "CompactedError";
  readonly compactRevision: number;

  constructor(compactRevision: number) {
    super(Errors.compacted.code, Errors.compacted.message, "certain");
    this.compactRevision = compactRevision;
  }
}

/**
 * `etcdserver: requested lease not found`: it has expired, was revoked, or never was.
 *
 * @public
 */
export class LeaseNotFoundError extends EtcdError {
  override name = "LeaseNotFoundError";
}

/**
 * No member could be reached, or none that could answer: another try may do better.
 *
 * @public
 */
export class UnavailableError extends EtcdError {
  override name = "UnavailableError";
}

/**
 * The time that it was given is over.
 *
 * @public
 */
export class TimeoutError extends EtcdError {
  override name = "TimeoutError";
}

/**
 * Another one holds the lock (`tryLock`).
 *
 * @public
 */
export class LockedError extends EtcdError {
  override name = "LockedError";
}

/**
 * A lock or a leadership is not held any more: the lease that it stood on is gone.
 *
 * @public
 */
export class LostError extends EtcdError {
  override name = "LostError";
}

/** The error that a user gets for one of etcd's. */
export function etcdError({ code, message }: ApiError, outcome: ErrorOutcome): EtcdError {
  if (message === Errors.compacted.message) return new CompactedError(0);
  if (message === Errors.leaseNotFound.message) {
    return new LeaseNotFoundError(code, message, outcome);
  }
  if (code === "Unavailable") return new UnavailableError(code, message, outcome);
  if (code === "DeadlineExceeded") return new TimeoutError(code, message, outcome);
  return new EtcdError(code, message, outcome);
}

/** The error that a user gets where a program failed. */
export function programError(error: TaskError): EtcdError {
  const { message } = error;
  if (error instanceof CallError) {
    return etcdError(error.reason, error.outcome === "ambiguous" ? "ambiguous" : "certain");
  }
  if (error instanceof Locked) return new LockedError("FailedPrecondition", message, "certain");
  if (error instanceof SessionExpired || error instanceof NotLeader) {
    return new LostError("FailedPrecondition", message, "certain");
  }
  return new EtcdError("Unknown", message, "certain");
}

import { type ApiError, Errors } from "../api/errors.ts";

/** The other end refuses connections: nothing was sent. */
export const REFUSED: ApiError = Object.freeze({
  code: "Unavailable",
  message: "connection refused",
});

export const CONNECTION_LOST: ApiError = Object.freeze({
  code: "Unavailable",
  message: "connection lost",
});

export const NO_REPLY: ApiError = Object.freeze({
  code: "DeadlineExceeded",
  message: "no reply in time",
});

/** How a member says that it waited for a leader in vain. */
const LEADERLESS = "context deadline exceeded";

/** How a member says that its raft did not take a proposal. */
const DROPPED = "raft proposal dropped";

/** Unavailable or Unknown, and yet nothing was proposed. */
const NOT_PROPOSED: ReadonlySet<string> = new Set<string>([
  Errors.noLeader.message,
  // A change of membership that the member itself refused.
  Errors.unhealthy.message,
  // Unavailable up to 3.5.
  Errors.notSupportedForLearner.message,
  Errors.clusterVersionUnavailable.message,
  DROPPED,
]);

/**
 * Whether a write that a member answered so certainly did not happen and never will. Only where the
 * member itself does not know what becomes of the entry is there a doubt.
 */
export function didNotHappen(error: ApiError): boolean {
  // Said by a member before it proposes, and by one that has done it and finds no room for more
  // (apply_quota.go): nobody can tell which.
  if (error.message === Errors.noSpace.message) return false;
  if (error === REFUSED || NOT_PROPOSED.has(error.message)) return true;
  switch (error.code) {
    case "Unavailable":
    case "Unknown":
    case "Internal":
    case "Canceled":
    case "DeadlineExceeded":
    case "DataLoss":
    case "Aborted":
      return false;
    default:
      return true;
  }
}

/** Another member may do better. A learner refuses what a voter serves (issue 12306). */
export function isTransient(error: ApiError): boolean {
  return (
    error.code === "Unavailable" ||
    error === NO_REPLY ||
    // A member that knew no leader: it did not propose it, but nothing in the error says so.
    error.message === LEADERLESS ||
    error.message === DROPPED ||
    error.message === Errors.notSupportedForLearner.message
  );
}

/** No other try would do better (client/v3/client.go isHaltErr). */
export function isHalting({ code }: ApiError): boolean {
  return code !== "Unavailable" && code !== "Internal";
}

/** The token is not, or no longer, good (client/v3/retry_interceptor.go shouldRefreshToken). */
export function isStaleToken(error: ApiError, hasCredentials: boolean): boolean {
  const { message } = error;
  if (message === Errors.userEmpty.message) return hasCredentials;
  return message === Errors.invalidAuthToken.message || message === Errors.authOldRevision.message;
}

const BY_TEXT: ReadonlyMap<string, ApiError> = new Map(
  Object.values(Errors).map((error) => [error.message, error]),
);

/** How Go writes a status of gRPC. */
const STATUS = /^rpc error: code = \w+ desc = /;

/** The error that the reason of a watch's cancellation stands for. */
export function errorOf(reason: string): ApiError {
  const message = reason.replace(STATUS, "");
  return BY_TEXT.get(message) ?? { code: "Unknown", message };
}

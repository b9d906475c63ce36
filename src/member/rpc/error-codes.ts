import type { ApiError } from "../../api/errors.ts";
import type { MemberProfile } from "../../profile/member.ts";
import type { ContextEnd } from "./request-contexts.ts";

/**
 * The end of a context as Go words it, where etcd passes it on as it is: gRPC makes a code of it, since it
 * knows how to.
 */
export function bareContextError(why: ContextEnd, { codesContextEnds }: MemberProfile): ApiError {
  const canceled = why === "canceled";
  return {
    code: codesContextEnds ? (canceled ? "Canceled" : "DeadlineExceeded") : "Unknown",
    message: canceled ? "context canceled" : "context deadline exceeded",
  };
}

/** A refusal that tries would not change, with the code that the release gives it. */
export function refusalOf(error: ApiError, { refusesByPrecondition }: MemberProfile): ApiError {
  return refusesByPrecondition ? error : { ...error, code: "Unavailable" };
}

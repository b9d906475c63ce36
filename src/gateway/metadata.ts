import type { ApiError } from "../api/errors.ts";
import { grpcTimeout } from "../api/grpc-timeout.ts";
import { type Duration, NEVER } from "../base/time.ts";
import { type HttpRequest, headerOf } from "./http.ts";

/** What comes along with a call, beside its messages. */
export interface CallMetadata {
  /** As it was shown, with its `Bearer ` if it had one; "": none was. */
  readonly token: string;
  /** How long the gateway waits for a member's answer; NEVER: as long as it takes. */
  readonly timeoutUs: Duration;
  /** clientv3.WithRequireLeader. */
  readonly requireLeader: boolean;
}

/** From headers to gRPC's metadata (runtime/context.go AnnotateContext; auth/store.go AuthInfoFromCtx). */
export function metadataOf(request: HttpRequest): CallMetadata | ApiError {
  const timeout = headerOf(request, "grpc-timeout");
  const timeoutUs = timeout === "" ? NEVER : durationOf(timeout);
  if (timeoutUs === null) {
    return { code: "InvalidArgument", message: `invalid grpc-timeout: ${timeout}` };
  }
  const own = headerOf(request, "grpc-metadata-token");
  return {
    token: own === "" ? headerOf(request, "authorization") : own,
    timeoutUs,
    requireLeader: headerOf(request, "grpc-metadata-hasleader") === "true",
  };
}

function durationOf(text: string): Duration | null {
  const [, digits, unit = ""] = /^([-+]?[0-9]+)(.)$/.exec(text) ?? [];
  const duration = digits === undefined ? null : grpcTimeout(Number(digits), unit);
  if (duration === null) return null;
  // A nanosecond, too, is over before anything is answered; of 0 there is none.
  return duration === 0 ? NEVER : Math.max(0, duration);
}

import { type ApiError, GrpcCode, type GrpcCodeName } from "../api/errors.ts";
import type { Profile } from "../profile/catalogue.ts";
import type { GatewayProfile } from "../profile/gateway.ts";
import {
  answer,
  type Header,
  type HttpAnswer,
  type HttpRequest,
  headerOf,
  JSON_TYPE,
} from "./http.ts";
import { jsonString } from "./json/json-string.ts";

/** Which HTTP status stands for a code (runtime/errors.go HTTPStatusFromCode). */
export function statusOf(code: GrpcCodeName, profile: GatewayProfile): number {
  switch (code) {
    case "OK":
      return 200;
    case "Canceled":
      return profile.grpcGateway === 1 ? 408 : 499;
    case "FailedPrecondition":
      return profile.preconditionStatus;
    case "InvalidArgument":
    case "OutOfRange":
      return 400;
    case "Unauthenticated":
      return 401;
    case "PermissionDenied":
      return 403;
    case "NotFound":
      return 404;
    case "AlreadyExists":
    case "Aborted":
      return 409;
    case "ResourceExhausted":
      return 429;
    case "Unimplemented":
      return 501;
    case "Unavailable":
      return 503;
    case "DeadlineExceeded":
      return 504;
    case "Unknown":
    case "Internal":
    case "DataLoss":
      return 500;
  }
}

/** What a gateway says for an error in place of a message. */
export function errorJson({ code, message }: ApiError, profile: Profile): string {
  const number = GrpcCode[code];
  if (profile.grpcGateway === 2)
    return `{"code":${number},"message":${jsonString(message, false)}}`;
  const text = jsonString(message, true);
  return profile.errorCodeFirst
    ? `{"error":${text},"code":${number},"message":${text}}`
    : `{"error":${text},"message":${text},"code":${number}}`;
}

const TRAILER = "Grpc-Trailer-Content-Type";

/** Of a call that a member answered with an error. */
export function memberError(error: ApiError, request: HttpRequest, profile: Profile): HttpAnswer {
  // It was the gateway that waited no more: no member has said anything.
  const isOwn = error.code === "DeadlineExceeded";
  const sendsTrailers = !isOwn && (profile.alwaysSendsTrailers || takesTrailers(request));
  return errorAnswer(error, profile, sendsTrailers);
}

/** Of a call that came to no member. */
export function gatewayError(error: ApiError, profile: Profile): HttpAnswer {
  return errorAnswer(error, profile, false);
}

function errorAnswer(error: ApiError, profile: Profile, sendsTrailers: boolean): HttpAnswer {
  const headers: Header[] = [JSON_TYPE];
  if (profile.grpcGateway === 2 && error.code === "Unauthenticated") {
    headers.push(["Www-Authenticate", error.message]);
  }
  const trailers: Header[] = sendsTrailers ? [[TRAILER, "application/grpc"]] : [];
  return answer(statusOf(error.code, profile), headers, errorJson(error, profile), trailers);
}

export function takesTrailers(request: HttpRequest): boolean {
  return headerOf(request, "te").toLowerCase().includes("trailers");
}

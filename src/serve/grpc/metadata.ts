import type { IncomingHttpHeaders } from "node:http2";
import { certificateToken } from "../../api/certificate-token.ts";
import type { ApiError } from "../../api/errors.ts";
import { grpcTimeout } from "../../api/grpc-timeout.ts";
import { type Duration, NEVER } from "../../base/time.ts";

/** What comes along with a call, beside its messages. */
export interface Metadata {
  /** From a sign-in; "" without one. */
  readonly token: string;
  /** How long the client waits, by its clock; NEVER: it does not say. */
  readonly timeoutUs: Duration;
  /** clientv3.WithRequireLeader. */
  readonly requireLeader: boolean;
}

/** @param certificate whom the connection's certificate names; null: it shows none, or that does not count */
export function metadataOf(
  headers: IncomingHttpHeaders,
  certificate: string | null,
): Metadata | ApiError {
  const timeout = headers["grpc-timeout"];
  const timeoutUs = timeout === undefined ? NEVER : durationOf(String(timeout));
  if (timeoutUs === null) {
    // internal/transport/http_util.go decodeTimeout
    return { code: "Internal", message: `malformed grpc-timeout: ${timeout}` };
  }
  return {
    token: tokenOf(headers) || (certificate === null ? "" : certificateToken(certificate)),
    timeoutUs,
    requireLeader: headers["hasleader"] === "true",
  };
}

function durationOf(text: string): Duration | null {
  const [, digits, unit = ""] = /^([0-9]{1,8})([HMSmun])$/.exec(text) ?? [];
  return digits === undefined ? null : grpcTimeout(Number(digits), unit);
}

/** The gateway's header is taken where there is no token (auth/store.go AuthInfoFromCtx). */
function tokenOf(headers: IncomingHttpHeaders): string {
  const token = headers["token"] ?? headers.authorization ?? "";
  return String(token);
}

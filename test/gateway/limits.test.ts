import { describe, expect, test } from "vitest";
import { GrpcCode, type GrpcCodeName } from "../../src/api/errors.ts";
import { utf8Decode, utf8Encode } from "../../src/base/utf8.ts";
import { statusOf } from "../../src/gateway/gateway-error.ts";
import { handle } from "../../src/gateway/handle.ts";
import { LINES, RELEASES } from "../../src/profile/lines.ts";
import { profileOf } from "../../src/profile/profile.ts";

/** HTTPStatusFromCode of runtime/errors.go in grpc-gateway 1.6.4, 1.16.0 and 2.29.0. */
const STATUSES: Readonly<Record<GrpcCodeName, number | readonly [number, number, number]>> = {
  OK: 200,
  Canceled: [408, 408, 499],
  Unknown: 500,
  InvalidArgument: 400,
  DeadlineExceeded: 504,
  NotFound: 404,
  AlreadyExists: 409,
  PermissionDenied: 403,
  ResourceExhausted: 429,
  FailedPrecondition: [412, 400, 400],
  Aborted: 409,
  OutOfRange: 400,
  Unimplemented: 501,
  Internal: 500,
  Unavailable: 503,
  DataLoss: 500,
  Unauthenticated: 401,
};

describe.each(LINES)("a gateway of %s", (line) => {
  const profile = profileOf(RELEASES[line]);

  test("says by a status what a code is", () => {
    const version = Math.min(LINES.indexOf(line), 2);
    for (const code of Object.keys(GrpcCode) as GrpcCodeName[]) {
      const statuses = STATUSES[code];
      const status = typeof statuses === "number" ? statuses : statuses[version];
      expect(statusOf(code, profile), code).toBe(status);
    }
  });

  test("passes on no more than a member takes", () => {
    const put = (length: number) => {
      const value = Buffer.alloc(length).toString("base64");
      const body = utf8Encode(`{"key":"YQ==","value":"${value}"}`);
      const request = { method: "POST", target: "/v3/kv/put", headers: {}, body };
      return handle(request, { profile, receiveLimit: 1000 });
    };
    // Key and value have a tag and a length each.
    expect(put(1000 - 3 - 3).kind).toBe("call");
    const refused = put(1000 - 3 - 3 + 1);
    if (refused.kind !== "answer") throw new Error("it was not refused");
    expect(refused.answer.status).toBe(429);
    expect(utf8Decode(refused.answer.body)).toContain(
      '"grpc: received message larger than max (1001 vs. 1000)"',
    );
  });
});

import { describe, expect, test } from "vitest";
import { putRequest, rangeRequest } from "../../../src/api/build.ts";
import { type ApiError, Errors } from "../../../src/api/errors.ts";
import type { ServiceRequest } from "../../../src/api/requests.ts";
import { PASSWORD_TOO_LONG } from "../../../src/auth/errors.ts";
import { LINES, type Line, RELEASES } from "../../../src/profile/lines.ts";
import { Lone } from "../support/lone-member.ts";

const user = (name: string, password = name): ServiceRequest => ({
  type: "authUserAdd",
  request: { name, password, options: null, hashedPassword: "" },
});
const signIn = (name: string, password = name) =>
  ({ type: "authenticate", request: { name, password, simpleToken: "" } }) as const;
const grant = (key: string, rangeEnd: string): ServiceRequest => ({
  type: "authRoleGrantPermission",
  request: { name: "r", permission: { permType: "READWRITE", key, rangeEnd } },
});
const alarm = (action: "GET" | "ACTIVATE"): ServiceRequest => ({
  type: "alarm",
  request: { action, memberId: 5n, alarm: action === "GET" ? "NONE" : "NOSPACE" },
});
const LEASE = 7n;
const EMPTY = {};
const PLAIN = { type: "range", request: rangeRequest("a") } as const;

/** Auth is on; u may read and write w; lease 7 holds the key x. */
function server(line: Line): { lone: Lone; token: (who: string) => string } {
  const lone = new Lone({ serverVersion: RELEASES[line] });
  for (const request of [
    user("root"),
    user("u"),
    { type: "authRoleAdd", request: { name: "root" } },
    { type: "authRoleAdd", request: { name: "r" } },
    grant("w", ""),
    { type: "authUserGrantRole", request: { user: "root", role: "root" } },
    { type: "authUserGrantRole", request: { user: "u", role: "r" } },
    { type: "leaseGrant", request: { id: LEASE, ttl: 100 } },
    { type: "put", request: putRequest("x", new Uint8Array(1), { lease: LEASE }) },
    { type: "authEnable", request: EMPTY },
  ] satisfies ServiceRequest[]) {
    expect(lone.error(request)).toBeNull();
  }
  const tokens = new Map<string, string>([
    ["nobody", ""],
    ["a stranger", "qwertyuiopasdfgh.1"],
  ]);
  for (const name of ["root", "u"]) {
    tokens.set(name, lone.get(signIn(name)).token);
  }
  tokens.set("Bearer u", `Bearer ${tokens.get("u")}`);
  return { lone, token: (who) => tokens.get(who) ?? "" };
}

const { userEmpty, permissionDenied: denied, invalidAuthToken: noToken } = Errors;
const bare = (text: string): ApiError => ({ code: "Unknown", message: `auth: ${text}` });
const unknown = (method: string): ApiError => ({
  code: "Unimplemented",
  message: `unknown method ${method}`,
});
/** In the order of the lines: 3.4, 3.5, 3.6, 3.7. */
type Answers = readonly [ApiError | null, ApiError | null, ApiError | null, ApiError | null];
const since35 = (before: ApiError | null, then: ApiError | null): Answers => [
  before,
  then,
  then,
  then,
];
const since36 = (before: ApiError, then: ApiError): Answers => [before, before, then, then];
const hashKv: ServiceRequest = { type: "hashKv", request: { revision: 0 } };
const compaction: ServiceRequest = {
  type: "compaction",
  request: { revision: 1, physical: false },
};
const members: ServiceRequest = { type: "memberList", request: { linearizable: false } };
const status: ServiceRequest = { type: "status", request: EMPTY };
const move: ServiceRequest = { type: "moveLeader", request: { targetId: 5n } };
const downgrade: ServiceRequest = {
  type: "downgrade",
  request: { action: "VALIDATE", version: "x" },
};
const noDowngrade = unknown("Downgrade for service etcdserverpb.Maintenance");
const noStatus = unknown("AuthStatus for service etcdserverpb.Auth");
const authStatus: ServiceRequest = { type: "authStatus", request: EMPTY };
const renew: ServiceRequest = { type: "leaseKeepAlive", request: { id: LEASE } };
const leases: ServiceRequest = { type: "leaseLeases", request: EMPTY };
const timeToLive: ServiceRequest = { type: "leaseTimeToLive", request: { id: LEASE, keys: true } };
const newLease: ServiceRequest = { type: "leaseGrant", request: { id: 9n, ttl: 100 } };

describe("while auth is on", () => {
  test.each<[string, ServiceRequest, Answers]>([
    ["u", compaction, since35(null, denied)],
    ["nobody", compaction, since35(null, userEmpty)],
    ["a stranger", compaction, since35(noToken, noToken)],
    ["u", renew, since35(null, denied)],
    ["nobody", renew, since35(null, userEmpty)],
    ["a stranger", renew, since35(null, noToken)],
    ["u", leases, since35(null, denied)],
    ["a stranger", leases, since35(null, noToken)],
    ["u", timeToLive, since35(null, denied)],
    ["a stranger", timeToLive, since35(null, noToken)],
    ["u", newLease, since35(null, null)],
    ["nobody", newLease, since35(null, userEmpty)],
    ["a stranger", newLease, since35(noToken, noToken)],
    ["u", members, since35(null, null)],
    ["nobody", members, since35(null, userEmpty)],
    ["a stranger", members, since35(null, noToken)],
    ["nobody", status, since35(null, userEmpty)],
    ["a stranger", status, since35(null, noToken)],
    ["nobody", alarm("GET"), since35(null, userEmpty)],
    ["u", alarm("ACTIVATE"), since35(null, denied)],
    ["a stranger", alarm("GET"), since35(bare("invalid auth token"), noToken)],
    ["u", move, since35(Errors.badLeaderTransferee, denied)],
    ["u", hashKv, since36(bare("permission denied"), denied)],
    ["nobody", hashKv, since36(bare("user name is empty"), userEmpty)],
    ["a stranger", hashKv, since36(bare("invalid auth token"), noToken)],
    ["u", downgrade, since35(noDowngrade, denied)],
    ["u", authStatus, [noStatus, denied, denied, null]],
    ["nobody", authStatus, [noStatus, userEmpty, userEmpty, null]],
    ["a stranger", signIn("u"), since35(noToken, null)],
    ["a stranger", signIn("u", "wrong"), since35(Errors.authFailed, Errors.authFailed)],
    ["Bearer u", members, since35(null, null)],
    ["Bearer u", newLease, since35(noToken, null)],
    ["u", user("long", "p".repeat(73)), since35(denied, PASSWORD_TOO_LONG)],
    ["root", user("long", "p".repeat(73)), since35(null, PASSWORD_TOO_LONG)],
    ["root", grant("b", "a"), since35(null, Errors.invalidAuthManagement)],
    ["root", grant("", "a"), since35(null, Errors.invalidAuthManagement)],
  ])("%s asks for $1.type", (who, request, answers) => {
    for (const [n, line] of LINES.entries()) {
      const { lone, token } = server(line);
      expect(lone.error(request, token(who)), line).toEqual(answers[n]);
    }
  });

  test("of the role root is shown what was granted to it, since 3.6 all keys", () => {
    const shown = LINES.map((line) => {
      const { lone, token } = server(line);
      return lone.get({ type: "authRoleGet", request: { role: "root" } }, token("root")).perm;
    });
    const all = [{ permType: "READWRITE", key: "", rangeEnd: "\0" }];
    expect(shown).toEqual([[], [], all, all]);
  });

  test("a password that each member hashes is good for 72 bytes", () => {
    const { lone, token } = server("3.4");
    expect(lone.error(user("long", "p".repeat(80)), token("root"))).toBeNull();
    expect(lone.error(signIn("long", "p".repeat(72)))).toBeNull();
    expect(lone.error(signIn("long", "p".repeat(71)))).toBe(Errors.authFailed);
  });
});

describe("while auth is off", () => {
  test.each<[ServiceRequest, Answers]>([
    [PLAIN, since35(noToken, null)],
    [newLease, since35(noToken, null)],
    [renew, since35(null, null)],
    [compaction, since35(noToken, null)],
    [{ type: "defragment", request: EMPTY }, since35(bare("invalid auth token"), null)],
    [signIn("u"), since35(Errors.authNotEnabled, Errors.authNotEnabled)],
  ])("a stranger's token is looked at in 3.4: $0.type", (request, answers) => {
    for (const [n, line] of LINES.entries()) {
      const lone = new Lone({ serverVersion: RELEASES[line] });
      expect(lone.error(request, "qwertyuiopasdfgh.1"), line).toEqual(answers[n]);
    }
  });

  test("alarms have a header since 3.5, and a kind", () => {
    const one = { type: "alarm", request: { action: "ACTIVATE", memberId: 5n, alarm: "NONE" } };
    for (const line of LINES) {
      const { header, alarms } = new Lone({ serverVersion: RELEASES[line] }).get(
        one as Extract<ServiceRequest, { readonly type: "alarm" }>,
      );
      expect(header?.revision ?? null, line).toBe(line === "3.4" ? null : 1);
      expect(alarms, line).toEqual(line === "3.4" ? [{ memberId: 5n, alarm: "NONE" }] : []);
    }
  });

  test("a list of members has no revision", () => {
    const lone = new Lone();
    const { header } = lone.get({ type: "memberList", request: { linearizable: true } });
    expect(header.revision).toBe(0);
  });
});

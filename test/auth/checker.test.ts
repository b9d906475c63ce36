import { describe, expect, test } from "vitest";
import { deleteRangeRequest, putRequest, rangeRequest } from "../../src/api/build.ts";
import { type ApiError, Errors } from "../../src/api/errors.ts";
import type { Compare, InternalOp, RequestOp } from "../../src/api/requests.ts";
import { Auth } from "../../src/auth/auth.ts";
import { SimpleTokens } from "../../src/auth/simple-tokens.ts";
import { NOBODY } from "../../src/auth/tokens.ts";
import { memoryStore, Rig, ROOT_AND_ON, the } from "./support.ts";

const VALUE = new Uint8Array(0);
const get = (key: string, rangeEnd = ""): RequestOp => ({
  type: "range",
  request: rangeRequest(key, { rangeEnd }),
});
const put = (key: string, options: { lease?: bigint; prevKv?: boolean } = {}): RequestOp => ({
  type: "put",
  request: putRequest(key, VALUE, options),
});
const del = (key: string, rangeEnd = "", prevKv = false): RequestOp => ({
  type: "deleteRange",
  request: { ...deleteRangeRequest(key, { rangeEnd }), prevKv },
});
const compare = (key: string, rangeEnd = ""): Compare => ({
  target: "VERSION",
  version: 0,
  result: "EQUAL",
  key,
  rangeEnd,
});
const txn = (
  compares: readonly Compare[],
  success: readonly RequestOp[],
  failure: readonly RequestOp[] = [],
): RequestOp => ({ type: "txn", request: { compare: compares, success, failure } });

/** eve reads r*, writes w*, does both to b*; leases 1 on w and 2 on w and x. */
function cluster(bugs: readonly string[] = []): Rig {
  const rig = new Rig(bugs).done(
    the.user("eve", "e"),
    the.role("eve's"),
    the.allow("eve's", "READ", "r", "s"),
    the.allow("eve's", "WRITE", "w", "x"),
    the.allow("eve's", "READWRITE", "b", "c"),
    the.grant("eve", "eve's"),
    the.user("bob", "b"),
    the.role("bob's"),
    the.grant("bob", "bob's"),
    ...ROOT_AND_ON,
  );
  rig.leases.set(1n, ["w"]);
  rig.leases.set(2n, ["w", "x"]);
  rig.leases.set(3n, ["b", "r"]);
  return rig;
}

const DENIED = Errors.permissionDenied;

describe("what eve may, who reads r*, writes w* and does both to b*", () => {
  test.each<[string, InternalOp, ApiError | null]>([
    ["read r", get("r"), null],
    ["read all of r*", get("r", "s"), null],
    ["read beyond", get("r", "t"), DENIED],
    ["read from r on", get("r", "\0"), DENIED],
    ["read what she writes", get("w"), DENIED],
    ["write w", put("w"), null],
    ["write what she reads", put("r"), DENIED],
    ["write w and see the old value", put("w", { prevKv: true }), DENIED],
    ["write b and see the old value", put("b", { prevKv: true }), null],
    ["attach w to a lease of her own", put("w", { lease: 1n }), null],
    ["attach w to a lease that has another's key", put("w", { lease: 2n }), DENIED],
    ["attach w to a lease that there is not", put("w", { lease: 9n }), null],
    ["delete w", del("w"), null],
    ["delete all of w*", del("w", "x"), null],
    ["delete from w on", del("w", "\0"), DENIED],
    ["delete r", del("r"), DENIED],
    ["delete w and see the old value", del("w", "", true), DENIED],
    ["delete b and see the old value", del("b", "", true), null],
    ["compare r", txn([compare("r")], []), null],
    ["compare all of r*", txn([compare("r", "s")], []), null],
    ["compare w", txn([compare("w")], []), DENIED],
    ["compare beyond", txn([compare("r", "t")], []), DENIED],
    [
      "read and write in a transaction",
      txn([compare("b")], [get("r"), put("w")], [del("b")]),
      null,
    ],
    ["write r in the first branch", txn([], [put("r")]), DENIED],
    ["write r in the second branch", txn([], [], [put("r")]), DENIED],
    ["read w in a transaction", txn([], [get("w")]), DENIED],
    ["delete r in a transaction", txn([], [del("r")]), DENIED],
    ["see what is deleted in a transaction", txn([], [del("w", "", true)]), DENIED],
    ["see what is overwritten in a transaction", txn([], [put("w", { prevKv: true })]), DENIED],
    ["attach to another's lease in a transaction", txn([], [put("w", { lease: 2n })]), DENIED],
    ["write w in a nested transaction", txn([], [txn([], [put("w")])]), null],
    ["write r in a nested transaction", txn([], [txn([], [put("r")])]), DENIED],
    ["write r in a nested second branch", txn([], [], [txn([], [], [put("r")])]), DENIED],
    ["compare w in a nested transaction", txn([], [txn([compare("w")], [])]), DENIED],
    ["revoke her lease", { type: "leaseRevoke", request: { id: 1n } }, null],
    ["revoke a lease with another's key", { type: "leaseRevoke", request: { id: 2n } }, DENIED],
    ["revoke no lease", { type: "leaseRevoke", request: { id: 9n } }, null],
    ["have a lease", { type: "leaseGrant", request: { id: 1n, ttl: 1 } }, null],
    ["see herself", the.userShown("eve"), null],
    ["see bob", the.userShown("bob"), DENIED],
    ["see her role", the.roleShown("eve's"), null],
    ["see bob's role", the.roleShown("bob's"), DENIED],
    ["sign in", the.signIn("eve", "p"), null],
    ["enable auth", the.enable, DENIED],
    ["disable auth", the.disable, DENIED],
    ["ask whether auth is on", the.status, null],
    ["add a user", the.user("x"), DENIED],
    ["delete a user", the.userGone("eve"), DENIED],
    ["change even her own password", the.password("eve", "x"), DENIED],
    ["grant a role", the.grant("eve", "root"), DENIED],
    ["revoke a role", the.revoke("eve", "eve's"), DENIED],
    ["list users", the.users, DENIED],
    ["add a role", the.role("x"), DENIED],
    ["delete a role", the.roleGone("x"), DENIED],
    ["allow something", the.allow("eve's", "READ", "w"), DENIED],
    ["forbid something", the.forbid("eve's", "r", "s"), DENIED],
    ["list roles", the.roles, DENIED],
  ])("%s", (_, op, error) => {
    const rig = cluster();
    expect(rig.checker.check(rig.as("eve"), op)).toBe(error);
    // root may all of it, and so may everybody while auth is off.
    expect(rig.checker.check(rig.as("root"), op)).toBeNull();
    rig.done(the.disable);
    expect(rig.checker.check(NOBODY, op)).toBeNull();
  });

  test("watches need what reads need, and an empty key is the first one", () => {
    const { checker, ...rig } = cluster();
    const eve = { username: "eve", revision: rig.auth.revision };
    expect(checker.checkWatch(eve, "r", "s")).toBeNull();
    expect(checker.checkWatch(eve, "r", "\0")).toBe(DENIED);
    expect(checker.checkWatch(eve, "", "")).toBe(DENIED);
    expect(checker.checkWatch({ ...eve, username: "root" }, "", "\0")).toBeNull();
  });

  test("leases: to renew one she must write its keys, to see its keys read them", () => {
    const rig = cluster();
    const eve = rig.as("eve");
    expect([1n, 2n, 3n, 9n].map((id) => rig.checker.checkLeaseWrite(eve, id))).toEqual([
      null,
      DENIED,
      DENIED,
      null,
    ]);
    expect([1n, 2n, 3n, 9n].map((id) => rig.checker.checkLeaseRead(eve, id))).toEqual([
      DENIED,
      DENIED,
      null,
      null,
    ]);
    expect(rig.checker.checkLeaseWrite(rig.as("root"), 2n)).toBeNull();
  });
});

describe("who asks", () => {
  test("nobody is refused by name", () => {
    const { checker } = cluster();
    expect(checker.check(NOBODY, get("r"))).toBe(Errors.userEmpty);
    expect(checker.check(NOBODY, the.users)).toBe(Errors.userEmpty);
    expect(checker.checkAdmin(NOBODY)).toBe(Errors.userEmpty);
    expect(checker.checkSignedIn(NOBODY)).toBe(Errors.userEmpty);
    expect(checker.checkSignedIn({ username: "eve", revision: 1 })).toBeNull();
  });

  test("a user that was deleted may nothing", () => {
    const rig = cluster().done(the.userGone("eve"));
    expect(rig.checker.check(rig.as("eve"), get("r"))).toBe(DENIED);
    expect(rig.checker.check(rig.as("eve"), the.users)).toBe(Errors.userNotFound);
    expect(rig.checker.check(rig.as("eve"), the.roleShown("eve's"))).toBe(Errors.userNotFound);
  });

  test("what was decided at an older revision of users and roles is old", () => {
    const rig = cluster();
    const eve = rig.as("eve");
    const root = rig.as("root");
    rig.done(the.user("new"));
    expect(rig.checker.check(eve, get("r"))).toBe(Errors.authOldRevision);
    expect(rig.checker.check(root, get("r"))).toBe(Errors.authOldRevision);
    // An admin's requests are not asked for it, and for root's leases that comes first.
    expect(rig.checker.check(root, the.users)).toBeNull();
    expect(rig.checker.checkLeaseWrite(root, 2n)).toBeNull();
    expect(rig.checker.checkLeaseWrite(eve, 1n)).toBe(Errors.authOldRevision);
    expect(rig.checker.check(rig.as("eve"), get("r"))).toBeNull();
  });

  test("a permission that is revoked is gone at once, and one that is granted there", () => {
    const rig = cluster();
    expect(rig.checker.check(rig.as("eve"), get("r"))).toBeNull();
    rig.done(the.forbid("eve's", "r", "s"));
    expect(rig.checker.check(rig.as("eve"), get("r"))).toBe(DENIED);
    rig.done(the.allow("eve's", "READ", "r"));
    expect(rig.checker.check(rig.as("eve"), get("r"))).toBeNull();
    rig.done(the.revoke("eve", "eve's"));
    expect(rig.checker.check(rig.as("eve"), get("r"))).toBe(DENIED);
  });

  test("the role root may everything, whoever has it", () => {
    const rig = cluster().done(the.grant("bob", "root"));
    expect(rig.checker.check(rig.as("bob"), get("\0", "\0"))).toBeNull();
    expect(rig.checker.check(rig.as("bob"), the.users)).toBeNull();
  });
});

describe("the museum", () => {
  test("[A1] a nested transaction is not looked into", () => {
    const rig = cluster(["A1"]);
    expect(rig.checker.check(rig.as("eve"), txn([], [txn([], [put("r")])]))).toBeNull();
    expect(rig.checker.check(rig.as("eve"), txn([], [put("r")]))).toBe(DENIED);
  });

  test("[A2] of a put in a transaction only the key is checked", () => {
    const rig = cluster(["A2"]);
    const eve = rig.as("eve");
    expect(rig.checker.check(eve, txn([], [put("w", { prevKv: true })]))).toBeNull();
    expect(rig.checker.check(eve, txn([], [put("w", { lease: 2n })]))).toBeNull();
    expect(rig.checker.check(eve, put("w", { lease: 2n }))).toBe(DENIED);
  });

  test("[A3] who may read one key may watch from it on", () => {
    const rig = cluster(["A3"]);
    expect(rig.checker.check(rig.as("eve"), get("r", "\0"))).toBe(DENIED);
    expect(rig.checker.checkWatch(rig.as("eve"), "r", "\0")).toBeNull();
  });

  test.each([
    [[], DENIED],
    [["A4"], null],
  ])("[A4] %j: permissions computed before a snapshot are still used after it", (bugs, error) => {
    const rig = cluster(bugs);
    expect(rig.checker.check(rig.as("eve"), get("r"))).toBeNull();
    const newer = cluster().done(the.forbid("eve's", "r", "s"));
    rig.auth.recover(newer.store);
    expect(rig.auth.revision).toBe(newer.auth.revision);
    expect(rig.checker.check(rig.as("eve"), get("r"))).toBe(error);
  });

  test.each([
    [[], "known"],
    [["A5"], "invalid"],
  ])("[A5] %j: tokens given out after a snapshot that turned auth on", (bugs, kind) => {
    const rig = new Rig(bugs);
    rig.auth.recover(cluster().store);
    expect(rig.auth.enabled).toBe(true);
    rig.done(the.signIn("eve", "p"));
    expect(rig.auth.tokenLookup(0, `p.${rig.index}`, rig.index)).toMatchObject({ kind });
  });
});

describe("a restart", () => {
  test("finds users, roles, the revision and the switch again", () => {
    const rig = cluster();
    const again = new Auth(rig.store, new SimpleTokens(rig.random));
    expect([again.enabled, again.revision]).toEqual([true, rig.auth.revision]);
    expect(again.principal("eve")?.roles).toEqual(["eve's"]);
    const token = again.authenticate(0, "eve", "p", 1) as string;
    expect(again.tokenLookup(0, token, 1)).toMatchObject({ kind: "known" });
  });

  test("before any change is at revision 1, as a new cluster is, and writes nothing", () => {
    const store = memoryStore();
    const first = new Auth(store, new SimpleTokens(new Rig().random));
    expect([first.revision, store.readRevision()]).toEqual([1, 0]);
    first.changed();
    expect([first.revision, store.readRevision()]).toEqual([2, 2]);
  });

  test("a snapshot in which auth is off ends all tokens", () => {
    const rig = cluster().done(the.signIn("eve", "p"));
    rig.auth.recover(new Rig().store);
    expect(rig.auth.enabled).toBe(false);
    expect((rig.auth.tokens as SimpleTokens).size).toBe(0);
  });
});

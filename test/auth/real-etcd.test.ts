import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { putRequest, rangeRequest } from "../../src/api/build.ts";
import type { AuthOp, InternalOp } from "../../src/api/requests.ts";
import { etcdVersion, RealEtcd } from "../support/real-etcd.ts";
import { Rig, the } from "./support.ts";

const version = etcdVersion();

/** Who asks (with a password), what is typed, and the same as a request. */
type Row = readonly [user: string, typed: string, op: AuthOp | InternalOp];

const get = (key: string, rangeEnd = ""): InternalOp => ({
  type: "range",
  request: rangeRequest(key, { rangeEnd }),
});
const put = (key: string): InternalOp => ({
  type: "put",
  request: putRequest(key, Uint8Array.of(0x31)),
});
const del = (key: string): InternalOp => ({
  type: "deleteRange",
  request: { key, rangeEnd: "", prevKv: false },
});

const ROWS: readonly Row[] = [
  ["", "auth enable", the.enable],
  ["", "auth disable", the.disable],
  ["", "user list", the.users],
  ["", "user add root:r", the.user("root", "r")],
  ["", "user add root:r", the.user("root", "r")],
  // Not "auth enable": etcdctl would give root its role by itself.
  ["", "user grant-role root x", the.grant("root", "x")],
  ["", "user grant-role root root", the.grant("root", "root")],
  ["", "user add eve:e", the.user("eve", "e")],
  ["", "user add bob --no-password", the.userWithoutPassword("bob")],
  ["", "user delete x", the.userGone("x")],
  ["", "user get x", the.userShown("x")],
  ["", "role add r", the.role("r")],
  ["", "role add r", the.role("r")],
  ["", "role get x", the.roleShown("x")],
  ["", "role delete x", the.roleGone("x")],
  ["", "role grant-permission x read a", the.allow("x", "READ", "a")],
  ["", "role grant-permission r read a", the.allow("r", "READ", "a")],
  ["", "role grant-permission r readwrite b --prefix", the.allow("r", "READWRITE", "b", "c")],
  ["", "role grant-permission r write x --from-key", the.allow("r", "WRITE", "x", "\0")],
  ["", "role revoke-permission r b", the.forbid("r", "b")],
  ["", "role revoke-permission x b", the.forbid("x", "b")],
  ["", "user grant-role eve r", the.grant("eve", "r")],
  ["", "user grant-role x r", the.grant("x", "r")],
  ["", "user revoke-role eve x", the.revoke("eve", "x")],
  ["", "user revoke-role x r", the.revoke("x", "r")],
  ["", "auth enable", the.enable],
  ["", "get a", get("a")],
  ["", "user list", the.users],
  ["eve:wrong", "get a", get("a")],
  ["x:x", "get a", get("a")],
  ["bob:x", "get a", get("a")],
  ["eve:e", "get a", get("a")],
  ["eve:e", "get b c", get("b", "c")],
  ["eve:e", "get a c", get("a", "c")],
  ["eve:e", "get b --from-key", get("b", "\0")],
  ["eve:e", "put a 1", put("a")],
  ["eve:e", "put bb 1", put("bb")],
  ["eve:e", "put xyz 1", put("xyz")],
  ["eve:e", "get xyz", get("xyz")],
  ["eve:e", "del a", del("a")],
  ["eve:e", "del bb", del("bb")],
  ["eve:e", "user list", the.users],
  ["eve:e", "user get eve", the.userShown("eve")],
  ["eve:e", "user get root", the.userShown("root")],
  ["eve:e", "role get r", the.roleShown("r")],
  ["eve:e", "role add x", the.role("x")],
  ["root:r", "put anything 1", put("anything")],
  ["root:r", "user delete root", the.userGone("root")],
  ["root:r", "user revoke-role root root", the.revoke("root", "root")],
  ["root:r", "role delete root", the.roleGone("root")],
  ["root:r", "role revoke-permission r b c", the.forbid("r", "b", "c")],
  ["eve:e", "get b", get("b")],
  ["root:r", "role delete r", the.roleGone("r")],
  ["eve:e", "get a", get("a")],
  ["root:r", "auth disable", the.disable],
  ["", "get a", get("a")],
];

const LEASES: readonly (readonly [typed: string, error: string])[] = [
  ["lease grant 9000000001", "etcdserver: too large lease TTL"],
  ["lease revoke 1234", "etcdserver: requested lease not found"],
  ["put a 1 --lease=1234", "etcdserver: requested lease not found"],
];

/** The error that this member of ours gives, or "". */
function ours(rig: Rig, [user, , op]: Row): string {
  const [name = "", password = ""] = user.split(":");
  let info = { username: "", revision: 0 };
  if (rig.auth.enabled && name !== "") {
    const checked = rig.auth.checkPassword(name, password);
    if (typeof checked !== "number") return checked.message;
    info = rig.as(name);
  }
  const refused = rig.checker.check(info, op);
  if (refused !== null) return refused.message;
  if (!op.type.startsWith("auth")) return "";
  const result = rig.apply(op as AuthOp);
  return "code" in result ? result.message : "";
}

describe.skipIf(version === null)(
  `etcdctl against a real etcd (${version ?? "none in PATH"})`,
  () => {
    let etcd: RealEtcd;
    let directory: string;

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), "detcd-auth-"));
      etcd = await RealEtcd.start(join(directory, "data"), "--bcrypt-cost", "4");
    });

    afterAll(async () => {
      await etcd?.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    /** The error's own words, without etcdctl's and gRPC's; "" if there was none. */
    function real(user: string, typed: string): string {
      const words = typed.split(" ").filter((word) => word !== "");
      const flags = user === "" ? [] : ["--user", user];
      try {
        etcd.ctl([...flags, ...words]);
        return "";
      } catch (error) {
        const text = (error as Error).message;
        return /(etcdserver|auth): [^\n"}]*/.exec(text)?.[0] ?? text;
      }
    }

    test("every row of the table succeeds or fails alike, in the same words", () => {
      const rig = new Rig();
      const words = (of: (row: Row) => string): string[] =>
        ROWS.map((row) => `${row[0]} ${row[1]}: ${of(row) || "done"}`);
      const expected = words(([user, typed]) => real(user, typed));
      expect(words((row) => ours(rig, row))).toEqual(expected);
      expect(expected.filter((line) => line.endsWith(": done")).length).toBeGreaterThan(20);
    });

    test.each(LEASES)("%s: %s", (typed, error) => {
      expect(real("", typed)).toBe(error);
    });
  },
);

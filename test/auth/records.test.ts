import { test as property } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BucketAuthStore } from "../../src/auth/auth-buckets.ts";
import { decodeRole, decodeUser, encodeRole, encodeUser } from "../../src/auth/records.ts";
import { fromHex, toHex } from "../../src/base/bytes.ts";
import { MemoryBucket } from "./support.ts";

describe("stored users and roles", () => {
  // authpb: User {name 1, password 2, roles 3, options 4 {no_password 1}}; Role {name 1,
  // keyPermission 2 {permType 1, key 2, range_end 3}}.
  test("a user is authpb.User, with options even if there is nothing in them", () => {
    const user = {
      name: "eve",
      password: Uint8Array.of(0x24, 0x32),
      roles: ["r1", "r2"],
      noPassword: false,
    };
    expect(toHex(encodeUser(user))).toBe(
      "0a03657665" + "12022432" + "1a027231" + "1a027232" + "2200",
    );
    expect(decodeUser(encodeUser(user))).toEqual(user);
  });

  test("a user without a password says so", () => {
    const user = { name: "eve", password: new Uint8Array(0), roles: [], noPassword: true };
    expect(toHex(encodeUser(user))).toBe("0a0365766522020801");
    expect(decodeUser(encodeUser(user))).toEqual(user);
  });

  test("a user of etcd before 3.4 has no options", () => {
    expect(decodeUser(fromHex("0a03657665"))).toMatchObject({ name: "eve", noPassword: false });
  });

  test("a role is authpb.Role", () => {
    const role = {
      name: "r",
      permissions: [
        { permType: "READ" as const, key: "a", rangeEnd: "" },
        { permType: "READWRITE" as const, key: "b", rangeEnd: "\0" },
      ],
    };
    expect(toHex(encodeRole(role))).toBe("0a0172" + "1203120161" + "120808021201621a0100");
    expect(decodeRole(encodeRole(role))).toEqual(role);
  });

  property.prop(
    [
      fc.record({
        name: fc.string({ unit: "binary", minLength: 1 }),
        password: fc.uint8Array({ maxLength: 60 }),
        roles: fc.array(fc.string({ unit: "grapheme" })),
        noPassword: fc.boolean(),
      }),
    ],
    { seed: 9 },
  )("a user is read as it was written", (user) => {
    expect(decodeUser(encodeUser(user))).toEqual(user);
  });

  test("lie in etcd's buckets: the switch as one byte, the revision as eight", () => {
    const auth = new MemoryBucket();
    const store = new BucketAuthStore(auth, new MemoryBucket(), new MemoryBucket());
    expect([store.readEnabled(), store.readRevision()]).toEqual([false, 0]);
    store.saveEnabled(true);
    store.saveRevision(0x12_3456_789a);
    expect(toHex(auth.get("authEnabled") as Uint8Array)).toBe("01");
    expect(toHex(auth.get("authRevision") as Uint8Array)).toBe("000000123456789a");
    expect([store.readEnabled(), store.readRevision()]).toEqual([true, 0x12_3456_789a]);
    store.saveEnabled(false);
    expect(store.readEnabled()).toBe(false);
  });

  test("are listed in the byte order of their names", () => {
    const store = new BucketAuthStore(new MemoryBucket(), new MemoryBucket(), new MemoryBucket());
    const names = ["z", "\u{1f600}", "\uffee", "a", "é"];
    for (const name of names) {
      store.putUser({ name, password: new Uint8Array(0), roles: [], noPassword: true });
      store.putRole({ name, permissions: [] });
    }
    // UTF-8 puts what is outside the basic plane last; UTF-16 would not.
    const sorted = ["a", "z", "é", "\uffee", "\u{1f600}"];
    expect(store.users().map((user) => user.name)).toEqual(sorted);
    expect(store.roles().map((role) => role.name)).toEqual(sorted);
    store.deleteUser("é");
    store.deleteRole("é");
    expect([store.user("é"), store.role("é")]).toEqual([null, null]);
  });
});

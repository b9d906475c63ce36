import { describe, expect, test } from "vitest";
import { type ApiError, Errors } from "../../src/api/errors.ts";
import type { AuthOp } from "../../src/api/requests.ts";
import { NO_PASSWORD_USER } from "../../src/auth/errors.ts";
import { HEADER, Rig, ROOT_AND_ON, the } from "./support.ts";

/** A user with a role on a key, a user without a password, root; auth is off. */
const PEOPLE: readonly AuthOp[] = [
  the.user("root", "root"),
  the.grant("root", "root"),
  the.user("eve", "e"),
  the.userWithoutPassword("bob"),
  the.role("r"),
  the.allow("r", "READ", "a"),
  the.allow("r", "WRITE", "a", "c"),
  the.grant("eve", "r"),
];

describe("requests that fail, and leave the auth revision as it was", () => {
  test.each<[string, AuthOp, ApiError, boolean]>([
    ["a user without a name", the.user("", "p"), Errors.userEmpty, false],
    ["a user that exists", the.user("eve", "p"), Errors.userAlreadyExists, false],
    ["deleting nobody", the.userGone("x"), Errors.userNotFound, false],
    ["deleting root while auth is on", the.userGone("root"), Errors.invalidAuthManagement, true],
    ["a password for nobody", the.password("x", "p"), Errors.userNotFound, false],
    ["a role for nobody", the.grant("x", "r"), Errors.userNotFound, false],
    ["granting no role", the.grant("eve", "x"), Errors.roleNotFound, false],
    ["revoking from nobody", the.revoke("x", "r"), Errors.userNotFound, false],
    ["revoking what was not granted", the.revoke("bob", "r"), Errors.roleNotGranted, false],
    ["revoking no role", the.revoke("eve", "x"), Errors.roleNotGranted, false],
    [
      "revoking root's root while auth is on",
      the.revoke("root", "root"),
      Errors.invalidAuthManagement,
      true,
    ],
    ["showing nobody", the.userShown("x"), Errors.userNotFound, false],
    ["a role without a name", the.role(""), Errors.roleEmpty, false],
    ["a role that exists", the.role("r"), Errors.roleAlreadyExists, false],
    ["deleting no role", the.roleGone("x"), Errors.roleNotFound, false],
    [
      "deleting the role root while auth is on",
      the.roleGone("root"),
      Errors.invalidAuthManagement,
      true,
    ],
    ["showing no role", the.roleShown("x"), Errors.roleNotFound, false],
    ["allowing no role", the.allow("x", "READ", "a"), Errors.roleNotFound, false],
    ["allowing nothing", the.allowNothing("r"), Errors.permissionNotGiven, false],
    ["allowing to read no key", the.allow("r", "READ", ""), Errors.invalidAuthManagement, false],
    ["allowing to write no key", the.allow("r", "WRITE", ""), Errors.invalidAuthManagement, false],
    ["a range backwards", the.allow("r", "READ", "b", "a"), Errors.invalidAuthManagement, false],
    [
      "a range backwards for no role",
      the.allow("x", "READ", "b", "a"),
      Errors.invalidAuthManagement,
      false,
    ],
    ["forbidding no role", the.forbid("x", "a"), Errors.roleNotFound, false],
    ["forbidding what was not allowed", the.forbid("r", "b"), Errors.permissionNotGranted, false],
    ["forbidding part of a range", the.forbid("r", "a", "b"), Errors.permissionNotGranted, false],
    ["signing in while auth is off", the.signIn("eve", "p"), Errors.authNotEnabled, false],
    ["signing in as nobody", the.signIn("x", "p"), Errors.authFailed, true],
    ["signing in without having a password", the.signIn("bob", "p"), Errors.authFailed, true],
    [
      "a hash that is not base64",
      {
        type: "authUserAdd",
        request: { name: "x", password: "", options: null, hashedPassword: "?" },
      },
      NO_PASSWORD_USER,
      false,
    ],
  ])("%s", (_, op, error, on) => {
    const rig = new Rig().done(...PEOPLE);
    if (on) rig.done(the.enable);
    const { revision } = rig.auth;
    expect(rig.entry(op)).toEqual(error);
    expect(rig.auth.revision).toBe(revision);
  });
});

describe("enabling auth", () => {
  test("needs the user root with the role root", () => {
    const rig = new Rig();
    expect(rig.apply(the.enable)).toBe(Errors.rootUserNotExist);
    rig.done(the.user("root", "root"));
    expect(rig.apply(the.enable)).toBe(Errors.rootRoleNotExist);
    rig.done(the.grant("root", "root"));
    expect(rig.apply(the.enable)).toEqual({ type: "authEnable", response: { header: HEADER } });
    expect(rig.apply(the.enable)).not.toHaveProperty("code");
    expect(rig.auth.enabled).toBe(true);
  });

  test("changes no revision; disabling does, once", () => {
    const rig = new Rig().done(...ROOT_AND_ON);
    expect(rig.auth.revision).toBe(3);
    rig.done(the.disable);
    expect(rig.auth.revision).toBe(4);
    rig.done(the.disable);
    expect(rig.auth.revision).toBe(4);
    expect(rig.auth.enabled).toBe(false);
  });
});

describe("changes of users and roles", () => {
  test("begin at revision 1, and each makes it one greater", () => {
    const rig = new Rig();
    expect(rig.auth.revision).toBe(1);
    const changes = [
      ...PEOPLE,
      the.password("eve", "f"),
      the.forbid("r", "a"),
      the.revoke("eve", "r"),
      the.roleGone("r"),
      the.userGone("eve"),
    ];
    for (const [n, op] of changes.entries()) {
      rig.done(op);
      expect(rig.auth.revision).toBe(n + 2);
    }
  });

  test("granting a role twice changes nothing", () => {
    const rig = new Rig().done(...PEOPLE);
    const { revision } = rig.auth;
    rig.done(the.grant("eve", "r"));
    expect(rig.auth.revision).toBe(revision);
  });

  test("show a user's roles, sorted", () => {
    const rig = new Rig().done(...PEOPLE, the.role("b"), the.role("z"));
    rig.done(the.grant("eve", "z"), the.grant("eve", "b"));
    expect(rig.apply(the.userShown("eve"))).toMatchObject({ response: { roles: ["b", "r", "z"] } });
  });

  test("show a role's permissions, sorted; a range's new type replaces the old one", () => {
    const rig = new Rig().done(
      ...PEOPLE,
      the.allow("r", "READWRITE", "a"),
      the.allow("r", "READ", "\0"),
    );
    expect(rig.apply(the.roleShown("r"))).toMatchObject({
      response: {
        perm: [
          { permType: "READ", key: "\0", rangeEnd: "" },
          { permType: "READWRITE", key: "a", rangeEnd: "" },
          { permType: "WRITE", key: "a", rangeEnd: "c" },
        ],
      },
    });
  });

  test("know again only the first range of a key, as etcd does, and keep a key's ranges in the order of the grants", () => {
    const rig = new Rig().done(the.role("s"), the.allow("s", "READ", "b", "d"));
    rig.done(
      the.allow("s", "READ", "b"),
      the.allow("s", "WRITE", "b"),
      the.allow("s", "READ", "a"),
    );
    const shown = () => rig.apply(the.roleShown("s"));
    const a = { permType: "READ", key: "a", rangeEnd: "" };
    const range = { permType: "READ", key: "b", rangeEnd: "d" };
    const b = { permType: "READ", key: "b", rangeEnd: "" };
    expect(shown()).toMatchObject({
      response: { perm: [a, range, b, { ...b, permType: "WRITE" }] },
    });
    rig.done(the.allow("s", "READWRITE", "b", "d"), the.forbid("s", "b"));
    expect(shown()).toMatchObject({
      response: { perm: [a, { ...range, permType: "READWRITE" }] },
    });
  });

  test("show the role root, if it was made, as all keys", () => {
    const rig = new Rig().done(the.role("root"));
    expect(rig.apply(the.roleShown("root"))).toMatchObject({
      response: { perm: [{ permType: "READWRITE", key: "", rangeEnd: "\0" }] },
    });
  });

  test("list users, roles, and how auth is", () => {
    const rig = new Rig().done(...PEOPLE, the.role("a"));
    expect(rig.apply(the.users)).toMatchObject({ response: { users: ["bob", "eve", "root"] } });
    expect(rig.apply(the.roles)).toMatchObject({ response: { roles: ["a", "r"] } });
    expect(rig.apply(the.status)).toMatchObject({ response: { enabled: false, authRevision: 10 } });
  });

  test("a deleted role is taken from its users", () => {
    const rig = new Rig().done(...PEOPLE, the.roleGone("r"));
    expect(rig.apply(the.userShown("eve"))).toMatchObject({ response: { roles: [] } });
  });

  test("the root user and role may go while auth is off", () => {
    const rig = new Rig().done(...PEOPLE, the.role("root"));
    rig.done(the.revoke("root", "root"), the.roleGone("root"), the.userGone("root"));
    expect(rig.store.user("root")).toBeNull();
  });

  test("an old etcd's entry with a password in it gives all members the same hash", () => {
    const entry: AuthOp = {
      type: "authUserAdd",
      request: { name: "eve", password: "p", options: null, hashedPassword: "" },
    };
    const hashes = [new Rig(), new Rig()].map((rig) => {
      rig.entry(entry);
      return rig.store.user("eve")?.password;
    });
    expect(hashes[0]).toEqual(hashes[1]);
    expect(hashes[0]).toHaveLength(60);
  });
});

describe("signing in", () => {
  test("needs the right password", () => {
    const rig = new Rig();
    expect(rig.auth.checkPassword("eve", "e")).toBe(Errors.authNotEnabled);
    rig.done(...PEOPLE, the.enable);
    expect(rig.auth.checkPassword("eve", "e")).toBe(rig.auth.revision);
    expect(rig.auth.checkPassword("eve", "x")).toBe(Errors.authFailed);
    expect(rig.auth.checkPassword("nobody", "e")).toBe(Errors.authFailed);
    expect(rig.auth.checkPassword("bob", "")).toBe(NO_PASSWORD_USER);
    rig.done(the.password("eve", "new"));
    expect(rig.auth.checkPassword("eve", "e")).toBe(Errors.authFailed);
    expect(rig.auth.checkPassword("eve", "new")).toBe(rig.auth.revision);
  });

  test("gives a token that is good until the password changes", () => {
    const rig = new Rig().done(...PEOPLE, the.enable);
    const answer = rig.apply(the.signIn("eve", "prefix"));
    expect(answer).toMatchObject({ response: { token: `prefix.${rig.index}` } });
    const who = (): unknown => rig.auth.tokenLookup(0, `prefix.${rig.index}`, rig.index);
    const { revision } = rig.auth;
    expect(who()).toEqual({ kind: "known", info: { username: "eve", revision } });
    const { index } = rig;
    rig.done(the.password("eve", "new"));
    expect(rig.auth.tokenLookup(0, `prefix.${index}`, rig.index)).toEqual({ kind: "invalid" });
  });

  test("is to be done again if the password changed before its entry was applied", () => {
    for (const [bugs, stands] of [
      [[], false],
      [["A6"], true],
    ] as const) {
      const rig = new Rig(bugs).done(...PEOPLE, the.enable);
      const checked = rig.auth.checkPassword("eve", "e") as number;
      expect(rig.auth.stillAt(checked)).toBe(true);
      rig.done(the.password("eve", "new"), the.signIn("eve", "prefix"));
      // [A6] with the mistake nobody notices.
      expect(rig.auth.stillAt(checked)).toBe(stands);
    }
  });
});

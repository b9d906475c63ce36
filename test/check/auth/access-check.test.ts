import { describe, expect, test } from "vitest";
import { ACCESS_RULES, PERMITTED, REFUSED_WRONGLY } from "../../../src/check/auth/access-check.ts";
import { DataMonitor } from "../../../src/check/data-monitor.ts";
import type { AccessEvent, AccessNeed, AuthChange, ClientOp } from "../../../src/trace/events.ts";
import { put, Tale } from "../tale.ts";

const ALL = [1, 2] as const;
const PUT: ClientOp = { type: "put", key: "k", value: "1" };
const CALL: ClientOp = { type: "call", method: "range", writes: false };
const SIGN_IN: ClientOp = { type: "call", method: "authenticate", writes: false };

const need = (what: AccessNeed["what"], key = "", rangeEnd = ""): AccessNeed => ({
  what,
  key,
  rangeEnd,
});
const write = need("write", "k");
const read = (from: string, to: string) => need("read", from, to);

const DENIED = "etcdserver: permission denied";
const WRONG_PASSWORD = "etcdserver: authentication failed, invalid user ID or password";

/** Ann's password 1, and her role r. */
function founded(): Tale {
  const tale = new Tale().boot(ALL);
  tale.invoke({ type: "call", method: "authUserAdd", writes: true });
  tale.as("", [], { sets: { user: "ann", password: 1 } });
  let index = 0;
  const next = (change: AuthChange) => tale.auth(ALL, ++index, change);
  next({ type: "user-add", user: "ann", noPassword: false });
  tale.complete(1, { revision: 1 });
  next({ type: "role-add", role: "r" });
  return next({ type: "user-grant", user: "ann", role: "r" });
}

const grant = (access: "READ" | "WRITE" | "READWRITE", key: string, rangeEnd = ""): AuthChange => ({
  type: "role-grant",
  role: "r",
  access,
  key,
  rangeEnd,
});

const enable: AuthChange = { type: "enable" };
const revoke: AuthChange = { type: "role-revoke", role: "r", key: "k", rangeEnd: "" };

/** Auth is on; ann was granted these, from entry 4 on; entry 10 turns it on. */
function on(...grants: readonly AuthChange[]): Tale {
  const tale = founded();
  for (const [i, change] of grants.entries()) tale.auth(ALL, 4 + i, change);
  return tale.auth(ALL, 10, enable);
}

/** She asks for that; what comes of it, after `meanwhile`. */
function asks(
  tale: Tale,
  needs: readonly AccessNeed[],
  error = "",
  meanwhile: (tale: Tale) => void = () => undefined,
  more: Partial<AccessEvent> = {},
): Tale {
  const op = tale.invoke(CALL);
  tale.as("ann", needs, more);
  meanwhile(tale);
  return error === "" ? tale.complete(op, { revision: 1 }) : tale.complete(op, null, "fail", error);
}

const rules = (tale: Tale): string[] =>
  tale.play(new DataMonitor({ only: ACCESS_RULES })).violations.map((v) => v.invariant);

/** A key of lease aa that ann may not write. */
const leased = () =>
  on(grant("WRITE", "k"))
    .lease(1, "grant", "aa", 10)
    .apply(1, 11, 1)
    .change(1, 12, 2, put("x", "1", 2, { lease: "aa" }));

/** Her password is another from entry 11 on. */
function repassworded(tale: Tale): Tale {
  const op = tale.invoke({ type: "call", method: "authUserChangePassword", writes: true });
  tale.as("", [], { sets: { user: "ann", password: 2 } });
  return tale.auth(1, 11, { type: "user-password", user: "ann" }).complete(op, { revision: 1 });
}

const GOOD: readonly [string, () => Tale][] = [
  ["while auth is off", () => asks(founded(), [write])],
  ["what was granted", () => asks(on(grant("READWRITE", "k")), [write, read("k", "")])],
  [
    "a range that two grants touch over",
    () => asks(on(grant("READ", "a", "c"), grant("READ", "c", "e")), [read("b", "d")]),
  ],
  ["a range within an open one", () => asks(on(grant("READ", "a", "\0")), [read("b", "\0")])],
  [
    "what root asks",
    () =>
      asks(on().auth(ALL, 11, { type: "user-grant", user: "ann", role: "root" }), [
        write,
        need("admin"),
        need("lease", "aa"),
      ]),
  ],
  [
    "what is granted meanwhile",
    () => asks(on(), [write], "", (t) => t.auth(1, 11, grant("WRITE", "k"))),
  ],
  [
    "what is taken meanwhile",
    () => asks(on(grant("WRITE", "k")), [write], "", (t) => t.auth(1, 11, revoke)),
  ],
  [
    "a serializable read by a member that is behind",
    () =>
      asks(on(grant("READ", "k")).auth(1, 11, revoke), [read("k", "")], "", undefined, {
        local: true,
      }),
  ],
  ["a refusal of what nobody granted", () => asks(on(), [write], DENIED)],
  [
    "a refusal of what is granted meanwhile",
    () => asks(on(), [write], DENIED, (t) => t.auth(1, 11, grant("WRITE", "k"))),
  ],
  [
    "a refusal by a member that is behind",
    () =>
      asks(on().auth(1, 11, grant("READ", "k")), [read("k", "")], DENIED, undefined, {
        local: true,
      }),
  ],
  ["a stale token", () => asks(on(grant("WRITE", "k")), [write], "etcdserver: invalid auth token")],
  [
    "an old revision",
    () => asks(on(grant("WRITE", "k")), [write], "etcdserver: revision of auth store is old"),
  ],
  ["a lease whose keys she may write", () => asks(on(grant("WRITE", "x")), [need("lease", "aa")])],
  ["a refusal for the keys of a lease", () => asks(leased(), [write, need("lease", "aa")], DENIED)],
  [
    "a refusal for a key that came to the lease meanwhile",
    () =>
      asks(
        on(grant("WRITE", "k")).lease(1, "grant", "aa", 10).apply(1, 11, 1),
        [write, need("lease", "aa")],
        DENIED,
        (t) => t.change(1, 12, 2, put("x", "1", 2, { lease: "aa" })),
      ),
  ],
  [
    "a range that ends before it begins",
    () => asks(asks(on(grant("READ", "k")), [read("k", "a")]), [read("k", "a")], DENIED),
  ],
  [
    "an old password on a member that a snapshot took over its change",
    () =>
      asks(
        repassworded(on(grant("WRITE", "k")))
          .apply(1, 12, 1)
          .restore(2, 12, 1),
        [write],
      ),
  ],
  [
    "a wrong password",
    () => {
      const tale = on();
      const op = tale.invoke(SIGN_IN);
      return tale
        .as("ann", [], { password: 9, local: true })
        .complete(op, null, "fail", WRONG_PASSWORD);
    },
  ],
  [
    "a store that nobody told of",
    () =>
      asks(
        new Tale()
          .boot([1])
          .reboot(1, { term: 1, vote: 0, commit: 9, applied: 9 })
          .auth(1, 10, enable),
        [write],
      ),
  ],
];

const BAD: readonly [string, string, () => Tale][] = [
  [PERMITTED, "a write that nobody granted", () => asks(on(), [write])],
  [PERMITTED, "a read of what she may write", () => asks(on(grant("WRITE", "k")), [read("k", "")])],
  [
    PERMITTED,
    "a range with a hole",
    () => asks(on(grant("READ", "a", "c"), grant("READ", "d", "e")), [read("b", "e")]),
  ],
  [
    PERMITTED,
    "an open range where one key is granted",
    () => asks(on(grant("READ", "k")), [read("k", "\0")]),
  ],
  [
    PERMITTED,
    "an open range where a closed one is granted",
    () => asks(on(grant("READ", "a", "z")), [read("k", "\0")]),
  ],
  [
    PERMITTED,
    "what was taken from her before she asked",
    () => asks(on(grant("WRITE", "k")).auth(1, 11, revoke), [write]),
  ],
  [
    PERMITTED,
    "what went with the role",
    () =>
      asks(
        on(grant("WRITE", "k"))
          .auth(1, 11, { type: "role-delete", role: "r" })
          .auth(1, 12, { type: "role-add", role: "r" }),
        [write],
      ),
  ],
  [
    PERMITTED,
    "what she was granted for reading, after it was for both",
    () => asks(on(grant("READWRITE", "k"), grant("READ", "k")), [write]),
  ],
  [
    PERMITTED,
    "a user who is no more",
    () => asks(on(grant("WRITE", "k")).auth(1, 11, { type: "user-delete", user: "ann" }), [write]),
  ],
  [
    PERMITTED,
    "a serializable read that was never allowed anywhere",
    () => asks(on(), [read("k", "")], "", undefined, { local: true }),
  ],
  [
    PERMITTED,
    "a lease with a key that she may not write",
    () => asks(leased(), [write, need("lease", "aa")]),
  ],
  [PERMITTED, "administration", () => asks(on(), [need("admin")])],
  [PERMITTED, "an old password", () => asks(repassworded(on(grant("WRITE", "k"))), [write])],
  [
    PERMITTED,
    "somebody without a name",
    () => {
      const tale = on();
      return tale.complete(tale.invoke(PUT), { revision: 2 });
    },
  ],
  [
    PERMITTED,
    "a watch that nobody granted",
    () =>
      on()
        .watch("k")
        .as("ann", [read("k", "")], { op: 0, watch: 1, local: true })
        .respond("created", 1),
  ],
  [
    REFUSED_WRONGLY,
    "what was granted",
    () => asks(on(grant("READ", "a", "c")), [read("a", "c")], DENIED),
  ],
  [
    REFUSED_WRONGLY,
    "a range that two grants touch over",
    () => asks(on(grant("READ", "a", "c"), grant("READ", "c", "e")), [read("b", "d")], DENIED),
  ],
  [
    REFUSED_WRONGLY,
    "while auth is off",
    () => asks(founded(), [write], "etcdserver: user name is empty"),
  ],
  [
    REFUSED_WRONGLY,
    "a watch of what was granted",
    () =>
      on(grant("READ", "k"))
        .watch("k")
        .as("ann", [read("k", "")], { op: 0, watch: 1, local: true })
        .respond("canceled", 1, { text: DENIED }),
  ],
  [
    REFUSED_WRONGLY,
    "a lease whose keys she may write",
    () =>
      asks(
        on(grant("WRITE", "x"), grant("WRITE", "k"))
          .lease(1, "grant", "aa", 10)
          .apply(1, 11, 1)
          .change(1, 12, 2, put("x", "1", 2, { lease: "aa" })),
        [write, need("lease", "aa")],
        DENIED,
      ),
  ],
  [
    REFUSED_WRONGLY,
    "the right password",
    () => {
      const tale = on();
      const op = tale.invoke(SIGN_IN);
      return tale.as("ann", [], { local: true }).complete(op, null, "fail", WRONG_PASSWORD);
    },
  ],
  [
    REFUSED_WRONGLY,
    "a sign-in while auth is on",
    () => {
      const tale = on();
      const op = tale.invoke(SIGN_IN);
      const error = "etcdserver: authentication is not enabled";
      return tale.as("ann", [], { local: false }).complete(op, null, "fail", error);
    },
  ],
];

describe("who may what", () => {
  test.each(GOOD)("%s is well", (_, tell) => {
    expect(rules(tell())).toEqual([]);
  });

  test.each(BAD)("%s trips: %s", (rule, _, tell) => {
    expect(rules(tell())).toEqual([rule]);
  });

  test("forgets states that no operation lives through, and judges none by them", () => {
    const tale = on();
    const op = tale.invoke(CALL);
    tale.as("ann", [write]);
    for (let i = 0; i < 600; i++)
      tale.auth(1, 11 + i, i % 2 === 0 ? grant("READ", "z") : grant("WRITE", "z"));
    tale.complete(op, { revision: 1 });
    expect(rules(tale)).toEqual([]);
    expect(rules(asks(tale, [write]))).toEqual([PERMITTED]);
  });
});

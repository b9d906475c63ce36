import { expect, test } from "vitest";
import { compare, op, rangeRequest } from "../../../src/api/build.ts";
import type { InternalOp } from "../../../src/api/requests.ts";
import { operationText } from "../../../src/member/tracing/request-text.ts";

const TEXTS: readonly (readonly [InternalOp, string])[] = [
  [op.put("a", "1"), "put a=1"],
  [op.put("a", "1", { lease: 0x7bn }), "put a=1 on lease 7b"],
  [op.put("a", "1", { lease: -1n }), "put a=1 on lease ffffffffffffffff"],
  [op.put("a", "", { ignoreValue: true }), "put a anew"],
  [op.put("a", "1", { ignoreLease: true }), "put a=1 keeping its lease"],
  [op.put("\x00k", "x".repeat(40)), `put \\x00k=${"x".repeat(23)}…`],
  [op.delete("a"), "delete a"],
  [op.delete("a", { rangeEnd: "\0" }), "delete [a, …)"],
  [
    { type: "range", request: rangeRequest("a", { rangeEnd: "b", revision: 7 }) },
    "get [a, b) at revision 7",
  ],
  [op.txn([], [op.put("a", "1"), op.delete("b")]), "txn: put a=1, delete b"],
  [
    op.txn([compare.created("a", "EQUAL", 0)], [op.put("a", "1")], [op.get("a")]),
    "txn if a is absent: put a=1; else: get a",
  ],
  [
    op.txn(
      [compare.created("l", "EQUAL", 9), compare.created("m", "GREATER", 0)],
      [op.put("a", "1"), op.put("b", "2"), op.put("c", "3"), op.put("d", "4"), op.put("e", "5")],
    ),
    "txn if create revision of l = 9 and m is there: put a=1, put b=2, put c=3, 2 more",
  ],
  [
    {
      type: "txn",
      request: {
        compare: [
          {
            target: "VALUE",
            result: "NOT_EQUAL",
            key: "a",
            rangeEnd: "",
            value: Uint8Array.of(120),
          },
          { target: "LEASE", result: "EQUAL", key: "b", rangeEnd: "", lease: 0n },
          { target: "MOD", result: "LESS", key: "c", rangeEnd: "d", modRevision: 4 },
        ],
        success: [],
        failure: [],
      },
    },
    "txn if value of a ≠ x and lease of b = none and mod revision of [c, d) < 4: nothing",
  ],
  [{ type: "compaction", request: { revision: 8, physical: true } }, "compact up to revision 8"],
  [{ type: "leaseGrant", request: { id: 0x7bn, ttl: 10 } }, "grant lease 7b for 10 s"],
  [{ type: "leaseRevoke", request: { id: 0x7bn } }, "revoke lease 7b"],
  [
    {
      type: "leaseCheckpoint",
      request: { checkpoints: [1n, 2n, 3n, 4n].map((id) => ({ id, remainingTtl: 5 })) },
    },
    "checkpoint: lease 1 has 5 s left, 2 has 5 s left, 3 has 5 s left, 1 more",
  ],
  [
    { type: "alarm", request: { action: "ACTIVATE", memberId: 0xabcn, alarm: "NOSPACE" } },
    "raise alarm NOSPACE of member abc",
  ],
  [
    { type: "alarm", request: { action: "DEACTIVATE", memberId: 0n, alarm: "CORRUPT" } },
    "disarm alarm CORRUPT of all members",
  ],
  [
    { type: "clusterVersionSet", request: { version: "3.4.0" } },
    "set the cluster version to 3.4.0",
  ],
  [
    {
      type: "clusterMemberAttrSet",
      request: { memberId: 0xabcn, attributes: { name: "m1", clientUrls: ["http://m1:2379"] } },
    },
    "member abc is m1 at http://m1:2379",
  ],
  [{ type: "downgradeInfoSet", request: { enabled: true, version: "3.5" } }, "downgrade to 3.5"],
  [{ type: "authEnable", request: {} }, "enable auth"],
  [{ type: "authUserDelete", request: { name: "bob" } }, "delete user bob"],
  [
    { type: "authUserGrantRole", request: { user: "bob", role: "dev" } },
    "grant role dev to user bob",
  ],
  [
    {
      type: "authRoleGrantPermission",
      request: { name: "dev", permission: { permType: "READWRITE", key: "a", rangeEnd: "b" } },
    },
    "allow role dev to read and write [a, b)",
  ],
  [
    { type: "authRoleRevokePermission", request: { role: "dev", key: "a", rangeEnd: "" } },
    "take a away from role dev",
  ],
];

test.each(TEXTS.map(([request, text]) => ({ request, text })))("$text", ({ request, text }) => {
  expect(operationText(request)).toBe(text);
});

test("no secret is ever shown", () => {
  const password = "sesame";
  const hashedPassword = "hash!";
  const secret: InternalOp[] = [
    { type: "authenticate", request: { name: "bob", password, simpleToken: "token!" } },
    { type: "authUserAdd", request: { name: "bob", password, options: null, hashedPassword } },
    { type: "authUserChangePassword", request: { name: "bob", password, hashedPassword } },
  ];
  expect(secret.map(operationText)).toEqual([
    "sign in bob",
    "add user bob",
    "change the password of user bob",
  ]);
});

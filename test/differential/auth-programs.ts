import fc, { type Arbitrary } from "fast-check";
import { deleteRangeRequest } from "../../src/api/build.ts";
import { isValidPermissionRange } from "../../src/auth/key-ranges.ts";
import type { AuthCall } from "./calls.ts";
import {
  ENDS,
  KEYS,
  kvStep,
  LEASES,
  leaseStep,
  type Program,
  rarely,
  type Step,
  step,
  wrapped,
} from "./programs.ts";

/** Root's password never changes and is never left out, so that auth can always be turned off. */
export const ROOT_PASSWORD = "root's";
const USERS = ["root", "alice", "bob", "carol"];
const ROLES = ["root", "reader", "writer", "all"];
// None longer than 72 bytes: 3.4.23 hashes what is left of it when it applies the request, later
// versions refuse it when they are asked.
const PASSWORDS = ["one", "two", "", "p".repeat(72)];

const user = rarely("", rarely("nobody", fc.constantFrom(...USERS)));
const subject = rarely("", fc.constantFrom("alice", "bob", "carol"));
const role = rarely("", rarely("none", fc.constantFrom(...ROLES)));
const password = fc.oneof(
  { arbitrary: fc.constant("one"), weight: 6 },
  { arbitrary: fc.constantFrom(...PASSWORDS), weight: 2 },
);
const key = rarely("", fc.constantFrom(...KEYS));
const end = fc.oneof(fc.constant(""), fc.constantFrom(...ENDS));
// 3.4.23 grants ranges that hold nothing; later versions refuse them, as ours does.
const permission = fc
  .record({
    permType: fc.constantFrom("READ" as const, "WRITE" as const, "READWRITE" as const),
    key: fc.constantFrom(...KEYS),
    // Wide ones as well: where all is refused little is seen.
    rangeEnd: fc.oneof(end, fc.constantFrom("\0", "\xff", "d")),
  })
  .filter((range) => isValidPermissionRange(range.key, range.rangeEnd));

const userAdd = fc.oneof(
  {
    arbitrary: fc.record({
      name: subject,
      password,
      options: options(),
      hashedPassword: nothing(),
    }),
    weight: 4,
  },
  {
    arbitrary: fc.constant({
      name: "root",
      password: ROOT_PASSWORD,
      options: null,
      hashedPassword: "",
    }),
    weight: 1,
  },
);

function options(): Arbitrary<{ noPassword: boolean } | null> {
  return fc.oneof(
    { arbitrary: fc.constant(null), weight: 5 },
    { arbitrary: fc.record({ noPassword: fc.boolean() }), weight: 1 },
  );
}

function nothing(): Arbitrary<string> {
  return fc.constant("");
}

const signIn = fc.oneof(
  { arbitrary: fc.record({ name: user, password }), weight: 3 },
  { arbitrary: fc.constant({ name: "root", password: ROOT_PASSWORD }), weight: 1 },
);

const empty = fc.constant({});
const authStep: Arbitrary<AuthCall> = fc.oneof(
  {
    arbitrary: step(
      "authenticate",
      signIn.map((who) => ({ ...who, simpleToken: "" })),
    ),
    weight: 8,
  },
  { arbitrary: step("authEnable", empty), weight: 2 },
  { arbitrary: step("authDisable", empty), weight: 1 },
  { arbitrary: step("authUserAdd", userAdd), weight: 3 },
  { arbitrary: step("authUserGet", fc.record({ name: user })), weight: 3 },
  { arbitrary: step("authUserList", empty), weight: 2 },
  { arbitrary: step("authUserDelete", fc.record({ name: user })), weight: 1 },
  {
    arbitrary: step(
      "authUserChangePassword",
      fc.record({ name: subject, password, hashedPassword: nothing() }),
    ),
    weight: 2,
  },
  { arbitrary: step("authUserGrantRole", fc.record({ user, role })), weight: 4 },
  { arbitrary: step("authUserRevokeRole", fc.record({ user, role })), weight: 2 },
  { arbitrary: step("authRoleAdd", fc.record({ name: role })), weight: 3 },
  // Of the role root, if it was made, 3.4.23 shows what was granted to it, later versions all keys.
  {
    arbitrary: step("authRoleGet", fc.record({ role: role.filter((name) => name !== "root") })),
    weight: 3,
  },
  { arbitrary: step("authRoleList", empty), weight: 2 },
  { arbitrary: step("authRoleDelete", fc.record({ role })), weight: 1 },
  { arbitrary: step("authRoleGrantPermission", fc.record({ name: role, permission })), weight: 5 },
  {
    arbitrary: step("authRoleRevokePermission", fc.record({ role, key, rangeEnd: end })),
    weight: 3,
  },
) as Arbitrary<AuthCall>;

const who: Arbitrary<string> = fc.oneof(
  { arbitrary: fc.constant("root"), weight: 3 },
  { arbitrary: fc.constantFrom("alice", "bob", "carol"), weight: 6 },
  { arbitrary: fc.constantFrom("", "a stranger", "a stranger without an index"), weight: 1 },
);

const asked = (steps: Arbitrary<Step>): Arbitrary<Step> =>
  fc.record({ call: steps, as: who }).map(({ call, as }) => ({ ...call, as }));

/** What an administrator does first, in an order that works; some of it is left out. */
const setUp: Arbitrary<Program> = fc
  .record({
    roles: fc.subarray(ROLES.slice(1), { minLength: 2 }),
    grants: fc.array(fc.record({ name: fc.constantFrom(...ROLES.slice(1)), permission }), {
      minLength: 2,
      maxLength: 8,
    }),
    users: fc.subarray(USERS.slice(1), { minLength: 2 }),
    mainly: fc.array(fc.constantFrom(...ROLES.slice(1)), { minLength: 3, maxLength: 3 }),
    granted: fc.array(
      fc.record({ user: fc.constantFrom(...USERS), role: fc.constantFrom(...ROLES) }),
      {
        maxLength: 3,
      },
    ),
    rooted: rarely(false, fc.constant<boolean>(true), 10),
  })
  .map(({ roles, grants, users, mainly, granted, rooted }) => [
    { type: "authUserAdd", request: userRequest("root", ROOT_PASSWORD) },
    ...users.map((name): Step => ({ type: "authUserAdd", request: userRequest(name, "one") })),
    ...roles.map((name): Step => ({ type: "authRoleAdd", request: { name } })),
    ...grants.map((request) => ({ type: "authRoleGrantPermission", request }) as Step),
    ...mainly.map((role, n): Step => {
      const user = USERS[n + 1] as string;
      return { type: "authUserGrantRole", request: { user, role } };
    }),
    ...granted.map((request): Step => ({ type: "authUserGrantRole", request })),
    ...(rooted
      ? [{ type: "authUserGrantRole", request: { user: "root", role: "root" } } as Step]
      : []),
    { type: "authEnable", request: {} },
    ...["root", ...users].map(signInStep),
  ]);

function userRequest(name: string, password: string) {
  return { name, password, options: null, hashedPassword: "" };
}

function signInStep(name: string): Step {
  const password = name === "root" ? ROOT_PASSWORD : "one";
  return { type: "authenticate", request: { name, password, simpleToken: "" } };
}

/** Programs in which several users ask; `maxLength` steps after the set-up. */
export const authPrograms = (maxLength: number): Arbitrary<Program> =>
  fc
    .record({
      before: fc.array(kvStep(true) as Arbitrary<Step>, { maxLength: 6 }),
      first: setUp,
      last: fc.array(
        asked(
          fc.oneof(
            { arbitrary: authStep, weight: 2 },
            { arbitrary: kvStep(true, 2).filter((call) => !hasInvertedRange(call)), weight: 3 },
            { arbitrary: wrapped.filter((call) => !hasInvertedRange(call)), weight: 1 },
            { arbitrary: leaseStep, weight: 1 },
          ) as Arbitrary<Step>,
        ),
        { minLength: 1, maxLength, size: "max" },
      ),
    })
    .map(({ before, first, last }) => [...before, ...first, ...last]);

/**
 * A range that ends before it begins holds no key; whether one may ask for it depends in etcd on
 * the shape of the tree in which a user's permissions stand.
 */
function hasInvertedRange(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasInvertedRange);
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return false;
  const { key, rangeEnd } = value as { key?: unknown; rangeEnd?: unknown };
  if (typeof key === "string" && typeof rangeEnd === "string") {
    if (rangeEnd !== "" && rangeEnd !== "\0" && rangeEnd <= key) return true;
  }
  return Object.values(value).some(hasInvertedRange);
}

/** Turns auth off, and takes everything away. */
export function tidyUpAuth(now: number): Program {
  return [
    signInStep("root"),
    { type: "authDisable", request: {}, as: "root" },
    ...USERS.map((name): Step => ({ type: "authUserDelete", request: { name } })),
    ...ROLES.map((role): Step => ({ type: "authRoleDelete", request: { role } })),
    ...LEASES.map((id): Step => ({ type: "leaseRevoke", request: { id } })),
    { type: "deleteRange", request: deleteRangeRequest("\0", { rangeEnd: "\0" }) },
    { type: "compaction", request: { revision: now, physical: true } },
  ];
}

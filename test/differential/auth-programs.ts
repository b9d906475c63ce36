import fc, { type Arbitrary } from "fast-check";
import { deleteRangeRequest } from "../../src/api/build.ts";
import type { Permission } from "../../src/api/requests.ts";
import { isValidPermissionRange } from "../../src/auth/key-ranges.ts";
import type { Line } from "../../src/profile/lines.ts";
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
// More than 72 bytes bcrypt does not look at.
const PASSWORDS = ["one", "two", "", "p".repeat(72), "p".repeat(73)];

const TARGETS = ["", "3", "3.3", "3.4", "3.5.1", "3.6.0", "3.7", "v3.6", "4.0"];

const user = rarely("", rarely("nobody", fc.constantFrom(...USERS)));
const subject = rarely("", fc.constantFrom("alice", "bob", "carol"));
const role = rarely("", rarely("none", fc.constantFrom(...ROLES)));
const password = fc.oneof(
  { arbitrary: fc.constant("one"), weight: 6 },
  { arbitrary: fc.constantFrom(...PASSWORDS), weight: 2 },
);
const key = rarely("", fc.constantFrom(...KEYS));
const end = fc.oneof(fc.constant(""), fc.constantFrom(...ENDS));
const permission: Arbitrary<Permission> = fc.record({
  permType: fc.constantFrom("READ" as const, "WRITE" as const, "READWRITE" as const),
  key: rarely("", fc.constantFrom(...KEYS), 60),
  // Wide ones as well: where all is refused little is seen.
  rangeEnd: fc.oneof(end, fc.constantFrom("\0", "\xff", "d")),
});

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
export const authStep = fc.oneof(
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
  { arbitrary: step("authRoleGet", fc.record({ role })), weight: 3 },
  { arbitrary: step("authStatus", empty), weight: 1 },
  { arbitrary: step("authRoleList", empty), weight: 2 },
  { arbitrary: step("authRoleDelete", fc.record({ role })), weight: 1 },
  { arbitrary: step("authRoleGrantPermission", fc.record({ name: role, permission })), weight: 5 },
  {
    arbitrary: step("authRoleRevokePermission", fc.record({ role, key, rangeEnd: end })),
    weight: 3,
  },
) as Arbitrary<Step>;

/** Of a member that there is not. */
const alarmStep = fc
  .record({
    action: fc.constantFrom("GET" as const, "ACTIVATE" as const, "DEACTIVATE" as const),
    memberId: fc.constantFrom(5n, 6n),
    kind: rarely("NOSPACE" as const, fc.constantFrom("NONE" as const, "CORRUPT" as const), 3),
  })
  // What an alarm does while it is on stands in corners.test.ts.
  .map(({ action, memberId, kind }): Step => {
    const alarm = action === "ACTIVATE" ? "NONE" : kind;
    return { type: "alarm", request: { action, memberId, alarm } };
  });

/** What is administered: mostly of interest for who may. */
const adminStep = fc.oneof(
  { arbitrary: step("memberList", fc.record({ linearizable: fc.boolean() })), weight: 2 },
  { arbitrary: step("memberRemove", fc.constant({ id: 5n })), weight: 1 },
  { arbitrary: step("memberPromote", fc.constant({ id: 5n })), weight: 1 },
  {
    arbitrary: step("memberUpdate", fc.constant({ id: 5n, peerUrls: ["http://there:1"] })),
    weight: 1,
  },
  { arbitrary: step("status", empty), weight: 2 },
  { arbitrary: step("defragment", empty), weight: 1 },
  { arbitrary: step("hashKv", fc.constant({ revision: 1_000_000_000 })), weight: 2 },
  { arbitrary: step("moveLeader", fc.constant({ targetId: 5n })), weight: 1 },
  {
    // What a downgrade does while it is under way stands in downgrade.test.ts.
    arbitrary: step(
      "downgrade",
      fc.oneof(
        fc.record({
          action: fc.constant("VALIDATE" as const),
          version: fc.constantFrom(...TARGETS),
        }),
        fc.record({
          action: fc.constant("ENABLE" as const),
          version: fc.constantFrom("", "3", "2.9"),
        }),
        fc.constant({ action: "CANCEL" as const, version: "" }),
      ),
    ),
    weight: 2,
  },
) as Arbitrary<Step>;

export const who: Arbitrary<string> = fc.oneof(
  { arbitrary: fc.constant("root"), weight: 3 },
  { arbitrary: fc.constantFrom("alice", "bob", "carol"), weight: 6 },
  { arbitrary: fc.constantFrom("", "a stranger", "a stranger without an index"), weight: 1 },
  { arbitrary: fc.constantFrom("Bearer root", "Bearer alice"), weight: 1 },
);

export const asked = (steps: Arbitrary<Step>): Arbitrary<Step> =>
  fc.record({ call: steps, as: who }).map(({ call, as }) => ({ ...call, as }));

/** What an administrator does first, in an order that works; some of it is left out. */
export const setUp: Arbitrary<Program> = fc
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
export const authPrograms = (line: Line, maxLength: number): Arbitrary<Program> =>
  steps(maxLength).map((program) => program.filter((each) => grantsIn(line, each)));

/**
 * 3.4 grants ranges that hold no key. What is granted by one hangs on the shape of the tree in which a
 * user's permissions stand: `older.test.ts` looks at the granting alone.
 */
export function grantsIn(line: Line, each: Step): boolean {
  return line !== "3.4" || !grantsEmptyRange(each);
}

const steps = (maxLength: number): Arbitrary<Program> =>
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
            { arbitrary: adminStep, weight: 1 },
            { arbitrary: alarmStep, weight: 1 },
          ) as Arbitrary<Step>,
        ),
        { minLength: 1, maxLength, size: "max" },
      ),
    })
    .map(({ before, first, last }) => [...before, ...first, ...last]);

function grantsEmptyRange(each: Step): boolean {
  if (each.type !== "authRoleGrantPermission" || each.request.permission === null) return false;
  const { key, rangeEnd } = each.request.permission;
  return !isValidPermissionRange(key, rangeEnd);
}

/**
 * A range that ends before it begins holds no key; whether one may ask for it depends in etcd on
 * the shape of the tree in which a user's permissions stand.
 */
export function hasInvertedRange(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasInvertedRange);
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return false;
  const { key, rangeEnd } = value as { key?: unknown; rangeEnd?: unknown };
  if (typeof key === "string" && typeof rangeEnd === "string") {
    if (rangeEnd !== "" && rangeEnd !== "\0" && rangeEnd <= key) return true;
  }
  return Object.values(value).some(hasInvertedRange);
}

const ALARMS = [5n, 6n].flatMap((memberId) =>
  (["NONE", "NOSPACE", "CORRUPT"] as const).map((alarm) => ({ memberId, alarm })),
);

/** Turns auth off, and takes everything away. */
export function tidyUpAuth(now: number): Program {
  return [
    signInStep("root"),
    { type: "authDisable", request: {}, as: "root" },
    ...ALARMS.map((one): Step => ({ type: "alarm", request: { action: "DEACTIVATE", ...one } })),
    ...USERS.map((name): Step => ({ type: "authUserDelete", request: { name } })),
    ...ROLES.map((role): Step => ({ type: "authRoleDelete", request: { role } })),
    ...LEASES.map((id): Step => ({ type: "leaseRevoke", request: { id } })),
    { type: "deleteRange", request: deleteRangeRequest("\0", { rangeEnd: "\0" }) },
    { type: "compaction", request: { revision: now, physical: true } },
  ];
}

import fc from "fast-check";
import type { CrashMode } from "../../src/sim/fault.ts";
import { action, type Plan, planOptions, type Step, type Who, waitUs, who } from "./schedule.ts";

/**
 * What plans do beyond single keys and broken machines: transactions, compactions, watches, leases,
 * users, locks, clients in trouble, maintenance, membership as clients change it. Carried out by
 * {@link import("./core-world.ts").CoreWorld}.
 */
export type CoreAction =
  | {
      readonly do: "txn";
      readonly shape: TxnShape;
      readonly key: number;
      readonly back: number;
      readonly client: number;
    }
  | { readonly do: "range"; readonly back: number; readonly serializable: boolean }
  | { readonly do: "compact"; readonly back: number; readonly physical: boolean }
  | { readonly do: "grant"; readonly slot: number; readonly ttl: number; readonly below: boolean }
  | { readonly do: "revoke" | "keep" | "let-go" | "time-left"; readonly slot: number }
  | { readonly do: "attach"; readonly slot: number; readonly key: number; readonly count: number }
  | {
      readonly do: "watch";
      readonly client: number;
      readonly kind: WatchKind;
      readonly key: number;
      readonly back: number;
    }
  | { readonly do: "unwatch"; readonly client: number }
  | { readonly do: "ask-progress"; readonly client: number }
  | { readonly do: "read-slowly"; readonly client: number; readonly everyMs: number }
  | { readonly do: "auth"; readonly change: AuthChange; readonly permission: number }
  | { readonly do: "as-user"; readonly shape: UserShape; readonly key: number }
  | { readonly do: "lock"; readonly client: number; readonly holdMs: number }
  | { readonly do: "client-pause" | "client-resume"; readonly client: number }
  | { readonly do: "client-cut"; readonly client: number; readonly who: Who | "all" }
  | { readonly do: "defrag"; readonly who: Who }
  | { readonly do: "member"; readonly change: MemberChange; readonly who: Who }
  | {
      readonly do: "crash-at";
      readonly who: Who;
      readonly operations: number;
      readonly disk: CrashMode;
    };

export const TXN_SHAPES = ["guarded", "many", "old read", "delete all", "nested", "read"] as const;
export type TxnShape = (typeof TXN_SHAPES)[number];
export const WATCH_KINDS = ["key", "prefix", "past", "future", "prev", "filtered"] as const;
export type WatchKind = (typeof WATCH_KINDS)[number];
export const USER_SHAPES = ["put", "get", "nested", "prev", "lease", "open"] as const;
export type UserShape = (typeof USER_SHAPES)[number];
const AUTH_CHANGES = [
  ...(["enable", "enable", "disable", "grant", "grant", "take", "password"] as const),
  ...(["role-delete", "role-add", "status"] as const),
] as const;
export type AuthChange = (typeof AUTH_CHANGES)[number];
const MEMBER_CHANGES = ["add", "add-learner", "remove", "promote", "update", "list"] as const;
export type MemberChange = (typeof MEMBER_CHANGES)[number];

/** What a plan may leave out as a whole: bugs need some kinds together, and others out of the way. */
export const GROUPS = [
  ...(["faults", "txns", "compactions", "leases", "watches", "auth", "locks"] as const),
  ...(["clients", "defrags", "membership", "disk"] as const),
] as const;
export type Group = (typeof GROUPS)[number];

function one<D extends CoreAction["do"]>(...names: readonly D[]): fc.Arbitrary<D> {
  return fc.constantFrom(...names);
}

const slot = fc.nat(2);
const key = fc.nat(3);
const back = fc.constantFrom(0, 1, 2, 5, 20, -1, -3);
const watcher = fc.nat(2);

type Weighted = readonly [weight: number, arbitrary: fc.Arbitrary<CoreAction>];

/** Faults of members are drawn as other plans draw them. */
const CORE: Readonly<Record<Exclude<Group, "faults">, readonly Weighted[]>> = {
  txns: [
    [
      4,
      fc.record({
        do: one("txn"),
        shape: fc.constantFrom(...TXN_SHAPES),
        key,
        back,
        client: fc.integer({ min: 1, max: 4 }),
      }),
    ],
    [1, fc.record({ do: one("range"), back, serializable: fc.boolean() })],
  ],
  compactions: [
    [
      3,
      fc.record({
        do: one("compact"),
        back: fc.constantFrom(0, 0, 1, 3, 10),
        physical: fc.boolean(),
      }),
    ],
  ],
  leases: [
    [
      3,
      fc.record({
        do: one("grant"),
        slot,
        ttl: fc.constantFrom(1, 2, 3, 5, 30),
        below: fc.boolean(),
      }),
    ],
    [4, fc.record({ do: one("attach"), slot, key, count: fc.integer({ min: 1, max: 5 }) })],
    [2, fc.record({ do: one("keep"), slot })],
    [3, fc.record({ do: one("revoke", "let-go", "time-left"), slot })],
  ],
  watches: [
    [
      5,
      fc.record({
        do: one("watch"),
        client: watcher,
        kind: fc.constantFrom(...WATCH_KINDS),
        key,
        back,
      }),
    ],
    [1, fc.record({ do: one("unwatch"), client: watcher })],
    [2, fc.record({ do: one("ask-progress"), client: watcher })],
    [
      2,
      fc.record({
        do: one("read-slowly"),
        client: watcher,
        everyMs: fc.constantFrom(0, 50, 1000, -1),
      }),
    ],
  ],
  auth: [
    [
      4,
      fc.record({
        do: one("auth"),
        change: fc.constantFrom<AuthChange>(...AUTH_CHANGES),
        permission: fc.nat(3),
      }),
    ],
    [4, fc.record({ do: one("as-user"), shape: fc.constantFrom(...USER_SHAPES), key })],
  ],
  locks: [
    [
      4,
      fc.record({
        do: one("lock"),
        client: fc.nat(2),
        holdMs: fc.constantFrom(1, 100, 1000, 4000),
      }),
    ],
  ],
  clients: [
    [1, fc.record({ do: one("client-pause"), client: fc.nat(9) })],
    [2, fc.record({ do: one("client-resume"), client: fc.nat(9) })],
    [
      1,
      fc.record({
        do: one("client-cut"),
        client: fc.nat(9),
        who: fc.oneof(who, fc.constant("all" as const)),
      }),
    ],
  ],
  defrags: [[3, fc.record({ do: one("defrag"), who })]],
  membership: [
    [3, fc.record({ do: one("member"), change: fc.constantFrom(...MEMBER_CHANGES), who })],
  ],
  disk: [
    [
      4,
      fc.record({
        do: one("crash-at"),
        who,
        operations: fc.integer({ min: 1, max: 40 }),
        disk: fc.constantFrom<CrashMode>("lose", "keep", "prefix", "tear"),
      }),
    ],
  ],
};

interface Drawn {
  readonly group: Group;
  readonly step: Step;
}

const drawn: fc.Arbitrary<Drawn> = fc.oneof(
  ...(Object.keys(CORE) as (keyof typeof CORE)[]).flatMap((group) =>
    CORE[group].map(([weight, arbitrary]) => ({
      weight,
      arbitrary: fc.record({
        group: fc.constant<Group>(group),
        step: fc.record({ waitUs, action: arbitrary }),
      }),
    })),
  ),
  {
    weight: 40,
    arbitrary: fc.record({
      group: fc.constant<Group>("faults"),
      step: fc.record({ waitUs, action }),
    }),
  },
);

/**
 * Plans that use the whole core, each some groups of it only: fast-check draws steps of all groups,
 * and those of the ones that are out are left out.
 */
export function corePlans(members?: number): fc.Arbitrary<Plan> {
  return fc
    .record({
      out: fc.subarray([...GROUPS], { maxLength: GROUPS.length - 2 }),
      base: planOptions(members),
      more: fc.record({
        leaseCheckpoint: fc.boolean(),
        authToken: fc.constantFrom("simple" as const, "jwt" as const),
        strictReconfigCheck: fc.boolean(),
      }),
      all: fc.array(drawn, { minLength: 10, maxLength: 90, size: "max" }),
    })
    .map(({ out, base, more, all }) => ({
      options: { ...base, ...more },
      users: !out.includes("auth"),
      steps: all.filter(({ group }) => !out.includes(group)).map(({ step }) => step),
    }));
}

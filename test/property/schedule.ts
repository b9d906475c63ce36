import fc from "fast-check";
import { SECOND } from "../../src/base/time.ts";
import type { CrashMode, Fault } from "../../src/sim/fault.ts";
import type { ClusterOptions } from "../../src/sim/options.ts";
import type { CoreAction } from "./core-schedule.ts";

/**
 * A random run as plain data: how the cluster is made, and what is done to it when. Members are
 * named by numbers that are taken modulo those that exist, so that every plan can be run, and
 * stays a plan when fast-check takes steps out of it.
 */
export interface Plan {
  readonly options: Partial<ClusterOptions> & { readonly seed: number; readonly members: number };
  /** Whether clients bring names and passwords, for when auth is on; default no. */
  readonly users?: boolean;
  readonly steps: readonly Step[];
}

export interface Step {
  /** How long the world runs before the step, in µs. */
  readonly waitUs: number;
  readonly action: Action;
}

export type Action = CoreAction | BasicAction;

/** Single keys, broken machines and links, and what an operator does. */
export type BasicAction =
  /** `count` puts, deletes or gets by some client, one right after the other. */
  | {
      readonly do: "write" | "delete" | "read";
      readonly key: number;
      readonly count: number;
      readonly client: number;
    }
  | { readonly do: "crash"; readonly who: Who; readonly disk: CrashMode }
  | { readonly do: "crash-all"; readonly disk: CrashMode }
  | {
      readonly do:
        | "restart"
        | "restart-all"
        | "pause"
        | "resume"
        | "transfer"
        | "snapshot"
        | "campaign";
      readonly who: Who;
    }
  | { readonly do: "isolate"; readonly who: Who }
  | { readonly do: "split"; readonly mask: number }
  | { readonly do: "cut" | "clog"; readonly from: Who; readonly to: Who }
  | {
      readonly do: "drop";
      readonly from: Who;
      readonly to: Who;
      readonly message: string;
      readonly count: number;
    }
  | { readonly do: "heal" | "unclog" }
  | {
      readonly do: "bad-links";
      readonly loss: number;
      readonly duplicate: number;
      readonly reorder: number;
    }
  | { readonly do: "drift"; readonly who: Who; readonly ppm: number }
  | { readonly do: "slow-disk"; readonly who: Who; readonly syncMs: number }
  | { readonly do: "full-disk"; readonly who: Who }
  | { readonly do: "skew"; readonly who: Who; readonly ms: number }
  | { readonly do: "add"; readonly learner: boolean }
  | { readonly do: "promote" | "remove"; readonly who: Who }
  | { readonly do: "replace"; readonly who: Who };

/** A position among the members, or the leader of the moment. */
export type Who = number | "leader";

export const who: fc.Arbitrary<Who> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Who>("leader") },
  { weight: 5, arbitrary: fc.nat(6) },
);

const disk = fc.constantFrom<CrashMode>("lose", "keep", "prefix", "tear", "random");

const message = fc.constantFrom(
  "any",
  "MsgApp",
  "MsgAppResp",
  "MsgVote",
  "MsgVoteResp",
  "MsgHeartbeat",
  "MsgHeartbeatResp",
  "MsgSnap",
  "MsgProp",
);

function weighted(
  weight: number,
  arbitrary: fc.Arbitrary<BasicAction>,
): fc.WeightedArbitrary<BasicAction> {
  return { weight, arbitrary };
}

const rate = fc.constantFrom(0, 0, 10_000, 100_000, 300_000);

/** Chances are per kind of action, so that rare ones still come up in a plan of forty steps. */
export const action: fc.Arbitrary<BasicAction> = fc.oneof(
  weighted(
    14,
    fc.record({
      do: fc.constant("write" as const),
      key: fc.nat(3),
      count: fc.integer({ min: 1, max: 12 }),
      client: fc.integer({ min: 1, max: 4 }),
    }),
  ),
  weighted(
    3,
    fc.record({
      do: fc.constantFrom("delete" as const, "read" as const),
      key: fc.nat(3),
      count: fc.integer({ min: 1, max: 3 }),
      client: fc.integer({ min: 1, max: 4 }),
    }),
  ),
  weighted(5, fc.record({ do: fc.constant("crash" as const), who, disk })),
  weighted(1, fc.record({ do: fc.constant("crash-all" as const), disk })),
  weighted(4, fc.record({ do: fc.constant("restart" as const), who })),
  weighted(2, fc.record({ do: fc.constant("restart-all" as const), who })),
  weighted(1, fc.record({ do: fc.constant("pause" as const), who })),
  weighted(1, fc.record({ do: fc.constant("resume" as const), who })),
  weighted(2, fc.record({ do: fc.constant("transfer" as const), who })),
  weighted(1, fc.record({ do: fc.constant("snapshot" as const), who })),
  weighted(2, fc.record({ do: fc.constant("campaign" as const), who })),
  weighted(3, fc.record({ do: fc.constant("isolate" as const), who })),
  weighted(2, fc.record({ do: fc.constant("split" as const), mask: fc.nat(127) })),
  weighted(2, fc.record({ do: fc.constant("cut" as const), from: who, to: who })),
  weighted(1, fc.record({ do: fc.constant("clog" as const), from: who, to: who })),
  weighted(
    2,
    fc.record({
      do: fc.constant("drop" as const),
      from: who,
      to: who,
      message,
      count: fc.integer({ min: 1, max: 8 }),
    }),
  ),
  weighted(5, fc.record({ do: fc.constant("heal" as const) })),
  weighted(1, fc.record({ do: fc.constant("unclog" as const) })),
  weighted(
    2,
    fc.record({
      do: fc.constant("bad-links" as const),
      loss: rate,
      duplicate: rate,
      reorder: rate,
    }),
  ),
  weighted(
    1,
    fc.record({
      do: fc.constant("drift" as const),
      who,
      ppm: fc.integer({ min: -300_000, max: 300_000 }),
    }),
  ),
  weighted(1, fc.record({ do: fc.constant("full-disk" as const), who })),
  weighted(
    1,
    fc.record({ do: fc.constant("skew" as const), who, ms: fc.integer({ min: -5000, max: 5000 }) }),
  ),
  weighted(
    1,
    fc.record({ do: fc.constant("slow-disk" as const), who, syncMs: fc.constantFrom(1, 30, 200) }),
  ),
  weighted(1, fc.record({ do: fc.constant("add" as const), learner: fc.boolean() })),
  weighted(1, fc.record({ do: fc.constantFrom("promote" as const, "remove" as const), who })),
  weighted(1, fc.record({ do: fc.constant("replace" as const), who })),
);

/** Some steps fall in the middle of what the last one set off, others wait for an election. */
export const waitUs = fc.oneof(
  fc.nat(3_000),
  fc.nat(200_000),
  fc.integer({ min: 200_000, max: 3_000_000 }),
);

const step: fc.Arbitrary<Step> = fc.record({ waitUs, action });

/** `members` fixes the size of the cluster; without it 1 to 5. */
export function planOptions(members?: number): fc.Arbitrary<Plan["options"]> {
  return fc.record({
    // A seed has no simpler form: shrinking it would only make another run.
    seed: fc.noShrink(fc.nat(0x7fff_ffff)),
    members: members === undefined ? fc.constantFrom(3, 3, 5, 2, 1, 4) : fc.constant(members),
    preVote: fc.boolean(),
    checkQuorum: fc.boolean(),
    snapshotEntries: fc.constantFrom(10_000, 40, 8),
    catchUpEntries: fc.constantFrom(0, 3, 20),
    maxSizePerMsg: fc.constantFrom(1024 * 1024, 100, 1),
    maxInflightMsgs: fc.constantFrom(512, 3),
    segmentBytes: fc.constantFrom(64_000_000, 2_000),
  });
}

/** `members` fixes the size of the cluster; without it 1 to 5. */
export function plans(members?: number): fc.Arbitrary<Plan> {
  return fc.record({
    options: planOptions(members),
    steps: fc.array(step, { minLength: 5, maxLength: 50, size: "max" }),
  });
}

/** How long a healed cluster is given to come to rest. */
export const SETTLE_US = 30 * SECOND;

export type { Fault };

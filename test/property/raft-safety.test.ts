import { test as property } from "@fast-check/vitest";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { Coverage, type Sometimes } from "../../src/check/coverage.ts";
import { TraceDigest } from "../../src/trace/digest.ts";
import { sealed } from "../support/sealed.ts";
import { timeLimitMs } from "../support/time-limit.ts";
import { runPlan } from "./run-plan.ts";
import { plans } from "./schedule.ts";

/** Plans a property; `npm run fuzz:long` asks for more, and DETCD_SEED for others. */
const RUNS = Number(process.env["DETCD_FUZZ_RUNS"] ?? 120);
const SEED = Number(process.env["DETCD_SEED"] ?? 0);

const LIMIT_MS = timeLimitMs(RUNS);

/** One line a violation: what a failing property prints next to its shrunk plan. */
function broken(violations: ReturnType<typeof runPlan>["violations"]): string[] {
  return violations.map((v) => `${v.invariant} at ${v.at}: ${v.text}`);
}

describe("under random crashes, partitions, lost, doubled and late messages", () => {
  const total = new Coverage();

  for (const members of [3, 5]) {
    property.prop([plans(members)], { seed: SEED + 20_26 + members, numRuns: RUNS })(
      `a cluster of ${members} keeps every invariant after every event, and recovers with every acknowledged write`,
      (plan) => {
        const { violations, coverage } = sealed(() => runPlan(plan));
        total.merge(coverage);
        expect(broken(violations)).toEqual([]);
      },
      LIMIT_MS,
    );
  }

  property.prop([plans()], { seed: SEED + 7, numRuns: RUNS })(
    "so does a cluster of any size from one member to five",
    (plan) => {
      const { violations, coverage } = sealed(() => runPlan(plan));
      total.merge(coverage);
      expect(broken(violations)).toEqual([]);
    },
    LIMIT_MS,
  );

  // Runs in which nothing happens keep every invariant too.
  afterAll(() => {
    const wanted: readonly Sometimes[] = [
      "elections",
      "leader changes",
      "elections without winner",
      "leaders stepped down alive",
      "entries committed",
      "truncations",
      "snapshots taken",
      "snapshots installed",
      "crashes that lost bytes",
      "restarts",
      "logs repaired",
      "configuration changes",
      "joint configurations",
      "operations ambiguous",
      "linearizable reads",
    ];
    expect(total.missing(wanted)).toEqual([]);
  });
});

describe("determinism", () => {
  const sample = fc.sample(plans(), { seed: 99, numRuns: 12 });

  test(
    "a plan run twice gives the same trace and the same state",
    () => {
      for (const plan of sample) {
        const digests = [1, 2].map(() => {
          const trace = new TraceDigest();
          const { cluster } = sealed(() => runPlan(plan, { sinks: [trace] }));
          return `${trace.hex()} ${cluster.stateDigest()} ${cluster.events}`;
        });
        expect(digests[0]).toBe(digests[1]);
      }
    },
    LIMIT_MS,
  );

  test(
    "a run is the same whether anybody listens or not",
    () => {
      for (const plan of sample) {
        const heard = sealed(() => runPlan(plan, { sinks: [new TraceDigest()] }));
        const unheard = sealed(() => runPlan(plan, { check: false }));
        expect(unheard.cluster.stateDigest()).toBe(heard.cluster.stateDigest());
        expect(unheard.cluster.events).toBe(heard.cluster.events);
      }
    },
    LIMIT_MS,
  );

  test("another seed gives another run", () => {
    const [plan] = sample;
    if (plan === undefined) throw new Error("there is a plan");
    const other = { ...plan, options: { ...plan.options, seed: plan.options.seed + 1 } };
    const [a, b] = [plan, other].map((p) => sealed(() => runPlan(p).cluster.stateDigest()));
    expect(a).not.toBe(b);
  });
});

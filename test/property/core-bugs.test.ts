import { test as property } from "@fast-check/vitest";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Violation } from "../../src/check/violation.ts";
import { sealed } from "../support/sealed.ts";
import { timeLimitMs } from "../support/time-limit.ts";
import { corePlans } from "./core-schedule.ts";
import * as directed from "./directed-core.ts";
import { DIRECTED, RANDOM, type Random } from "./hunts.ts";
import { runPlan } from "./run-plan.ts";

/**
 * The museum's mistakes in the log's files, the backend, watches, leases, users and membership, each
 * caught in a whole run with real clients by what judges every run. See docs/museum.md.
 */
const SEED = 11;
const PLANS_MAX = 400;
const PER_BATCH = 50;

/** How a mistake was caught, for the matrix. */
const matrix: string[] = [];

/** `npm run fuzz:long` goes all the way, and so finds the number anew. */
const WHOLE_WAY = process.env["DETCD_FUZZ_RUNS"] !== undefined;
const CLEAN_RUNS = Number(process.env["DETCD_FUZZ_RUNS"] ?? 60);
const CLEAN_SEED = Number(process.env["DETCD_SEED"] ?? 0) + 2026;

function hunt({ bug, checker, near }: Random): [plans: number, found: Violation] | null {
  // In batches: most are found at once, and to draw all plans takes its time.
  const batches = Array.from({ length: PLANS_MAX / PER_BATCH }, (_, batch) => batch);
  const first = WHOLE_WAY ? 0 : Math.floor((near - 1) / PER_BATCH);
  for (const batch of new Set([first, ...batches])) {
    const drawn = fc.sample(corePlans(), { seed: SEED + batch, numRuns: PER_BATCH });
    for (const [i, plan] of drawn.entries()) {
      const run = { bugs: [bug], only: [checker] };
      const [found] = sealed(() => runPlan(plan, run)).violations;
      if (found !== undefined) return [batch * PER_BATCH + i + 1, found];
    }
  }
  return null;
}

describe("random plans with the whole core catch", () => {
  test.each(RANDOM.map((row) => [row.bug, row.checker, row] as const))(
    "%s by %s",
    (bug, checker, row) => {
      const caught = hunt(row);
      expect(caught, `${PLANS_MAX} plans kept ${checker}`).not.toBeNull();
      const [plans, { text }] = caught as [number, Violation];
      expect(text).toMatch(row.says);
      matrix.push(`${bug} | ${checker} | random, ${plans} plans`);
    },
    timeLimitMs(PLANS_MAX),
  );
});

describe("a plan of a few steps catches", () => {
  test.each(DIRECTED.map((row) => [row.bug, row.checker, row] as const))(
    "%s by %s",
    (bug, checker, { plan, rightly }) => {
      const found = sealed(() => directed.runDirected(plan, [bug], [checker]));
      expect(found[0]).toMatchObject({ invariant: checker });
      matrix.push(`${bug} | ${checker} | directed`);
      const right = sealed(() => directed.runDirected(plan, []));
      const invariants = right.map(({ invariant }) => invariant);
      expect(invariants.filter((name) => name !== rightly)).toEqual([]);
    },
  );
});

property.prop([corePlans()], { seed: CLEAN_SEED, numRuns: CLEAN_RUNS })(
  "plans with the whole core keep everything",
  (plan) => {
    expect(sealed(() => runPlan(plan)).violations).toEqual([]);
  },
  timeLimitMs(CLEAN_RUNS),
);

afterAll(() => {
  process.stdout.write(`${matrix.map((line) => `  ${line}`).join("\n")}\n`);
});

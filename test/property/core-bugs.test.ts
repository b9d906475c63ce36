import { test as property } from "@fast-check/vitest";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Violation } from "../../src/check/violation.ts";
import { sealed } from "../support/sealed.ts";
import { timeLimitMs } from "../support/time-limit.ts";
import { corePlans } from "./core-schedule.ts";
import * as directed from "./directed-core.ts";
import { runPlan } from "./run-plan.ts";

/**
 * The museum's mistakes in the log's files, the backend, watches, leases, users and membership, each
 * caught in a whole run with real clients by what judges every run. See docs/museum.md.
 */
interface Random {
  readonly bug: string;
  /** The one that is to find it; others may do so earlier. */
  readonly checker: string;
  /** Where a hunt from the first plan on found it lately: looked at first, to save the way there. */
  readonly near?: number;
  readonly says: RegExp;
}

const SEED = 11;
const PLANS_MAX = 400;
const PER_BATCH = 50;

const RANDOM: readonly Random[] = [
  { bug: "W1", checker: "progress-sane", says: /has itself at \d+, but its durable log ends/ },
  { bug: "W2", checker: "commit-bounds", says: /recovered applied \d+ outside of/ },
  { bug: "W3", checker: "starts-again", says: /does not continue the one before it/ },
  { bug: "W4", checker: "starts-again", says: /refuses to start/ },
  { bug: "W7", checker: "same-history", says: /revision \d+/ },
  { bug: "W8", checker: "starts-again", says: /is as of entry \d+, behind the snapshot/ },
  {
    bug: "W9",
    checker: "starts-again",
    near: 267,
    says: /is as of entry \d+, behind the snapshot/,
  },
  { bug: "W11", checker: "starts-again", says: /is as of entry \d+, behind the snapshot/ },
  { bug: "W12", checker: "state-machine-safety", says: /state after entry \d+ differs/ },
  { bug: "W13", checker: "same-backend", says: /^hash/ },
  { bug: "W14", checker: "panic", near: 221, says: /no such file: member\/snap\/.*\.snap\.db/ },
  { bug: "W16", checker: "state-machine-safety", says: /state after entry \d+ differs/ },
  { bug: "W17", checker: "failed-writes", says: /a failed transaction wrote/ },
  { bug: "M6", checker: "watch-ordered", near: 117, says: /told of the .* after revision/ },
  { bug: "M7", checker: "watch-reliable", near: 385, says: /without being told of/ },
  { bug: "M9a", checker: "watch-bookmarkable", says: /progress report/ },
  { bug: "M9b", checker: "watch-bookmarkable", says: /progress report/ },
  { bug: "M10", checker: "watch-unique", says: /told twice/ },
  { bug: "M12", checker: "watch-reliable", says: /without being told of the delete/ },
  { bug: "M13", checker: "same-backend", says: /^hashkv: .*has been compacted/ },
  { bug: "L3", checker: "same-history", near: 119, says: /delete/ },
  { bug: "L7", checker: "same-backend", says: /^hash/ },
  { bug: "L8", checker: "lease-ttl", near: 66, says: /was said to have 9223372036 s left/ },
  { bug: "L10", checker: "lease-keys", says: /none of its keys/ },
  { bug: "L12", checker: "lease-extended", says: /had to keep it until/ },
  { bug: "A1", checker: "permitted", near: 287, says: /ann's nested .* nobody granted her WRITE/ },
  { bug: "A5", checker: "same-backend", near: 287, says: /invalid auth token/ },
  { bug: "B4", checker: "config-changes", near: 82, says: /from entry \d+ on/ },
];

interface ByHand {
  readonly bug: string;
  readonly plan: directed.Directed;
  readonly checker: string;
  /** Where the plan ends with the refusal to start from what is broken, as it should. */
  readonly rightly?: string;
}

const DIRECTED: readonly ByHand[] = [
  {
    bug: "W5",
    plan: directed.ROTTEN_LOG,
    checker: "commit-bounds",
    rightly: "starts-again",
  },
  { bug: "W1", plan: directed.HASTY_ANSWER, checker: "acknowledged-writes" },
  { bug: "W10", plan: directed.DEFRAGMENTED_WRITE, checker: "state-machine-safety" },
  { bug: "W15", plan: directed.DEFRAGMENTED_SNAPSHOT, checker: "starts-again" },
  { bug: "W6", plan: directed.snapshotCutShort(2), checker: "starts-again" },
  { bug: "W18", plan: directed.MAD_SWITCH, checker: "panic" },
  { bug: "M1", plan: directed.HALF_COMPACTED, checker: "panic" },
  { bug: "M2", plan: directed.COMPACTED, checker: "panic" },
  { bug: "M3", plan: directed.COMPACTED_DELETION, checker: "watch-resumable" },
  { bug: "M4", plan: directed.COMPACTED_DELETION, checker: "watch-resumable" },
  { bug: "M5", plan: directed.STARVED_STREAM, checker: "watch-resumable" },
  { bug: "M8", plan: directed.FUTURE_WATCH, checker: "watch-resumable" },
  { bug: "M11", plan: directed.LARGE_TRANSACTIONS, checker: "watch-unique" },
  { bug: "M14", plan: directed.BACKWARDS, checker: "watch-ordered" },
  { bug: "L1", plan: directed.UNHEARD_RENEWAL, checker: "lease-early" },
  { bug: "L2", plan: directed.STALLED_LEADER, checker: "lease-early" },
  { bug: "L4", plan: directed.renewedAndRevoked(500), checker: "lease-renewed" },
  { bug: "L5", plan: directed.LONG_LEASE, checker: "lease-left" },
  { bug: "L6", plan: directed.STALE_BATCH, checker: "lease-early" },
  { bug: "L9", plan: directed.UNCONFIRMED_EXPIRY, checker: "lease-late" },
  { bug: "L13", plan: directed.REFUSED_CHANGE, checker: "lease-extended" },
  { bug: "A2", plan: directed.UNREAD_PREVIOUS, checker: "permitted" },
  { bug: "A3", plan: directed.OPEN_RANGE, checker: "permitted" },
  { bug: "A4", plan: directed.SKIPPED_CHANGE, checker: "state-machine-safety" },
  { bug: "A6", plan: directed.oldPassword(100), checker: "permitted" },
  { bug: "A7", plan: directed.LATE_REVOKE, checker: "permitted" },
  { bug: "B1", plan: directed.PROMOTED_LEARNER, checker: "same-members" },
  { bug: "B2", plan: directed.MOVED_LEARNER, checker: "same-members" },
  { bug: "B3", plan: directed.UNSTARTED_LEARNER, checker: "convergence" },
  { bug: "R26", plan: directed.LATE_ECHO, checker: "linearizable" },
  { bug: "R28", plan: directed.LEASE_READ, checker: "linearizable", rightly: "panic" },
];

/** How a mistake was caught, for the matrix. */
const matrix: string[] = [];

/** `npm run fuzz:long` goes all the way, and so finds the number anew. */
const WHOLE_WAY = process.env["DETCD_FUZZ_RUNS"] !== undefined;
const CLEAN_RUNS = Number(process.env["DETCD_FUZZ_RUNS"] ?? 60);
const CLEAN_SEED = Number(process.env["DETCD_SEED"] ?? 0) + 2026;

function hunt({ bug, checker, near = 1 }: Random): [plans: number, found: Violation] | null {
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

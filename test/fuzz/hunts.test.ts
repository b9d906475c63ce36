import { describe, expect, test } from "vitest";
import { INVARIANT_NAMES } from "../../src/scenario/run/checkers.ts";
import { REGRESSIONS } from "../scenario/regressions.ts";
import { timeLimitMs } from "../support/time-limit.ts";
import { CASES_MAX, hunt } from "./hunt.ts";
import { FOUND, HUNTS } from "./hunts.ts";
import { PLANTED } from "./planted.ts";

/**
 * Each checker has been seen failing: a mistake is made on purpose, cases that chance drew are held
 * against this one checker, and it has to find it. What else the mistake breaks does not count.
 */
const ROWS = [...HUNTS, ...PLANTED];

describe("cases that chance drew show", () => {
  test.each(ROWS.map((row) => [row.bug, row.checker, row] as const))(
    "%s by %s",
    (_, checker, row) => {
      const found = hunt(row);
      expect(found, `${CASES_MAX} cases kept ${checker}: \`npm run hunts\``).not.toBeNull();
    },
    timeLimitMs(CASES_MAX),
  );
});

test("where each was found stands in found.json, and nothing else: `npm run hunts` writes it", () => {
  expect(Object.keys(FOUND)).toEqual(ROWS.map(({ bug, checker }) => `${bug} ${checker}`));
});

/** Seen failing in traces made by hand (test/check, test/scenario/language) alone. */
const BY_HAND: readonly string[] = [
  ...["key-history", "watch-filter", "watch-atomic", "watch-is-create", "watch-prev-kv"],
  ...["progress-comes", "lease-checkpoint", "lease-acknowledged", "transfer-ends"],
  ...["fences-grow", "mutual-exclusion", "bank-total", "queue-once", "mirror-equal", "runaway"],
];

test("every invariant is among those that were seen failing, most of them in a whole run", () => {
  const seen = new Set([
    ...ROWS.map(({ checker }) => checker),
    ...REGRESSIONS.flatMap(({ shows }) => shows),
  ]);
  expect(INVARIANT_NAMES.filter((name) => !seen.has(name))).toEqual(BY_HAND);
});

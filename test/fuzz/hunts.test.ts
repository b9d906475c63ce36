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
      expect(found?.violation.invariant).toBe(checker);
      expect(found?.violation.text).toMatch(row.says);
    },
    timeLimitMs(CASES_MAX),
  );
});

test("where each was found stands in found.json, and nothing else: `npm run hunts` writes it", () => {
  expect(Object.keys(FOUND)).toEqual(ROWS.map(({ bug, checker }) => `${bug} ${checker}`));
});

/** Those that are seen failing elsewhere. */
const ELSEWHERE: Readonly<Record<string, string>> = {};

test("every invariant is among those that were seen failing", () => {
  const seen = new Set([
    ...ROWS.map(({ checker }) => checker),
    ...REGRESSIONS.flatMap(({ shows }) => shows),
    ...Object.keys(ELSEWHERE),
  ]);
  expect(INVARIANT_NAMES.filter((name) => !seen.has(name))).toEqual([]);
});

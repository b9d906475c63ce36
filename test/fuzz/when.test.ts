import { describe, expect, test } from "vitest";
import {
  becameInevitable,
  largestJump,
  type Measured,
  nextMoment,
} from "../../src/fuzz/when/bisection.ts";
import { type Failing, runFailing } from "../../src/fuzz/when/continuations.ts";
import { storyWithin } from "../../src/fuzz/when/story-within.ts";
import { findWhen, momentsOf, type WhenResult } from "../../src/fuzz/when/when.ts";
import { workerPool } from "../../src/fuzz/workers/pool.ts";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import { runScenario } from "../../src/scenario/run/run.ts";
import { CRASH_US, LOST_WITH_POWER } from "./lost-with-power.ts";

const FAILING: Failing = {
  text: LOST_WITH_POWER,
  label: "lost-with-power.yaml",
  invariant: "acknowledged-writes",
  eventsMax: 100_000,
};
const scenario = parseScenario(FAILING.text, FAILING.label);
const failed = runFailing(scenario, FAILING, null);
const END = Math.round(failed.report.virtualMs * 1000);
const INSTANTS = momentsOf(failed.events, END);

describe("which moment is looked at", () => {
  /** Looks at moments until there is none left; a failure is certain from `index` on. */
  function lookedAt(count: number, index: number, limit: number): Measured[] {
    const measured: Measured[] = [];
    while (measured.length < limit) {
      const next = nextMoment(measured, count, 40);
      if (next === null) break;
      expect(measured.map((each) => each.index)).not.toContain(next);
      measured.push({ index: next, failed: next >= index ? 40 : 2 });
      measured.sort((a, b) => a.index - b.index);
    }
    return measured;
  }

  test("first the ends, then what halves the jump, down to one event", () => {
    for (const index of [1, 2, 500, 700, 998, 999]) {
      const measured = lookedAt(1000, index, 12);
      const jump = largestJump(measured);
      expect([jump?.from.index, jump?.to.index]).toEqual([index - 1, index]);
      expect(becameInevitable(measured, 40)).toEqual(jump);
    }
  });

  test("where it is known, the rest goes to what is not, and ends when all is", () => {
    expect(lookedAt(1000, 700, 24).length).toBe(24);
    expect(lookedAt(10, 7, 24).map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(lookedAt(1, 0, 24).length).toBe(1);
  });

  test("a small jump in a long interval does not keep from a large one in a short one", () => {
    const measured = [
      { index: 0, failed: 2 },
      { index: 5000, failed: 6 },
      { index: 5002, failed: 38 },
      { index: 9999, failed: 40 },
    ];
    expect(nextMoment(measured, 10_000, 40)).toBe(5001);
  });

  test("what was certain always, or never, became so nowhere", () => {
    const [low, high] = [3, 40].map((each) => [0, 9].map((index) => ({ index, failed: each })));
    expect(becameInevitable(low ?? [], 40)).toBe(null);
    expect(becameInevitable(high ?? [], 40)).toBe(null);
    expect(largestJump(high ?? [])).toBe(null);
  });
});

describe("fresh chance", () => {
  const whole = runScenario(scenario, { digests: false });
  const lines = (events: typeof whole.events) => events.map((event) => JSON.stringify(event));
  const original = lines(whole.events);

  test("changes nothing up to its moment, which is included, and something after it", () => {
    for (const after of [0, 1_500_000, CRASH_US, whole.events[400]?.at ?? 0]) {
      const other = lines(
        runScenario(scenario, { digests: false, fresh: { after, seed: 9 } }).events,
      );
      const same = original.findIndex((line, i) => line !== other[i]);
      const until = whole.events.findIndex(({ at }) => at > after);
      expect(same).toBeGreaterThanOrEqual(until);
      expect(other.slice(0, until)).toEqual(original.slice(0, until));
    }
  });

  test("is the same for the same seed, another for another, and none after the end", () => {
    const digest = (after: number, seed: number) =>
      runScenario(scenario, { events: false, fresh: { after, seed } }).report.traceDigest;
    expect(digest(CRASH_US, 9)).toBe(digest(CRASH_US, 9));
    expect(digest(CRASH_US, 9)).not.toBe(digest(CRASH_US, 10));
    const { traceDigest } = runScenario(scenario, { events: false }).report;
    expect(digest(60_000_000, 9)).toBe(traceDigest);
  });

  test("reaches the programs of clients, too", () => {
    const text = `
name: traffic
title: ""
teaches: ""
seed: 1
cluster: { members: 1 }
steps:
  - when: leader elected
  - traffic: { clients: [1], count: 200, every: 10ms }
  - after: 3s
    get: k0
expect:
  - nothing is violated
`;
    const traffic = parseScenario(text, "traffic.yaml");
    const calls = (seed: number) =>
      runScenario(traffic, { digests: false, fresh: { after: 2_000_000, seed } })
        .events.filter((event) => event.kind === "invoke")
        .map((event) => JSON.stringify({ ...event, seq: 0, at: 0, cause: 0 }));
    const [one, two] = [calls(1), calls(2)];
    expect(one.length).toBeGreaterThan(20);
    expect(one).not.toEqual(two);
  });
});

const find = async (workers: number, runs: number, moments: number): Promise<WhenResult> => {
  const pool = workerPool(workers);
  const hooks = { stopped: () => false, progress: () => undefined };
  return await findWhen(FAILING, INSTANTS, { seed: 1, runs, moments }, pool, hooks).finally(() =>
    pool.close(),
  );
};

test("the crash that takes the write makes its loss inevitable", async () => {
  const { moments, jump, inevitable, ran, stopped } = await find(1, 16, 18);
  expect(stopped).toBe(false);
  expect(ran).toBe(16 * 18);
  expect(moments.map(({ at }) => at)).toEqual(
    [...moments.map(({ at }) => at)].sort((a, b) => a - b),
  );
  for (const { at, probability } of moments) {
    if (at < CRASH_US) expect(probability).toBeLessThan(0.8);
    else expect(probability).toBe(1);
  }
  expect(inevitable?.to.at).toBe(CRASH_US);
  expect(jump).toEqual(inevitable);
  expect(jump?.pinned).toBe(true);
  const story = jump === null ? [] : storyWithin(failed, jump);
  expect(story.length).toBeGreaterThanOrEqual(3);
  for (const line of story) expect(line).toMatch(/^ +4\.000s {2}m[123] {2}crashes/);
});

test("two runs are equal, whatever the workers", async () => {
  const alone = await find(1, 10, 4);
  expect(await find(1, 10, 4)).toEqual(alone);
  expect(await find(2, 10, 4)).toEqual(alone);
});

test("a moment that is not done when it is stopped does not count", async () => {
  let asked = 0;
  const result = await findWhen(
    FAILING,
    INSTANTS,
    { seed: 1, runs: 16, moments: 24 },
    workerPool(1),
    { stopped: () => ++asked > 3, progress: () => undefined },
  );
  expect(result.moments.length).toBe(1);
  expect(result.ran).toBe(24);
  expect(result.stopped).toBe(true);
});

import { describe, expect, test } from "vitest";
import { HEALTH_EXPECTATIONS } from "../../../src/scenario/language/expectations/health.ts";
import { parseScenario } from "../../../src/scenario/read/parse.ts";
import { runScenario } from "../../../src/scenario/run/run.ts";

/** Probes at every bad moment there is. */
const STORY = `
name: probed
title: Probes
teaches: Nothing.
steps:
  - at: 200ms
    campaign: m1
  - when: m1 is leader
  - health: { member: m1, as: well }
  - readyz: { member: m1, as: ready }
  - endpoint-health: { member: m1, as: ok }
  - when: nothing pending
  - isolate: m1
  - health: { member: m1, as: early }
  - readyz: { member: m1, client: 2, as: slow, timeout: 20s }
  - readyz: { member: m1, client: 2, as: impatient, timeout: 3s }
  - endpoint-health: { member: m1, client: 3, as: operator }
  - when: m1 is follower
  - after: 100ms
    health: { member: m1, as: leaderless }
  - health: { member: m1, serializable: true, as: by itself }
  - livez: { member: m1, as: alive }
  - readyz: { member: m1, exclude: [linearizable_read], as: without }
  - readyz: { member: m1, check: non_learner, as: one }
  - when: nothing pending
    within: 40s
  - heal: true
  - after: 2s
    crash: m3
  - health: { member: m3, as: off }
  - when: nothing pending
`;

function judge(expectations: readonly string[]): (readonly [boolean, string])[] {
  const list = expectations.map((expectation) => `  - ${expectation}\n`).join("");
  const { report } = runScenario(parseScenario(`${STORY}expect:\n${list}`, "probed.yaml"));
  expect(report.failure).toBeNull();
  expect(report.violations).toEqual([]);
  return report.expectations.map(({ ok, found }) => [ok, found]);
}

const TRUE = [
  "healthy: [well, ready, ok, by itself, alive, without, one]",
  "unhealthy: { early: RANGE ERROR:context deadline exceeded, leaderless: RAFT NO LEADER }",
  '{ unhealthy: { slow: "linearizable_read failed: etcdserver: request timed out" } }',
  "unhealthy: { operator: context deadline exceeded, off: connection refused }",
];

/** Expectation and what is said about it. */
const FALSE: readonly (readonly [string, string])[] = [
  ["healthy: [well, leaderless]", "leaderless: RAFT NO LEADER"],
  ["healthy: off", "probe /health of m3 of client 1 is fail (connection refused)"],
  ["unhealthy: { well: RAFT NO LEADER }", "well: healthy"],
  ["unhealthy: { early: RAFT NO LEADER }", "early: RANGE ERROR:context deadline exceeded"],
];

describe("an expectation about probes", () => {
  test("that is true holds", () => {
    expect(judge(TRUE).filter(([ok]) => !ok)).toEqual([]);
  });

  test("that is false does not, and says what was found", () => {
    expect(judge(FALSE.map(([text]) => text))).toEqual(FALSE.map(([, found]) => [false, found]));
  });

  test("that nobody sends is found before the run", () => {
    expect(() => judge(["healthy: nobody"])).toThrow('no client asks for "nobody"');
  });

  test("that gave up first was told nothing", () => {
    const [impatient] = judge(["unhealthy: { impatient: no reply in time }"]);
    expect(impatient?.[0]).toBe(true);
  });

  test("of each kind is seen holding and failing here", () => {
    for (const name of Object.keys(HEALTH_EXPECTATIONS)) {
      expect(TRUE.some((text) => text.includes(`${name}:`))).toBe(true);
      expect(FALSE.some(([text]) => text.startsWith(`${name}:`))).toBe(true);
    }
  });
});

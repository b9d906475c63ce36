import { describe, expect, test } from "vitest";
import { drawCase, KINDS } from "../../src/fuzz/draw/case.ts";
import { CaseRandom } from "../../src/fuzz/draw/case-random.ts";
import { GROUPS } from "../../src/fuzz/draw/kind.ts";
import { PROFILES } from "../../src/fuzz/profiles.ts";
import { wordOf } from "../../src/fuzz/shrink/passes.ts";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import { scenario, scenarioYaml } from "../../src/scenario/read/scenario-data.ts";
import { runScenario } from "../../src/scenario/run/run.ts";

const profile = (name: string) => PROFILES.get(name) ?? expect.fail(`no profile ${name}`);

test("a case depends on seed, profile and number alone", () => {
  const [once, again] = [drawCase(profile("default"), 7, 3), drawCase(profile("default"), 7, 3)];
  expect(again).toEqual(once);
  drawCase(profile("quick"), 8, 1);
  expect(drawCase(profile("default"), 7, 3)).toEqual(once);
  const others = [
    drawCase(profile("default"), 7, 4),
    drawCase(profile("default"), 8, 3),
    drawCase(profile("quick"), 7, 3),
    // fast-check's own seeds would be the same.
    drawCase(profile("default"), 7 + 2 ** 32, 3),
  ];
  for (const other of others) expect(other.scenario).not.toEqual(once.scenario);
});

test.each([...PROFILES.keys()])(
  "cases of %s can be read, and run to the same digest from a file",
  (name) => {
    for (let number = 0; number < 25; number++) {
      const { scenario: data } = drawCase(profile(name), 11, number);
      const read = scenario(data);
      expect(read.steps.length).toBe(data.steps.length);
    }
    const { scenario: data } = drawCase(profile(name === "soak" ? "quick" : name), 11, 2);
    const direct = runScenario(scenario(data), { events: false });
    const stored = runScenario(parseScenario(scenarioYaml(data), "x.yaml"), { events: false });
    expect(stored.report.traceDigest).toBe(direct.report.traceDigest);
    expect(stored.report.stateDigest).toBe(direct.report.stateDigest);
  },
);

describe("the default profile", () => {
  const cases = Array.from({ length: 400 }, (_, i) => drawCase(profile("default"), 5, i));

  test("draws every kind of step, and leaves groups out", () => {
    const words = new Set(cases.flatMap(({ scenario }) => scenario.steps.map(wordOf)));
    const drawn = KINDS.map(({ name }) => name);
    expect(new Set(drawn).size).toBe(drawn.length);
    expect(words.size).toBeGreaterThan(45);
    for (const group of GROUPS) {
      const having = cases.filter(({ groups }) => groups.includes(group)).length;
      expect(having, group).toBeGreaterThan(100);
      expect(having, group).toBeLessThan(400);
    }
  });

  test("draws small values", () => {
    const values = (key: string) => new Set(cases.map(({ scenario }) => scenario.cluster[key]));
    expect(values("snapshot-entries")).toEqual(new Set([undefined, 8, 10, 40, 100]));
    expect(values("compaction-batch")).toEqual(new Set([undefined, 2, 10, 100]));
    expect(values("election")).toContain("261ms");
  });
});

test("a stream of chance goes on from where its clone was made, and apart from it", () => {
  const random = new CaseRandom(1, "x");
  const before = [random.next(), random.next()];
  const clone = random.clone();
  const after = [random.next(), random.next()];
  expect([clone.next(), clone.next()]).toEqual(after);
  expect(new CaseRandom(1, "x").next()).toBe(before[0]);
  expect(new CaseRandom(1, "y").next()).not.toBe(before[0]);
});

import { expect, test } from "vitest";
import { drawCase } from "../../src/fuzz/draw/case.ts";
import { describeFailure } from "../../src/fuzz/failure.ts";
import { fuzz } from "../../src/fuzz/fuzz.ts";
import { plan } from "../../src/fuzz/plan.ts";
import { DEFAULT_PROFILE } from "../../src/fuzz/profiles.ts";
import { runCase, withBugs } from "../../src/fuzz/run-case.ts";
import { PASSES } from "../../src/fuzz/shrink/passes.ts";
import { shrink, sizeOf } from "../../src/fuzz/shrink/shrink.ts";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import type { ScenarioData } from "../../src/scenario/read/scenario-data.ts";
import { runScenario } from "../../src/scenario/run/run.ts";

test("an etcd that acknowledges before it syncs is found, and made small", () => {
  const { report, failures } = fuzz({ runs: 10, seed: 2, bugs: ["R3"], shrinkRuns: 400 });
  expect(report.failures.length).toBeGreaterThan(0);
  const [first] = failures;
  if (first === undefined) return expect.fail("nothing was explained");
  expect(first.size.faults).toBeLessThanOrEqual(5);
  expect(first.size.operations).toBeLessThanOrEqual(10);
  expect(first.size.steps).toBeLessThan(first.from.steps);
  const { failure } = first;
  expect(failure.confirmed).toBe(true);
  expect(failure.story.length).toBeLessThanOrEqual(14);
  const replayed = runScenario(parseScenario(failure.yaml, "x.yaml"));
  expect(replayed.report.ok).toBe(false);
  expect(replayed.report.traceDigest).toBe(failure.traceDigest);
  expect(replayed.report.violations).toContain(failure.text);
});

test("the same plan gives the same result", () => {
  const once = fuzz({ runs: 3, seed: 2, bugs: ["R3"], shrinkRuns: 60 });
  expect(fuzz({ runs: 3, seed: 2, bugs: ["R3"], shrinkRuns: 60 })).toEqual(once);
});

test("what is wrong with a plan is said", () => {
  expect(() => fuzz({ profile: "defualt" })).toThrow(/there is no profile "defualt".*"default"/);
  expect(() => fuzz({ bugs: ["R999"] })).toThrow(/R999/);
  expect(() => fuzz({ runs: 0 })).toThrow("runs is a whole number from 1 on, not 0");
  expect(() => fuzz({ seed: 1.5 })).toThrow("seed is a whole number from 0 on, not 1.5");
  expect(() => fuzz({ only: ["same-histroy"] })).toThrow(
    /no invariant "same-histroy".*"same-history"/,
  );
  expect(() => plan({ members: 0 })).toThrow("members: 1 to 9, not 0");
  expect(() => plan({ faults: -1 })).toThrow("faults: a whole number from 0 on, not -1");
});

/** Takes away all that a made-up failure does not need. */
function reduced(data: ScenarioData, fails: (candidate: ScenarioData) => boolean): ScenarioData {
  let best = data;
  for (const pass of PASSES) {
    best = pass.reduce(best, (candidate) => fails(candidate));
  }
  return best;
}

test("passes leave what is needed, at its time", () => {
  const steps = [
    { after: "1s", crash: "m2" },
    { after: "100ms", put: { key: "a", value: "1", client: 1 } },
    { after: "123us", isolate: "m1" },
    { after: "2s", restart: "m2" },
    { after: "300ms", put: { key: "b", value: "2", client: 2 } },
    { after: "1s", settle: "30s" },
  ];
  const texts = { name: "x", title: "x", teaches: "x", seed: 1, expect: [] };
  const cluster = { members: 3, "pre-vote": true, inflight: 3 };
  const at = ({ steps }: ScenarioData, word: string) => {
    const index = steps.findIndex((step) => word in step);
    const ms = (text: unknown) => Number(String(text ?? "0").replace(/\D+$/, ""));
    const scale = (text: unknown) =>
      String(text).endsWith("us") ? 0.001 : String(text).endsWith("ms") ? 1 : 1000;
    return steps
      .slice(0, index + 1)
      .reduce(
        (total, { after }) => total + ms(after) * (after === undefined ? 0 : scale(after)),
        0,
      );
  };
  // It needs the restart, three seconds in, and one option: m2 must be there.
  const fails = (candidate: ScenarioData) =>
    candidate.steps.some((step) => "restart" in step) &&
    at(candidate, "restart") >= 3000 &&
    candidate.cluster["inflight"] === 3;
  const small = reduced({ ...texts, cluster, steps }, fails);
  expect(small.steps).toEqual([{ after: "3s", restart: "m2" }]);
  expect(small.cluster).toEqual({ members: 2, inflight: 3 });
});

test("a budget ends it, with what was reached by then", () => {
  // The first goes on for millions of events after it is broken, as its description says.
  const failed = fuzz({ runs: 10, bugs: ["R3"], shrinkRuns: 0 }).report.failures.at(-1);
  const { scenario } = drawCase(DEFAULT_PROFILE, 1, failed?.case ?? 0);
  const failing = withBugs(scenario, ["R3"]);
  const { violation } = runCase(failing);
  if (violation === null) return expect.fail("it holds");
  const none = shrink(failing, violation, {}, { runs: 0 });
  expect(none).toEqual({ scenario: failing, violation, runs: 0, outOfBudget: true });
  const some = shrink(failing, violation, {}, { runs: 5 });
  expect(some.runs).toBeLessThanOrEqual(5);
  expect(some.outOfBudget).toBe(true);
  expect(sizeOf(some.scenario).steps).toBeLessThanOrEqual(sizeOf(failing).steps);
  const settings = { profile: "default", seed: 1 };
  expect(describeFailure(some, 0, settings).confirmed).toBe(true);
});

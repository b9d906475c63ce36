import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { drawCase } from "../../src/fuzz/draw/case.ts";
import { explain } from "../../src/fuzz/explain.ts";
import { PROFILES } from "../../src/fuzz/profiles.ts";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import { scenario, scenarioYaml } from "../../src/scenario/read/scenario-data.ts";
import { runScenario } from "../../src/scenario/run/run.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { draws, GOLDEN_DRAWS } from "./golden-draws.ts";

const MEANT =
  "a campaign draws other cases than those of test/fuzz/golden-draws.json: what was reported by its seed and " +
  "number is another case now. If that is meant, `npm run digests` and `npm run hunts`, and say so in " +
  "the commit; if a new fast-check does it, think twice";

test("a campaign draws the cases that it always drew", () => {
  expect(draws(), MEANT).toEqual(JSON.parse(readFileSync(GOLDEN_DRAWS, "utf8")));
});

test("a case that is stored runs as it did, whatever is drawn by then", () => {
  // Nothing of src/scenario draws anything: the file is all there is.
  const digestOf = (read: Scenario) => runScenario(read, { events: false }).report.traceDigest;
  for (const profile of PROFILES.values()) {
    if (profile.name === "soak") continue;
    const { scenario: data } = drawCase(profile, 1, 0);
    const stored = parseScenario(scenarioYaml(data), "stored.yaml");
    expect([profile.name, digestOf(stored)]).toEqual([profile.name, digestOf(scenario(data))]);
  }
});

test("a case that was reported and does not fail any more is no success", () => {
  const failed = { case: 0, invariant: "panic", text: "" };
  const settings = { profile: "quick", seed: 1 };
  expect(() => explain(failed, settings, { runs: 1 })).toThrow("does not fail again");
});

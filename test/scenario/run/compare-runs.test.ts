import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { parseScenario } from "../../../src/scenario/read/parse.ts";
import { runsDiffer } from "../../../src/scenario/run/compare-runs.ts";
import { runScenario } from "../../../src/scenario/run/run.ts";

const FILE = resolve(import.meta.dirname, "../../../scenarios/leader-crash.yaml");
const scenario = parseScenario(readFileSync(FILE, "utf8"), FILE);
const run = runScenario(scenario);

test("two runs of one seed do not differ", () => {
  expect(runsDiffer(run, runScenario(scenario))).toBe(null);
});

test("the first event that differs is named", () => {
  const other = runScenario(scenario, { seed: 99 });
  expect(runsDiffer(run, other)).toMatch(/^trace event \d+ was \{.*\}, and in a second run \{/);
});

test("a run that ends early or goes on is told from one that does not", () => {
  const short = { ...run, events: run.events.slice(0, 10) };
  expect(runsDiffer(run, short)).toContain("trace event 11 was");
  expect(runsDiffer(short, run)).toContain("a second run went on");
});

test("equal events with another state are a difference, too", () => {
  const report = { ...run.report, stateDigest: "0000000000000000" };
  expect(runsDiffer(run, { ...run, report })).toContain("the trace events are the same, but state");
});

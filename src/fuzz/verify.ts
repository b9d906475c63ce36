import { scenario } from "../scenario/read/scenario-data.ts";
import { runsDiffer } from "../scenario/run/compare-runs.ts";
import { type RunOptions, runScenario, type ScenarioRun } from "../scenario/run/run.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Case } from "./draw/case.ts";
import { type CaseOptions, withBugs } from "./run-case.ts";

/** Two runs of one case that are not the same. */
export interface Difference {
  readonly case: number;
  /** The first event that differs, in words. */
  readonly text: string;
}

/** Runs a case twice and compares their rolling digests; where they differ, the first event that does. */
export function firstDifference(
  { number, scenario: data }: Case,
  options: CaseOptions,
): Difference | null {
  const read = scenario(withBugs(data, options.bugs));
  const how: RunOptions = { events: false, runaway: "violation" };
  const text = secondRunDiffers(read, runScenario(read, how), how);
  return text === null ? null : { case: number, text };
}

/**
 * Where a second run, of the same options, is another one than the first, in words; null if it is not. Only
 * then are events needed.
 */
export function secondRunDiffers(
  read: Scenario,
  first: ScenarioRun,
  options: RunOptions,
): string | null {
  const { traceDigest, stateDigest } = first.report;
  const { report } = runScenario(read, { ...options, events: false });
  if (traceDigest === report.traceDigest && stateDigest === report.stateDigest) return null;
  const again = () => runScenario(read, { ...options, events: true });
  const difference = runsDiffer(again(), again());
  // What differed once may be the same the next two times.
  return difference ?? "the digests of two runs were not the same, those of two more are";
}

import { scenario } from "../scenario/read/scenario-data.ts";
import { runsDiffer } from "../scenario/run/compare-runs.ts";
import { runScenario } from "../scenario/run/run.ts";
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
  const once = () => runScenario(read, { events: false, runaway: "violation" });
  const [one, two] = [once(), once()];
  const same =
    one.report.traceDigest === two.report.traceDigest &&
    one.report.stateDigest === two.report.stateDigest;
  return same ? null : { case: number, text: differenceOf(read) };
}

function differenceOf(read: Scenario): string {
  const difference = runsDiffer(
    runScenario(read, { runaway: "violation" }),
    runScenario(read, { runaway: "violation" }),
  );
  // What differed once may be the same the next two times.
  return difference ?? "the digests of two runs were not the same, those of two more are";
}

import { scenario } from "../scenario/read/scenario-data.ts";
import { runScenario, type ScenarioRun } from "../scenario/run/run.ts";
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
  const once = () => runScenario(read, { events: false });
  const [one, two] = [once(), once()];
  const same =
    one.report.traceDigest === two.report.traceDigest &&
    one.report.stateDigest === two.report.stateDigest;
  return same ? null : { case: number, text: differenceOf(read) };
}

function differenceOf(read: Scenario): string {
  const difference = runsDiffer(runScenario(read), runScenario(read));
  // What differed once may be the same the next two times.
  return difference ?? "the digests of two runs were not the same, those of two more are";
}

/** Where two runs that must be the same are not, in words; null if they are. */
export function runsDiffer(one: ScenarioRun, two: ScenarioRun): string | null {
  const lines = (run: ScenarioRun): string[] => run.events.map((event) => JSON.stringify(event));
  const [first, second] = [lines(one), lines(two)];
  const at = first.findIndex((line, i) => line !== second[i]);
  if (at >= 0) {
    return `event ${at + 1} was ${first[at]}, and in a second run ${second[at] ?? "missing"}`;
  }
  if (first.length < second.length) return `a second run went on: ${second[first.length]}`;
  const { traceDigest, stateDigest } = one.report;
  if (traceDigest === two.report.traceDigest && stateDigest === two.report.stateDigest) return null;
  return `the events are the same, but state ${stateDigest} and ${two.report.stateDigest} are not`;
}

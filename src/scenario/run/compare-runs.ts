import type { ScenarioRun } from "./run.ts";

/** Where two runs that must be the same are not, in words; null if they are. */
export function runsDiffer(one: ScenarioRun, two: ScenarioRun): string | null {
  const lines = (run: ScenarioRun): string[] => run.events.map((event) => JSON.stringify(event));
  const [first, second] = [lines(one), lines(two)];
  const at = first.findIndex((line, i) => line !== second[i]);
  if (at >= 0) {
    return `trace event ${one.events[at]?.seq} was ${first[at]}, and in a second run ${second[at] ?? "missing"}`;
  }
  if (first.length < second.length) return `a second run went on: ${second[first.length]}`;
  const { traceDigest, stateDigest } = one.report;
  if (traceDigest === two.report.traceDigest && stateDigest === two.report.stateDigest) return null;
  return `the trace events are the same, but state ${stateDigest} and ${two.report.stateDigest} are not`;
}

import type { Instant } from "../../base/time.ts";
import { formatDuration } from "../../scenario/read/duration.ts";
import { type Complaint, isComplaints, readScenario } from "../../scenario/read/read-scenario.ts";
import type { ScenarioData } from "../../scenario/read/scenario-data.ts";
import type { ExpectationReport } from "../../scenario/run/report.ts";
import { runScenario, type ScenarioRun } from "../../scenario/run/run.ts";

/** Runs that a lesson makes end here: whoever learns waits for them. */
export const EVENTS_MAX = 1_000_000;

/**
 * Whether each of these expectations holds at a moment of a run. It is run again up to there, and judged as
 * a scenario is judged at its end. Else what is wrong with them, with paths into `expect`; or why this
 * moment can't be judged.
 */
export function judgeAt(
  data: ScenarioData,
  { taken }: ScenarioRun,
  at: Instant,
  expect: readonly unknown[],
): readonly ExpectationReport[] | { readonly complaints: readonly Complaint[] } | string {
  const kept = taken.filter(({ from }) => from <= at);
  const busy = kept.find(({ to }) => to > at);
  if (busy !== undefined) {
    return `${formatDuration(at)} lies within a step that takes until ${formatDuration(busy.to)}: ask about a moment before or after it`;
  }
  const cut: ScenarioData = {
    ...data,
    until: formatDuration(at),
    steps: data.steps.slice(0, kept.length),
    expect,
  };
  const scenario = readScenario(cut, {
    file: data.name,
    words: () => "",
    phrase: () => "",
    line: () => 0,
    text: () => "",
  });
  if (isComplaints(scenario)) return { complaints: scenario };
  const { report } = runScenario(scenario, {
    events: false,
    digests: false,
    eventsMax: EVENTS_MAX,
  });
  return report.expectations.filter(({ step }) => step === null);
}

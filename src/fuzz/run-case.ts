import { Coverage } from "../check/coverage.ts";
import type { Violation } from "../check/violation.ts";
import { InputError } from "../scenario/read/input-error.ts";
import { type ScenarioData, scenario } from "../scenario/read/scenario-data.ts";
import { type RunOptions, runScenario } from "../scenario/run/run.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** How cases are run, all of a campaign alike. */
export interface CaseOptions {
  /** Ids of known mistakes to make on purpose, beside those of the case. */
  readonly bugs?: readonly string[];
  /** Hold them against these invariants only; default all. */
  readonly only?: readonly string[];
}

/** What a case came to. */
export interface Ran {
  /** What was broken first; null: nothing. */
  readonly violation: Violation | null;
  /** Events of the simulator's queue. */
  readonly events: number;
  readonly virtualUs: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly coverage: Coverage;
}

/** The case with the mistakes of the campaign. */
export function withBugs(data: ScenarioData, bugs: readonly string[] = []): ScenarioData {
  if (bugs.length === 0) return data;
  const own = (data.cluster["bugs"] ?? []) as readonly string[];
  return { ...data, cluster: { ...data.cluster, bugs: [...new Set([...own, ...bugs])] } };
}

/** Runs a case to its first violation, as fast as it goes: nothing is kept, no digest is taken. */
export function runCase(data: ScenarioData, options: CaseOptions = {}): Ran {
  return runRead(scenario(withBugs(data, options.bugs)), options);
}

/** Null: it is no scenario that could be run. */
export function tryCase(data: ScenarioData, options: CaseOptions = {}): Ran | null {
  let read: Scenario;
  try {
    read = scenario(withBugs(data, options.bugs));
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
  return runRead(read, options);
}

function runRead(read: Scenario, { only }: CaseOptions): Ran {
  const coverage = new Coverage();
  const options: RunOptions = {
    sinks: [coverage],
    events: false,
    digests: false,
    stopAtViolation: true,
    runaway: "violation",
    ...(only === undefined ? {} : { only }),
  };
  const run = runScenario(read, options);
  return {
    violation: run.violations[0] ?? null,
    events: run.report.events,
    virtualUs: Math.round(run.report.virtualMs * 1000),
    faults: run.faults,
    coverage,
  };
}

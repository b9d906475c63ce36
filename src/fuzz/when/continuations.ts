import type { Instant } from "../../base/time.ts";
import { parseScenario } from "../../scenario/read/parse.ts";
import { runScenario, type ScenarioRun } from "../../scenario/run/run.ts";
import type { Scenario } from "../../scenario/scenario.ts";

/** A failing scenario, as it can be handed to another thread, and what is meant by failing. */
export interface Failing {
  readonly text: string;
  /** As messages name its file. */
  readonly label: string;
  /** Broken: this invariant. null: nothing is, but the run did not hold what it expects. */
  readonly invariant: string | null;
  /** A run that takes more events of the queue goes in circles. */
  readonly eventsMax: number;
}

/** Some continuations of one moment, to be run one after the other. */
export interface Continuations {
  readonly failing: Failing;
  readonly after: Instant;
  /** Of the chance after it: one for each. */
  readonly seeds: readonly number[];
}

/**
 * How many of them fail. Each is a run from its very beginning, with fresh chance after the moment: there is no
 * copy of a cluster's state to go on from. Measured with a failure of five members in 8 s: after 4 s a
 * continuation takes 12 ms, of which 6 ms are the way there; 24 moments of 40 take 15 s of one core, so that a
 * copy could save half of it, no more. In return a continuation is a run like any other.
 *
 * Where a step is impossible, since things have come otherwise, the continuation ends, and did not fail.
 */
export function runContinuations({ failing, after, seeds }: Continuations): number {
  const scenario = parseScenario(failing.text, failing.label);
  return seeds.filter((seed) => fails(runFailing(scenario, failing, { after, seed }), failing))
    .length;
}

/** Runs it up to its failure, as it is or with fresh chance after a moment. */
export function runFailing(
  scenario: Scenario,
  { invariant, eventsMax }: Failing,
  fresh: { readonly after: Instant; readonly seed: number } | null,
): ScenarioRun {
  return runScenario(scenario, {
    digests: false,
    eventsMax,
    runaway: "violation",
    events: fresh === null,
    ...(invariant === null ? {} : { only: [invariant], stopAtViolation: true }),
    ...(fresh === null ? {} : { fresh }),
  });
}

export function fails({ report, violations }: ScenarioRun, { invariant }: Failing): boolean {
  return invariant === null
    ? !report.ok
    : violations.some((violation) => violation.invariant === invariant);
}

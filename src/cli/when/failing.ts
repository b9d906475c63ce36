import { type Failing, runFailing } from "../../fuzz/when/continuations.ts";
import { InputError } from "../../scenario/read/input-error.ts";
import { EVENTS_MAX } from "../../scenario/run/limits.ts";
import { runScenario, type ScenarioRun } from "../../scenario/run/run.ts";
import { readScenario } from "../sources/read.ts";
import type { Source } from "../sources/source.ts";
import { isTrace } from "../sources/source.ts";

/** What fails in a scenario, and its run up to there, with its events. */
export interface FoundFailing {
  readonly failing: Failing;
  readonly run: ScenarioRun;
}

/**
 * Runs a scenario to see how it fails: by `invariant`, or the first that it breaks, or, if it breaks none, by
 * what it expects. One that expects to break an invariant fails here, too. Throws InputError if it holds.
 */
export function failingOf(source: Source, invariant: string | null): FoundFailing {
  const { label, text } = source;
  if (isTrace(source)) {
    throw InputError.plain(`${label}: a recorded trace can't go on otherwise; give its scenario`);
  }
  const scenario = readScenario(source);
  const eventsMax = EVENTS_MAX;
  const { report, violations } = runScenario(scenario, {
    digests: false,
    events: false,
    eventsMax,
    runaway: "violation",
  });
  const broken = [...new Set(violations.toSorted((a, b) => a.at - b.at).map((v) => v.invariant))];
  if (invariant !== null && !broken.includes(invariant)) {
    const others = broken.length === 0 ? "anything" : `${invariant}, but ${broken.join(", ")}`;
    throw InputError.plain(`${label}: it does not break ${others}`);
  }
  if (report.ok && broken.length === 0) {
    throw InputError.plain(`${label}: it holds with seed ${report.seed}: there is no failure`);
  }
  const failing = { text, label, invariant: invariant ?? broken[0] ?? null, eventsMax };
  return { failing, run: runFailing(scenario, failing, null) };
}

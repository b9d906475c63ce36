import { type Duration, MILLISECOND, SECOND } from "../base/time.ts";
import { CLIENT_MAX } from "../scenario/language/actions/addressed.ts";
import { formatDuration, parseDuration } from "../scenario/read/duration.ts";
import { InputError } from "../scenario/read/input-error.ts";
import { type ScenarioData, type StepData, scenario } from "../scenario/read/scenario-data.ts";
import { suggestion } from "../scenario/read/suggest.ts";
import { NOTHING_VIOLATED } from "../scenario/run/checkers.ts";
import type { Scenario, Step } from "../scenario/scenario.ts";
import type { SimulationReplay } from "./report.ts";

/**
 * What a workload runs in: a scenario's words for the cluster, and steps that happen meanwhile. Both
 * begin as soon as there is a leader: `after` counts from then on, `at` from the start of the run. A whole
 * {@link ScenarioData} will do: what is not listed here plays no part, `until` among it, for the run ends
 * with the workload.
 *
 * @public
 */
export interface SimulationOptions extends Partial<ScenarioData> {
  /** All chance of the run comes from it; default 1. */
  readonly seed?: number;
  /** As in a scenario, e.g. `{members: 5, "snapshot-entries": 40}`; what is absent is as in etcd. */
  readonly cluster?: Readonly<Record<string, unknown>>;
  /** Faults, and whatever else a scenario can do, while the workload runs: `{after: "2s", isolate: "leader"}`. */
  readonly steps?: readonly StepData[];
  /** How long the workload may take from its beginning on, in virtual time: `"90s"`, or milliseconds. Default 60 s. */
  readonly timeout?: string | number;
  /**
   * Whether, after the workload, all faults end, the cluster comes to rest and is judged: its members must
   * agree, and nothing be lost. Default true: within 30 s; another duration: within that.
   */
  readonly settle?: boolean | string;
  /** Hold the run against these invariants of detcd only; default all. */
  readonly only?: readonly string[];
  /** Whether a failed run throws a {@link SimulationError}, or just reports. Default true. */
  readonly throws?: boolean;
}

/** Options, read and checked. */
export interface Environment {
  readonly scenario: Scenario;
  readonly steps: readonly Step[];
  /** Null: the end is judged as it is. */
  readonly settle: Step | null;
  readonly timeoutUs: Duration;
  readonly replay: SimulationReplay;
}

/** The numbers that clients of a workload may have: those that steps can name. */
const OUTSIDERS: readonly number[] = Array.from({ length: CLIENT_MAX }, (_, i) => i + 1);
/** etcdctl's, and the core's; scenarios are less patient. */
const CLIENT_TIMEOUT = "5s";
const TIMEOUT_US: Duration = 60 * SECOND;

/** Those of {@link SimulationOptions}: a whole scenario's, and a simulation's own. */
const OPTIONS: Readonly<Record<keyof SimulationOptions, true>> = {
  ...{ name: true, title: true, teaches: true, seed: true, cluster: true, steps: true },
  ...{ expect: true, until: true, impossible: true },
  ...{ timeout: true, settle: true, only: true, throws: true },
};

/** Throws InputError with all that is wrong with the options, each with its place. */
export function readEnvironment(options: SimulationOptions): Environment {
  refuseUnknown(options);
  const { seed = 1, cluster = {}, steps = [], impossible = "fail", settle = true } = options;
  const expect = options.expect ?? [NOTHING_VIOLATED];
  const settling = settle === false ? [] : [{ settle: settle === true ? "30s" : settle }];
  const read = scenario(
    {
      name: "simulation",
      title: options.title ?? "A simulation",
      teaches: options.teaches ?? "",
      ...{ seed, impossible, expect },
      cluster: { "client-timeout": CLIENT_TIMEOUT, ...cluster },
      steps: [...steps, ...settling],
    },
    OUTSIDERS,
  );
  const timeoutUs = timeoutOf(options.timeout);
  return {
    scenario: read,
    steps: read.steps.slice(0, steps.length),
    settle: read.steps[steps.length] ?? null,
    timeoutUs,
    replay: {
      ...{ seed, cluster, steps },
      ...(options.impossible === undefined ? {} : { impossible }),
      ...(options.expect === undefined ? {} : { expect }),
      ...(options.timeout === undefined ? {} : { timeout: formatDuration(timeoutUs) }),
      ...(options.settle === undefined ? {} : { settle }),
      ...(options.only === undefined ? {} : { only: options.only }),
    },
  };
}

/** One step that is added while the run is under way, with the cluster it is meant for. */
export function readStep(step: StepData, { replay }: Environment): readonly Step[] {
  const { seed, cluster } = replay;
  const data = { name: "simulation", title: "A step", teaches: "", seed, cluster };
  return scenario({ ...data, steps: [step], expect: [NOTHING_VIOLATED] }, OUTSIDERS).steps;
}

/** A misspelt `steps` would be a run without faults that holds. */
function refuseUnknown(options: object): void {
  const known = Object.keys(OPTIONS);
  const issues = Object.keys(options)
    .filter((key) => !known.includes(key))
    .map((key) => `unknown option "${key}"${suggestion(key, known)}`)
    .map((text) => ({ file: "", line: 0, column: 0, text }));
  if (issues.length > 0) throw new InputError(issues);
}

function timeoutOf(given: string | number | undefined): Duration {
  if (given === undefined) return TIMEOUT_US;
  if (typeof given === "number") return Math.round(given * MILLISECOND);
  const us = parseDuration(given);
  if (typeof us === "number" && us > 0) return us;
  const text = typeof us === "string" ? us : `"${given}" is no time at all`;
  throw new InputError([{ file: "", line: 0, column: 0, text: `timeout: ${text}` }]);
}

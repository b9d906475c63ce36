import type { ScenarioData } from "../scenario/read/scenario-data.ts";
import type { ExpectationReport, MemberReport } from "../scenario/run/report.ts";

/**
 * Why a simulation is not as it should be. `violation`: a checker or an invariant of the user's says so;
 * `workload`: it threw; `host`: it used timers or I/O of the host; `stuck`: it waits for what nothing in
 * the simulation will bring; `timeout`: its virtual time is up; `step`: a step of the environment was
 * impossible, or waited in vain; `expectation`: one of the environment's does not hold.
 *
 * @public
 */
export interface SimulationFailure {
  readonly kind: "violation" | "workload" | "host" | "stuck" | "timeout" | "step" | "expectation";
  readonly text: string;
}

/**
 * A line of `sim.log`.
 *
 * @public
 */
export interface LogLine {
  /** Virtual. */
  readonly ms: number;
  readonly text: string;
}

/**
 * What a simulation came to; plain data, the same for the same options, workload and seed.
 *
 * @public
 */
export interface SimulationReport {
  readonly ok: boolean;
  readonly seed: number;
  /** Events of the simulator's queue that were executed, and how many of them the workload was told of. */
  readonly events: number;
  readonly turns: number;
  readonly virtualMs: number;
  /** Over every event of the run, and over the members at its end: equal runs have equal ones. */
  readonly traceDigest: string;
  readonly stateDigest: string;
  readonly failure: SimulationFailure | null;
  /** What checkers and invariants found, one sentence each. */
  readonly violations: readonly string[];
  readonly expectations: readonly ExpectationReport[];
  readonly log: readonly LogLine[];
  /** Steps whose time did not come: the workload had ended before. They tested nothing. */
  readonly notTaken: readonly string[];
  readonly members: readonly MemberReport[];
  /** Options that make the same run again: seed, cluster, steps. */
  readonly replay: SimulationReplay;
}

/**
 * What makes a run again, with the same workload: to be spread into the options of `simulate`.
 *
 * @public
 */
export type SimulationReplay = Pick<ScenarioData, "seed" | "cluster" | "steps"> &
  Partial<Pick<ScenarioData, "impossible" | "expect">> & {
    readonly timeout?: string;
    readonly settle?: boolean | string;
    readonly only?: readonly string[];
  };

const LOG_SHOWN = 15;

/**
 * A simulation that failed. Its message says what happened and how to run it again; `cause` is what the
 * workload threw.
 *
 * @public
 */
export class SimulationError extends Error {
  override name = "SimulationError";
  readonly report: SimulationReport;

  constructor(report: SimulationReport, cause: unknown) {
    super(message(report), { cause });
    this.report = report;
  }
}

function message({
  failure,
  violations,
  virtualMs,
  log,
  notTaken,
  replay,
}: SimulationReport): string {
  const others = violations.filter((text) => text !== failure?.text);
  return [
    `${failure?.text}`,
    ...others.map((text) => `also: ${text}`),
    `That was after ${virtualMs.toFixed(3)} ms of virtual time.${log.length > 0 ? " The log's end:" : ""}`,
    ...log.slice(-LOG_SHOWN).map(({ ms, text }) => `  ${(ms / 1000).toFixed(3)}s  ${text}`),
    ...notTaken.map((text) => `Not taken, the run had ended before: ${text}`),
    "To run it again, give the same workload these options:",
    `  simulate(${JSON.stringify(replay)}, workload)`,
  ].join("\n");
}

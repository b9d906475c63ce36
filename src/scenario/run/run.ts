import { type Instant, NEVER, SECOND } from "../../base/time.ts";
import { Cluster } from "../../sim/cluster.ts";
import { TraceDigest } from "../../trace/digest.ts";
import type { TraceEvent, TraceHeader } from "../../trace/events.ts";
import { ListSink } from "../../trace/recorder.ts";
import type { TraceSink } from "../../trace/trace.ts";
import type { Scenario } from "../scenario.ts";
import { Checkers } from "./checkers.ts";
import { judgeExpectation } from "./judge-expectation.ts";
import { type ExpectationReport, memberReport, type ScenarioReport, unexpected } from "./report.ts";
import { RunHistory } from "./run-history.ts";
import { StepFailure, takeStep } from "./steps.ts";
import { World } from "./world.ts";

/**
 * How a run differs from what its scenario says, and who listens.
 *
 * @public
 */
export interface RunOptions {
  /** Instead of the scenario's own seed. */
  readonly seed?: number;
  /** Stop here: later steps are not taken and the end is not judged. */
  readonly until?: Instant;
  /** More listeners of the trace. */
  readonly sinks?: readonly TraceSink[];
  /** Keep the events of the trace, for the story or a viewer. Default true. */
  readonly events?: boolean;
}

/**
 * A run from its first event to its verdict.
 *
 * @public
 */
export interface ScenarioRun {
  readonly report: ScenarioReport;
  readonly header: TraceHeader;
  /** Empty if they were not to be kept. */
  readonly events: readonly TraceEvent[];
}

/** How long a run goes on after its last step if the scenario does not say. */
const AFTERMATH = SECOND;

/**
 * Runs a scenario from its first event to its verdict. The same scenario and seed give the same
 * run, whoever listens. Expectations that fail are reported, not thrown; what throws is a bug.
 *
 * @public
 */
export function runScenario(scenario: Scenario, options: RunOptions = {}): ScenarioRun {
  const seed = options.seed ?? scenario.cluster.seed;
  const history = new RunHistory();
  const { electionTicks, tickUs } = scenario.cluster;
  const checkers = new Checkers(electionTicks * tickUs);
  const digest = new TraceDigest();
  const list = options.events === false ? null : new ListSink();
  const cluster = new Cluster(
    { ...scenario.cluster, seed },
    {
      sinks: [
        history,
        ...checkers.sinks,
        digest,
        ...(list ? [list] : []),
        ...(options.sinks ?? []),
      ],
    },
  );
  const world = new World(cluster, history, checkers);
  const limit = options.until ?? NEVER;

  const expectations: ExpectationReport[] = [];
  let failure: ScenarioReport["failure"] = null;
  try {
    for (const step of scenario.steps) {
      takeStep(world, step, limit, expectations);
      if (cluster.now >= limit) break;
    }
    if (cluster.now < limit) {
      const end = scenario.until ?? cluster.now + AFTERMATH;
      world.advanceTo(Math.min(Math.max(end, cluster.now), limit));
    }
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    failure = { step: error.step.number, line: error.step.line, text: error.message };
  }

  const stopped = cluster.now >= limit;
  if (failure === null && !stopped) {
    checkers.finish(cluster.views(), cluster.leader(), digest.count, cluster.now);
    for (const expectation of scenario.expect)
      expectations.push(judgeExpectation(world, expectation, null));
  }
  const violations = checkers.violations();
  const header: TraceHeader = {
    detcd: "trace",
    version: 1,
    name: scenario.name,
    title: scenario.title,
    teaches: scenario.teaches,
    seed,
    members: Array.from({ length: scenario.cluster.members }, (_, i) => i + 1),
    tickUs: scenario.cluster.tickUs,
    electionTicks: scenario.cluster.electionTicks,
  };
  return {
    report: {
      ok:
        failure === null &&
        expectations.every(({ ok }) => ok) &&
        unexpected(expectations, violations).length === 0,
      name: scenario.name,
      title: scenario.title,
      seed,
      events: cluster.events,
      virtualMs: cluster.now / 1000,
      traceDigest: digest.hex(),
      stateDigest: cluster.stateDigest(),
      stopped,
      expectations,
      violations,
      failure,
      members: cluster.views().map(memberReport),
    },
    header,
    events: list?.events ?? [],
  };
}

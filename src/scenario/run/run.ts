import { type Instant, NEVER, SECOND } from "../../base/time.ts";
import { type Violation, ViolationError } from "../../check/violation.ts";
import { Cluster } from "../../sim/cluster.ts";
import type { MemberView } from "../../sim/view.ts";
import { TraceDigest } from "../../trace/digest.ts";
import { Layer, type TraceEvent, type TraceHeader } from "../../trace/events.ts";
import { ListSink } from "../../trace/recorder.ts";
import type { TraceSink } from "../../trace/trace.ts";
import { InputError } from "../read/input-error.ts";
import type { Scenario } from "../scenario.ts";
import { Checkers, NOTHING_VIOLATED, RUNAWAY, violationText } from "./checkers.ts";
import { judgeExpectation } from "./judge-expectation.ts";
import { judgePrograms } from "./judge-programs.ts";
import { EVENTS_MAX, MEMORY_MAX, RunawayError } from "./limits.ts";
import { type ExpectationReport, memberReport, type ScenarioReport, unexpected } from "./report.ts";
import { RunHistory } from "./run-history.ts";
import { StepFailure, takeStep } from "./steps.ts";
import { type TakenStep, World } from "./world.ts";

/**
 * How a run differs from what its scenario says, and who listens.
 *
 * @public
 */
export interface RunOptions {
  /** Instead of the scenario's own seed. */
  readonly seed?: number;
  /** Chance is another after this moment: the run up to it, `after` included, and a new end. */
  readonly fresh?: { readonly after: Instant; readonly seed: number };
  /** Stop here: later steps are not taken and the end is not judged. */
  readonly until?: Instant;
  /** More listeners of the trace. */
  readonly sinks?: readonly TraceSink[];
  /** Keep the events of the trace, for the story or a viewer. Default true. */
  readonly events?: boolean;
  /** End the run at the first violation. Default false. */
  readonly stopAtViolation?: boolean;
  /** Hold the run against these invariants only; default all. */
  readonly only?: readonly string[];
  /** Take no digests, which cost as much as the run: they are "". Default true. */
  readonly digests?: boolean;
  /** How many events of the simulator's queue it may take. Default 5,000,000. */
  readonly eventsMax?: number;
  /**
   * What a run is that takes or holds more than it may: `refused`: it is the scenario that asks for so much,
   * and an InputError is thrown; `violation`: the scenario was drawn, and goes in circles. Default `refused`.
   */
  readonly runaway?: "refused" | "violation";
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
  /** What `report.violations` says in words. */
  readonly violations: readonly Violation[];
  /** What was done to the cluster, and how often, those of `settle` among it. */
  readonly faults: ReadonlyMap<string, number>;
  /** When each step that was taken began and ended; they end where they begin, but for `settle`. */
  readonly taken: readonly TakenStep[];
}

/** How long a run goes on after its last step if the scenario does not say. */
const AFTERMATH = SECOND;

/**
 * Runs a scenario from its first event to its verdict. The same scenario and seed give the same
 * run, whoever listens. Expectations that fail are reported, not thrown. What throws within a member ends
 * that member's process, and is the violation `panic`; anything else that is thrown is a mistake of
 * detcd's, and goes through. Throws InputError where the scenario asks for more than a run may take or hold.
 *
 * @public
 */
export function runScenario(scenario: Scenario, options: RunOptions = {}): ScenarioRun {
  const seed = options.seed ?? scenario.cluster.seed;
  const { electionTicks, tickUs, watchProgressUs, quotaBytes, network, disk } = scenario.cluster;
  const history = new RunHistory(
    looksBack(scenario) || options.digests !== false ? Layer.All : LEAST,
  );
  const checkers = new Checkers({
    electionUs: electionTicks * tickUs,
    progressUs: watchProgressUs,
    quotaBytes,
    troubled: network.loss > 0 || disk.syncMaxUs > (electionTicks * tickUs) / 10,
    ...(options.stopAtViolation === undefined ? {} : { throwAtFirst: options.stopAtViolation }),
    ...(options.only === undefined ? {} : { only: options.only }),
  });
  const digest = options.digests === false ? null : new TraceDigest();
  const list = options.events === false ? null : new ListSink();
  const listeners = [history, ...checkers.sinks, digest, list, ...(options.sinks ?? [])];
  const cluster = new Cluster(
    { ...scenario.cluster, seed },
    { sinks: listeners.filter((sink) => sink !== null), containsPanics: true },
  );
  if (options.fresh !== undefined) cluster.reseedAfter(options.fresh.after, options.fresh.seed);
  const limits = {
    until: options.until ?? NEVER,
    events: options.eventsMax ?? EVENTS_MAX,
    bytes: MEMORY_MAX,
    beyond: (text: string) =>
      options.runaway === "violation"
        ? new RunawayError(text)
        : new InputError([{ file: scenario.file, line: 0, column: 0, text }]),
  };
  const kept = () => list?.events.length ?? 0;
  const world = new World(cluster, history, checkers, scenario.impossible, limits, kept);
  const expectations: ExpectationReport[] = [];
  const failure = play(world, scenario, expectations);
  const stopped = world.stopped;
  if (failure === null && !stopped) {
    judgeEnd(world, scenario, digest?.count ?? 0, expectations);
  }
  const violations = checkers.found();
  const header = headerOf(scenario, seed);
  const texts = violations.map(violationText);
  const failed =
    failure !== null ||
    expectations.some(({ ok }) => !ok) ||
    unexpected(expectations, texts).length > 0;
  const verdict = failed ? "failed" : stopped ? "stopped" : "held";
  return {
    report: {
      ok: verdict === "held",
      verdict,
      name: scenario.name,
      title: scenario.title,
      seed,
      events: cluster.events,
      traceEvents: digest?.count ?? 0,
      virtualMs: cluster.now / 1000,
      traceDigest: digest?.hex() ?? "",
      stateDigest: digest === null ? "" : cluster.stateDigest(),
      stopped,
      expectations,
      violations: texts,
      unreached: world.unreached,
      failure,
      members: cluster.views().map(memberReport),
    },
    header,
    events: list?.events ?? [],
    violations,
    faults: world.faults,
    taken: world.taken,
  };
}

/** What stands above the trace of a run. */
export function headerOf({ name, title, teaches, cluster }: Scenario, seed: number): TraceHeader {
  return {
    detcd: "trace",
    version: 1,
    name,
    title,
    teaches,
    seed,
    members: Array.from({ length: cluster.members }, (_, i) => i + 1),
    tickUs: cluster.tickUs,
    electionTicks: cluster.electionTicks,
  };
}

/** What the checkers listen to anyway. */
const LEAST = Layer.State | Layer.Data | Layer.Client;

/** Whether it asks for what only the whole trace tells. */
function looksBack({ steps, expect }: Scenario): boolean {
  return (
    steps.some((step) => step.timing.kind === "when" || step.expect.length > 0) ||
    expect.some(({ text }) => text !== NOTHING_VIOLATED)
  );
}

/** Takes the steps, and lets the world run to the end. What went wrong with a step; null: nothing. */
function play(
  world: World,
  scenario: Scenario,
  expectations: ExpectationReport[],
): ScenarioReport["failure"] {
  const { cluster } = world;
  try {
    for (const step of scenario.steps) {
      takeStep(world, step, expectations);
      if (world.stopped) return null;
    }
    const aftermath = world.settledAt === cluster.now ? 0 : AFTERMATH;
    world.advanceTo(Math.max(scenario.until ?? cluster.now + aftermath, cluster.now));
  } catch (error) {
    if (error instanceof StepFailure) {
      return { step: error.step.number, line: error.step.line, text: error.message };
    }
    ended(world, error);
  }
  return null;
}

function judgeEnd(
  world: World,
  scenario: Scenario,
  events: number,
  expectations: ExpectationReport[],
): void {
  const { cluster, checkers } = world;
  world.crashNowhere();
  try {
    if (world.settledAt !== cluster.now && !world.ended) {
      const views = cluster.views();
      checkers.finish(views, cluster.leader(), events, cluster.now);
      judgePrograms(world, agreeing(views, cluster.leader()));
    }
    for (const expectation of scenario.expect)
      expectations.push(judgeExpectation(world, expectation, null));
  } catch (error) {
    ended(world, error);
  }
}

/** Those that follow the leader and have applied as much as it. */
function agreeing(views: readonly MemberView[], leader: number): number[] {
  const lead = views.find(({ id }) => id === leader);
  return views
    .filter(
      (view) => view.status === "up" && view.lead === leader && view.applied === lead?.applied,
    )
    .map(({ id }) => id);
}

/** The run was ended by something that was thrown: a violation, or what becomes one. Throws anything else. */
export function ended(world: World, error: unknown): void {
  const { cluster, checkers } = world;
  world.ended = true;
  // Known to the checker that threw it.
  if (error instanceof ViolationError) return;
  if (!(error instanceof RunawayError)) throw error;
  const text = error.message;
  checkers.note({ invariant: RUNAWAY, member: 0, seq: 0, at: cluster.now, text });
}

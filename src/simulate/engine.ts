import { setImmediate as hostImmediate } from "node:timers";
import type { Random } from "../base/random.ts";
import { type Duration, type Instant, MILLISECOND, NEVER, SECOND } from "../base/time.ts";
import { type Violation, ViolationError } from "../check/violation.ts";
import type { StepData } from "../scenario/read/scenario-data.ts";
import { Checkers, violationText } from "../scenario/run/checkers.ts";
import { judgeExpectation } from "../scenario/run/judge-expectation.ts";
import { EVENTS_MAX, MEMORY_MAX, RunawayError } from "../scenario/run/limits.ts";
import { type ExpectationReport, memberReport, unexpected } from "../scenario/run/report.ts";
import { ended } from "../scenario/run/run.ts";
import { RunHistory } from "../scenario/run/run-history.ts";
import { Schedule } from "../scenario/run/schedule.ts";
import { StepFailure } from "../scenario/run/steps.ts";
import { World } from "../scenario/run/world.ts";
import { Cluster } from "../sim/cluster.ts";
import { EPOCH } from "../sim/machine/local-clock.ts";
import { TraceDigest } from "../trace/digest.ts";
import { context } from "./context.ts";
import { type Environment, readStep } from "./environment.ts";
import { HostError } from "./host-guard.ts";
import type { HostedRun } from "./hosted-run.ts";
import { type InvariantCheck, Invariants } from "./invariants.ts";
import type { LogLine, SimulationFailure, SimulationReport } from "./report.ts";
import { type Wait, Waits } from "./waits.ts";

/** Also where a test has replaced the timers of the host. */
const macrotask = hostImmediate;

/** A workload begins after that at the latest, though there is no leader. */
const UNLED_MAX_US = 10 * SECOND;
/** How long a run goes on after its workload where it does not settle. */
const AFTERMATH = SECOND;

/** How a promise of the simulation is settled. */
export interface Settle<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

/** What the workload came to; null: it goes on. */
type Ending = { readonly ok: true } | { readonly ok: false; readonly error: unknown } | null;

/**
 * Runs a workload of promises on the simulator's clock. After each event that settled a promise of the
 * workload or called it, the host gets one macrotask: by then everything has run that follows from it
 * without waiting for the simulation again, however many awaits that are. Only then the next event comes.
 * So the workload goes on at one instant of virtual time, and in the same order every time.
 */
export class Engine implements HostedRun {
  over = false;
  readonly cluster: Cluster;
  readonly world: World;
  readonly random: Random;
  readonly waits = new Waits();
  readonly invariants = new Invariants();
  readonly log: LogLine[] = [];
  private readonly environment: Environment;
  private readonly checkers: Checkers;
  private readonly digest = new TraceDigest();
  private readonly expectations: ExpectationReport[] = [];
  private readonly ambient: Random;
  private schedules: Schedule[] = [];
  /** When the workload's time is up; before it begins, when it begins without a leader. */
  private deadline: Instant = UNLED_MAX_US;
  /** Something of the workload has to run before the next event. */
  private woken = false;
  private turns = 0;
  private ending: Ending = null;
  private failure: SimulationFailure | null = null;
  /** What the failure came from, if it was thrown. */
  cause: unknown;

  constructor(environment: Environment, only: readonly string[] | undefined) {
    this.environment = environment;
    const { scenario } = environment;
    const { cluster } = scenario;
    const history = new RunHistory();
    this.checkers = new Checkers({
      electionUs: cluster.electionTicks * cluster.tickUs,
      throwAtFirst: true,
      ...(only === undefined ? {} : { only }),
    });
    this.cluster = new Cluster(cluster, {
      containsPanics: true,
      sinks: [history, ...this.checkers.sinks, this.digest],
    });
    this.world = new World(this.cluster, history, this.checkers, scenario.impossible, {
      until: NEVER,
      events: EVENTS_MAX,
      bytes: MEMORY_MAX,
      beyond: (text) => new RunawayError(text),
    });
    this.random = this.cluster.stream("workload");
    this.ambient = this.random.fork("ambient");
  }

  get now(): Instant {
    return this.cluster.now;
  }

  // ---- what the workload sees of the host --------------------------------------------------------

  wallMs(): number {
    return (EPOCH + this.now) / MILLISECOND;
  }

  sinceStartMs(): number {
    return this.now / MILLISECOND;
  }

  ambientChance(): number {
    return this.ambient.uint32();
  }

  refuse(error: Error): void {
    this.ending ??= { ok: false, error };
  }

  // ---- promises ----------------------------------------------------------------------------------

  /**
   * A promise that the simulation settles. `what` is waited for, as a person says it. Once the run is over
   * what is left of the workload waits for ever; anybody else is told.
   */
  promise<T>(what: string, begin: (settle: Settle<T>) => void): Promise<T> {
    if (this.over) return this.tooLate();
    // An error that comes with an event of the simulator knows nothing of who asked.
    const asked: { stack?: string } = {};
    Error.captureStackTrace(asked, this.promise);
    return new Promise<T>((resolve, reject) => {
      const wait: Wait = { what, since: this.now };
      this.waits.add(wait);
      const settle = (act: () => void) => {
        if (!this.waits.delete(wait) || this.over) return;
        this.woken = true;
        act();
      };
      this.act(() =>
        begin({
          resolve: (value) => settle(() => resolve(value)),
          reject: (error) =>
            settle(() => {
              error.stack = `${error.name}: ${error.message}\n${(asked.stack ?? "").split("\n").slice(1).join("\n")}`;
              reject(error);
            }),
        }),
      );
    });
  }

  /** Does something to the world: what that violates ends the run, whoever catches it. */
  act(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (error instanceof ViolationError) this.thrown(error);
      throw error;
    }
  }

  /** Calls back into the workload before the next event; what that throws ends the run. */
  callBack(call: () => void): void {
    if (this.over) return;
    this.woken = true;
    void Promise.resolve().then(() => {
      if (this.over) return;
      try {
        context.run(this, call);
      } catch (error) {
        this.ending ??= { ok: false, error };
      }
    });
  }

  /** Throws where the simulation is over and somebody else than its workload goes on with it. */
  assertUnderWay(): void {
    if (this.over && context.getStore() !== this) {
      throw new Error("the simulation is over: what it gave is good only while its workload runs");
    }
  }

  private tooLate<T>(): Promise<T> {
    try {
      this.assertUnderWay();
    } catch (error) {
      return Promise.reject(error);
    }
    return new Promise<T>(() => undefined);
  }

  sleep(us: Duration): Promise<void> {
    return this.promise<void>(`sleep of ${us / MILLISECOND} ms`, ({ resolve }) => {
      // A process that no step can name, and so nothing happens to.
      this.cluster.clients.process(0).atGlobal(this.now + us, () => resolve());
    });
  }

  // ---- what the workload does to the world -------------------------------------------------------

  /** Takes a step when its time comes. */
  inject(data: StepData): Promise<void> {
    if (this.over) return this.tooLate();
    return this.promise<void>(`the step ${JSON.stringify(data)}`, ({ resolve, reject }) => {
      try {
        const steps = readStep(data, this.environment);
        const schedule = new Schedule(this.world, steps, this.expectations);
        schedule.timePassed();
        if (schedule.done) resolve();
        else this.schedules.push(Object.assign(schedule, { taken: { resolve, reject } }));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  addInvariant(name: string, check: InvariantCheck, when: "always" | "end"): void {
    this.invariants.add(name, () => context.run(this, check), when);
  }

  // ---- the run -----------------------------------------------------------------------------------

  /** Runs the workload to its end, and judges the run. */
  async play(workload: () => unknown): Promise<SimulationReport> {
    await new Promise<void>((done, failed) => {
      try {
        while (this.cluster.leader() === 0 && this.now < this.deadline) this.event();
        this.schedules.push(new Schedule(this.world, this.environment.steps, this.expectations));
        this.begin(workload);
      } catch (error) {
        this.thrown(error);
      }
      const pump = () => {
        this.turns++;
        try {
          if (this.advance()) macrotask(pump);
          else done();
        } catch (error) {
          failed(error);
        }
      };
      macrotask(pump);
    }).finally(() => {
      this.over = true;
    });
    if (this.failure === null) this.judge();
    return this.report();
  }

  private begin(workload: () => unknown): void {
    this.deadline = this.now + (this.environment.timeoutUs as number);
    const run = context.run(this, async () => workload());
    run.then(
      () => {
        this.ending ??= { ok: true };
      },
      (error: unknown) => {
        this.ending ??= { ok: false, error };
      },
    );
  }

  /** Goes on until something of the workload has to run; false: the workload's part is over. */
  private advance(): boolean {
    this.woken = false;
    try {
      while (!this.isOver()) {
        this.event();
        if (this.woken) return true;
      }
    } catch (error) {
      this.thrown(error);
    }
    return false;
  }

  private isOver(): boolean {
    const { ending, waits, now } = this;
    if (ending?.ok === false) this.workloadFailed(ending.error);
    // What holds after each event holds at the end, too.
    if (this.failure === null && !this.invariants.none) {
      if (!this.invariants.judge(now, this.digest.count)) this.violated();
    }
    if (this.failure !== null || ending !== null) return true;
    if (now >= this.deadline) {
      const text = `the workload has not ended within ${this.environment.timeoutUs / MILLISECOND} ms of virtual time: it waits for ${waits.text(now) || "something of its own"}`;
      this.fail("timeout", text);
      return true;
    }
    if (waits.count > 0 || waits.listeners > 0) return false;
    this.fail(
      "stuck",
      "the workload waits for something that never comes: it has not ended, and there is nothing of the simulation that it waits for (no call, no sleep, no watch). A promise of its own is never settled, or it is the host that it waits for: an import() perhaps.",
    );
    return true;
  }

  /** The next thing that happens, whoever does it. */
  private event(): void {
    const { world } = this;
    let due = this.deadline;
    for (const schedule of this.schedules) due = Math.min(due, schedule.due);
    const happened = world.next(due);
    for (const schedule of this.schedules) {
      this.attempt(schedule, () => {
        if (happened) schedule.happened();
        else schedule.timePassed();
      });
    }
    if (this.schedules.some(({ done }) => done)) {
      this.schedules = this.schedules.filter(({ done }) => !done);
    }
  }

  /** A step that the workload added fails its promise; one of the environment the run. */
  private attempt(schedule: Schedule & { taken?: Settle<void> }, act: () => void): void {
    const { taken } = schedule;
    if (taken === undefined) {
      act();
      return;
    }
    try {
      act();
      if (schedule.done) taken.resolve();
    } catch (error) {
      if (!(error instanceof StepFailure)) throw error;
      schedule.done = true;
      taken.reject(error);
    }
  }

  // ---- the end -----------------------------------------------------------------------------------

  private workloadFailed(error: unknown): void {
    this.cause = error;
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    if (error instanceof HostError) this.fail("host", error.message);
    else this.fail("workload", `the workload failed: ${text}`);
  }

  /** Nobody waits for a promise of the workload that was rejected with this. */
  unhandled(reason: unknown): void {
    if (this.over) return;
    const text = reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
    const error = new Error(`a promise that nobody awaits was rejected: ${text}`, {
      cause: reason,
    });
    this.ending ??= { ok: false, error };
  }

  private fail(kind: SimulationFailure["kind"], text: string): void {
    this.failure ??= { kind, text };
  }

  /** Throws what is neither a step's failure nor a violation: a mistake of detcd's. */
  private thrown(error: unknown): void {
    if (error instanceof StepFailure) {
      const { step, message } = error;
      this.fail("step", `step ${step.number} (${step.text || "a wait"}): ${message}`);
      return;
    }
    ended(this.world, error);
    this.violated();
    // A run that goes in circles ends whatever it is held against.
    this.fail("violation", (error as Error).message);
  }

  private violated(): void {
    const text = this.violations().map(violationText)[0];
    if (text !== undefined) this.fail("violation", text);
  }

  private violations(): readonly Violation[] {
    return [...this.invariants.violations, ...this.checkers.found()];
  }

  /** The workload is done: does all hold that must? */
  private judge(): void {
    const { world, cluster, checkers, environment } = this;
    const { settle, scenario } = environment;
    try {
      this.invariants.judgeEnd(this.now, this.digest.count);
      if (settle === null) {
        // As after a scenario's last step: what was acknowledged gets to all.
        world.advanceTo(this.now + AFTERMATH);
        checkers.finish(cluster.views(), cluster.leader(), this.digest.count, this.now);
      } else settle.act?.(world);
      for (const expectation of scenario.expect) {
        this.expectations.push(judgeExpectation(world, expectation, null));
      }
    } catch (error) {
      ended(world, error);
    }
    const texts = unexpected(this.expectations, this.violations().map(violationText));
    if (texts[0] !== undefined) this.fail("violation", texts[0]);
    const missed = this.expectations.find(({ ok }) => !ok);
    if (missed !== undefined) this.fail("expectation", `${missed.text}: ${missed.found}`);
  }

  private report(): SimulationReport {
    const { cluster, digest, environment, expectations, failure } = this;
    return {
      ok: failure === null,
      seed: environment.replay.seed,
      events: cluster.events,
      turns: this.turns,
      virtualMs: this.now / MILLISECOND,
      traceDigest: digest.hex(),
      stateDigest: cluster.stateDigest(),
      failure,
      violations: this.violations().map(violationText),
      expectations,
      log: this.log,
      notTaken: this.schedules.flatMap(({ rest }) => rest),
      members: cluster.views().map(memberReport),
      replay: environment.replay,
    };
  }
}

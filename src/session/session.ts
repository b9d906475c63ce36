import { type Duration, type Instant, SECOND } from "../base/time.ts";
import { formatDuration } from "../scenario/read/duration.ts";
import { InputError } from "../scenario/read/input-error.ts";
import { type ScenarioData, type StepData, scenario } from "../scenario/read/scenario-data.ts";
import { NOTHING_VIOLATED } from "../scenario/run/checkers.ts";
import { runScenario, type ScenarioRun } from "../scenario/run/run.ts";
import { type Branch, stepText } from "./branch.ts";

/** How far a branch goes on after what was done last, until somebody asks for more. */
const AHEAD: Duration = 10 * SECOND;
/** A run of more events is too long to be made again at every touch of a key. */
const EVENTS_MAX = 2_000_000;

/** What was asked for can't be done to this run at this moment; the message says why. */
export class SessionError extends Error {
  override name = "SessionError";
}

/**
 * A run that can be touched: at any moment something else can be done to it, which makes another branch of
 * it, with the same past. A branch is nothing but a scenario: the steps that were taken until then, and what
 * was done by hand. So it is run again from its beginning at each touch, and what is saved is what was seen.
 *
 * Unchanging: what changes it returns another session, which shares what stayed.
 */
export class Session {
  readonly branches: readonly Branch[];
  /** The number of the branch that is looked at. */
  readonly current: number;

  private constructor(branches: readonly Branch[], current: number) {
    this.branches = branches;
    this.current = current;
  }

  /** Runs the scenario. Throws InputError if it is none. */
  static of(data: ScenarioData): Session {
    return Session.from(data, run(data));
  }

  /** Of a scenario that was run already; `written`: so many of its steps are not by hand. */
  static from(data: ScenarioData, run: ScenarioRun, written = data.steps.length): Session {
    const nothing = { parent: null, forkedAt: 0, before: null };
    return new Session([{ title: data.title, data, run, written, ...nothing }], 0);
  }

  /** With another run beside it, which shares nothing with it; the branch that is looked at stays. */
  with(data: ScenarioData, title: string): Session {
    const nothing = { parent: null, forkedAt: 0, before: null };
    const other = { title, data, run: run(data), written: data.steps.length, ...nothing };
    return new Session([...this.branches, other], this.current);
  }

  get branch(): Branch {
    return this.branches[this.current] as Branch;
  }

  /** Looks at another branch. */
  at(branch: number): Session {
    return new Session(this.branches, branch);
  }

  /**
   * Does something at a moment of the branch that is looked at. Where nothing was done by hand later on, the
   * branch goes on with it, else another one begins. Throws SessionError if that is impossible.
   */
  act(at: Instant, step: StepData): Session {
    const { branch, branches, current } = this;
    const kept = stepsUntil(branch, at);
    const data: ScenarioData = {
      ...branch.data,
      until: formatDuration(at + AHEAD),
      steps: [...branch.data.steps.slice(0, kept), { at: formatDuration(at), ...step }],
      expect: [NOTHING_VIOLATED],
    };
    const next = run(data);
    if (next.report.failure !== null) throw new SessionError(next.report.failure.text);
    const made = { title: stepText(step), data, run: next };
    // What the file says is kept as it is, to be compared with.
    const goesOn = kept === branch.data.steps.length && kept > branch.written;
    const written = Math.min(branch.written, kept);
    if (goesOn) return this.#with({ ...branch, ...made, before: branch });
    const fork = { ...made, parent: current, forkedAt: at, written, before: null };
    return new Session([...branches, fork], branches.length);
  }

  /** Lets the branch that is looked at go on for longer, if it was begun by hand. */
  extend(by: Duration): Session {
    const { branch } = this;
    if (!this.isOpen) return this;
    const until = Math.round(branch.run.report.virtualMs * 1000) + by;
    const data = { ...branch.data, until: formatDuration(until) };
    return this.#with({ ...branch, data, run: run(data) });
  }

  /** Whether the branch has no end of its own: it was begun by hand. */
  get isOpen(): boolean {
    return this.branch.parent !== null || this.branch.data.steps.length > this.branch.written;
  }

  /** Takes the last thing back that was done by hand in this branch. */
  undo(): Session {
    const { branch, branches, current } = this;
    if (branch.before !== null) return this.#with(branch.before);
    if (branch.parent === null) throw new SessionError("nothing was done by hand in this run");
    // The branches that were made later stay, but for the one that is taken back.
    const rest = branches
      .filter((_, number) => number !== current)
      .map((other) => ({ ...other, parent: moved(other.parent, current, branch.parent) }));
    return new Session(rest, branch.parent);
  }

  #with(branch: Branch): Session {
    return new Session(
      this.branches.map((other, number) => (number === this.current ? branch : other)),
      this.current,
    );
  }
}

/** The number of a parent after the branch `gone`, whose own parent is `instead`, was taken out. */
function moved(parent: number | null, gone: number, instead: number | null): number | null {
  const now = parent === gone ? instead : parent;
  return now !== null && now > gone ? now - 1 : now;
}

/** How many of a branch's steps were taken by `at`. */
function stepsUntil({ run: { taken }, data }: Branch, at: Instant): number {
  const kept = taken.filter(({ from }) => from <= at).length;
  const last = taken[kept - 1];
  if (last !== undefined && last.to > at) {
    const name = stepText(data.steps[kept - 1] as StepData);
    throw new SessionError(
      `"${name}" goes on until ${formatDuration(last.to)}: do it before ${formatDuration(last.from)} or after that`,
    );
  }
  return kept;
}

function run(data: ScenarioData): ScenarioRun {
  try {
    return runScenario(scenario(data), { eventsMax: EVENTS_MAX });
  } catch (error) {
    if (error instanceof InputError)
      // Where it stands in the branch is nothing that anybody wrote.
      throw new SessionError(error.message.replace(/^steps\[\d+\][^:]*: /gm, ""));
    throw error;
  }
}

import { type Instant, NEVER } from "../../base/time.ts";
import { formatDuration } from "../read/duration.ts";
import type { Step } from "../scenario.ts";
import { endFaults } from "./end-faults.ts";
import type { ExpectationReport } from "./report.ts";
import { StepFailure, takeStep } from "./steps.ts";
import type { World } from "./world.ts";

/**
 * Steps of a scenario that happen while something else goes on, each when its time comes. A `settle` among
 * them ends the faults and no more: a cluster that is being worked with does not come to rest.
 */
export class Schedule {
  /** When the next step is due, or waits in vain; NEVER: there is none. */
  due: Instant = NEVER;
  /** Whether all steps are taken. */
  done = false;
  readonly #world: World;
  readonly #steps: readonly Step[];
  readonly #expectations: ExpectationReport[];
  #next = 0;
  #holds: (() => boolean) | null = null;
  /** What the condition was asked at last. */
  #asked = -1;

  constructor(world: World, steps: readonly Step[], expectations: ExpectationReport[]) {
    this.#world = world;
    this.#steps = steps;
    this.#expectations = expectations;
    this.#arm();
  }

  /** The steps whose time has not come yet, as they are written. */
  get rest(): readonly string[] {
    return this.#steps.slice(this.#next).map(({ text }) => text || "a wait");
  }

  /** To be called after each event: takes the steps whose condition holds now. Throws {@link StepFailure}. */
  happened(): void {
    while (this.#holds !== null && this.#asked !== this.#world.history.pulse) {
      this.#asked = this.#world.history.pulse;
      if (!this.#holds()) return;
      this.#take();
    }
  }

  /** To be called when all events up to now have happened: takes the steps that are due. */
  timePassed(): void {
    while (this.due <= this.#world.cluster.now) {
      if (this.#holds === null) this.#take();
      else if (this.#holds()) this.#take();
      else this.#inVain();
    }
  }

  #arm(): void {
    const step = this.#steps[this.#next];
    this.due = NEVER;
    this.#holds = null;
    this.done = step === undefined;
    if (step === undefined) return;
    const { timing } = step;
    const { now } = this.#world.cluster;
    switch (timing.kind) {
      case "now":
        this.due = now;
        return;
      case "at":
        // One that would have come before the workload comes with its beginning.
        this.due = Math.max(timing.at, now);
        return;
      case "after":
        this.due = now + timing.delay;
        return;
      case "when":
        this.#holds = timing.condition.begin(this.#world);
        this.#asked = -1;
        this.due = now + timing.within;
    }
  }

  #take(): void {
    const step = this.#steps[this.#next] as Step;
    if (step.text.startsWith("settle:")) endFaults(this.#world);
    else takeStep(this.#world, { ...step, timing: { kind: "now" } }, this.#expectations);
    this.#next++;
    this.#arm();
  }

  #inVain(): never {
    const step = this.#steps[this.#next] as Step;
    const { timing } = step;
    const [text, within] = timing.kind === "when" ? [timing.text, timing.within] : ["", 0];
    throw new StepFailure(step, `waited ${formatDuration(within)} in vain for "${text}"`);
  }
}

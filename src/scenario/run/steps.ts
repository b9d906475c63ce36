import { NEVER } from "../../base/time.ts";
import { FaultError } from "../../sim/faults.ts";
import type { Condition } from "../language/conditions/condition.ts";
import { SelectorError } from "../language/selectors.ts";
import { formatDuration } from "../read/duration.ts";
import type { Step } from "../scenario.ts";
import { failedChanges } from "./in-vain.ts";
import { judgeExpectation } from "./judge-expectation.ts";
import type { ExpectationReport } from "./report.ts";
import type { World } from "./world.ts";

/** A step could not be taken: the scenario fails here, and the message says why. */
export class StepFailure extends Error {
  override name = "StepFailure";
  readonly step: Step;

  constructor(step: Step, text: string) {
    super(text);
    this.step = step;
  }
}

/**
 * Waits for the step's time, then takes it. What it expects is judged at once and added to
 * `expectations`. Returns before the step is taken if the run's limit comes first.
 */
export function takeStep(world: World, step: Step, expectations: ExpectationReport[]): void {
  attempt(step, () => wait(world, step));
  if (world.stopped) return;
  const from = world.cluster.now;
  if (step.note !== "") world.cluster.note("step", step.note);
  world.clients.step = step.number;
  act(world, step);
  world.taken.push({ from, to: world.cluster.now });
  for (const expectation of step.expect) {
    expectations.push(judgeExpectation(world, expectation, step.number));
  }
}

/** A step that is impossible now is left out if the scenario says so. */
function act(world: World, step: Step): void {
  if (step.act !== null) world.settledAt = NEVER;
  if (world.impossible === "fail") attempt(step, () => step.act?.(world));
  else {
    try {
      step.act?.(world);
    } catch (error) {
      if (!isImpossible(error)) throw error;
    }
  }
}

function isImpossible(error: unknown): error is SelectorError | FaultError {
  return error instanceof SelectorError || error instanceof FaultError;
}

function wait(world: World, step: Step): void {
  const { timing } = step;
  const { now } = world.cluster;
  switch (timing.kind) {
    case "now":
      return;
    case "at":
      if (timing.at < now) {
        throw new StepFailure(
          step,
          `it was due at ${formatDuration(timing.at)}, but the step before it took until ${formatDuration(now)}`,
        );
      }
      world.advanceTo(timing.at);
      return;
    case "after":
      world.advanceTo(now + timing.delay);
      return;
    case "when": {
      const holds = timing.condition.begin(world);
      if (world.advanceUntil(holds, now + timing.within) || world.stopped) return;
      throw new StepFailure(
        step,
        `waited ${formatDuration(timing.within)} in vain for "${timing.text}"${whyNot(world, timing.condition)}`,
      );
    }
  }
}

/** `: m4 was never started`: what kept the condition from coming true. */
function whyNot(world: World, { kept }: Condition): string {
  const reasons = [failedChanges(world), kept(world)].filter((reason) => reason !== "");
  return reasons.length === 0 ? "" : `: ${reasons.join("; ")}`;
}

/**
 * Runs `act`; a selector that means nobody, or a fault that is impossible now, fails the step.
 * Anything else that is thrown goes through.
 */
function attempt<T>(step: Step, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (isImpossible(error)) throw new StepFailure(step, error.message);
    throw error;
  }
}

import type { Instant } from "../../base/time.ts";
import { FaultError } from "../../sim/faults.ts";
import { SelectorError } from "../language/selectors.ts";
import { formatDuration } from "../read/duration.ts";
import type { Step } from "../scenario.ts";
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
 * `expectations`. Returns before the step is taken if `limit` comes first.
 */
export function takeStep(
  world: World,
  step: Step,
  limit: Instant,
  expectations: ExpectationReport[],
): void {
  attempt(step, () => wait(world, step, limit));
  if (world.cluster.now >= limit) return;
  attempt(step, () => step.act?.(world));
  for (const expectation of step.expect) {
    expectations.push(judgeExpectation(world, expectation, step.number));
  }
}

function wait(world: World, step: Step, limit: Instant): void {
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
      world.advanceTo(Math.min(timing.at, limit));
      return;
    case "after":
      world.advanceTo(Math.min(now + timing.delay, limit));
      return;
    case "when": {
      const holds = timing.condition.begin(world);
      const deadline = now + timing.within;
      const came = world.advanceUntil(holds, Math.min(deadline, limit));
      if (came || limit <= deadline) return;
      throw new StepFailure(
        step,
        `waited ${formatDuration(timing.within)} in vain for "${timing.text}"`,
      );
    }
  }
}

/**
 * Runs `act`; a selector that means nobody, or a fault that is impossible now, fails the step.
 * Anything else that is thrown (assertions, raft's panics) is a bug and goes through.
 */
function attempt<T>(step: Step, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof SelectorError || error instanceof FaultError) {
      throw new StepFailure(step, error.message);
    }
    throw error;
  }
}

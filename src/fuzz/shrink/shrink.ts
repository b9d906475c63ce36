import type { Violation } from "../../check/violation.ts";
import type { ScenarioData } from "../../scenario/read/scenario-data.ts";
import { type CaseOptions, tryCase } from "../run-case.ts";
import { isFault, isOperation, PASSES } from "./passes.ts";

/** How long to go on; both are bounds, so that a run on any machine with the first alone ends the same. */
export interface ShrinkBudget {
  /** Runs of a scenario. */
  readonly runs: number;
  /** Whether to stop now, e.g. since it takes too long. */
  readonly stop?: () => boolean;
}

/** A failure, as small as it could be made. */
export interface Shrunk {
  readonly scenario: ScenarioData;
  readonly violation: Violation;
  /** How many were tried. */
  readonly runs: number;
  /** It ended because the budget was used up. */
  readonly outOfBudget: boolean;
}

/** How large a scenario is, as people count. */
export interface Size {
  readonly steps: number;
  readonly faults: number;
  readonly operations: number;
}

export function sizeOf({ steps }: ScenarioData): Size {
  return {
    steps: steps.length,
    faults: steps.filter(isFault).length,
    operations: steps.filter(isOperation).length,
  };
}

/**
 * Makes a failing scenario as small as it gets while the same invariant breaks: pass by pass, and all over
 * again while one of them helps. `violation` is what it broke.
 */
export function shrink(
  failing: ScenarioData,
  violation: Violation,
  options: CaseOptions,
  budget: ShrinkBudget,
): Shrunk {
  let best: { scenario: ScenarioData; violation: Violation } = { scenario: failing, violation };
  let runs = 0;
  const only = [violation.invariant];
  const spent = () => runs >= budget.runs || budget.stop?.() === true;
  const tried = new Set([JSON.stringify(failing)]);
  const fails = (candidate: ScenarioData): boolean => {
    const text = JSON.stringify(candidate);
    if (spent() || tried.has(text)) return false;
    tried.add(text);
    runs++;
    const found = tryCase(candidate, { ...options, only })?.violation ?? null;
    if (found === null) return false;
    best = { scenario: candidate, violation: found };
    return true;
  };
  for (let before = ""; before !== JSON.stringify(best.scenario) && !spent(); ) {
    before = JSON.stringify(best.scenario);
    for (const pass of PASSES) pass.reduce(best.scenario, fails);
  }
  return { ...best, runs, outOfBudget: spent() };
}

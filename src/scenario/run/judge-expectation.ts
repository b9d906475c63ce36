import { SelectorError } from "../language/selectors.ts";
import type { Expectation } from "../scenario.ts";
import type { ExpectationReport } from "./report.ts";
import type { World } from "./world.ts";

/** Judges an expectation now. One about a member that nobody is, e.g. the leader, does not hold. */
export function judgeExpectation(
  world: World,
  { text, check }: Expectation,
  step: number | null,
): ExpectationReport {
  try {
    const { ok, found } = check(world);
    return { text, ok, found, step };
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    return { text, ok: false, found: error.message, step };
  }
}

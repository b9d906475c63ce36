import type { Violation } from "../../src/check/violation.ts";
import { drawCase } from "../../src/fuzz/draw/case.ts";
import { profileNamed } from "../../src/fuzz/profiles.ts";
import { runCase } from "../../src/fuzz/run-case.ts";
import { sealed } from "../support/sealed.ts";
import { type Found, foundOf, SEED } from "./hunts.ts";

/** Cases of a profile in which a mistake has to be found. */
export const CASES_MAX = 400;

/** `npm run fuzz:long` goes all the way, and so finds the number anew. */
const WHOLE_WAY = process.env["DETCD_FUZZ_RUNS"] !== undefined;

/** A mistake, and the checker that is to find it in cases that chance drew. */
export interface Hunt {
  /** Its id in the museum, or what is planted in the code. */
  readonly bug: string;
  readonly checker: string;
  /** How the violation reads. */
  readonly says: RegExp;
  /** Runs `body` with it; without this it is one of the museum's. */
  readonly plant?: <R>(body: () => R) => R;
}

/** The violation of one case, if these checkers find one. */
export function violationIn(
  { profile, case: number }: Found,
  { bug, plant }: Hunt,
  checkers: readonly string[],
): Violation | null {
  const { scenario } = drawCase(profileNamed(profile), SEED, number);
  const run = (bugs: readonly string[]) =>
    sealed(() => runCase(scenario, { bugs, only: checkers })).violation;
  return plant === undefined ? run([bug]) : plant(() => run([]));
}

/** The first case of its profile that shows it, beginning where it was found lately; null: none does. */
export function hunt(row: Hunt): (Found & { readonly violation: Violation }) | null {
  const { profile, case: near } = foundOf(row) ?? { profile: "default", case: 0 };
  const numbers = Array.from({ length: CASES_MAX }, (_, i) => i);
  for (const number of new Set(WHOLE_WAY ? numbers : [near, ...numbers])) {
    const violation = violationIn({ profile, case: number }, row, [row.checker]);
    if (violation !== null && row.says.test(violation.text)) {
      return { profile, case: number, violation };
    }
  }
  return null;
}

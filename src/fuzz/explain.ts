import { drawCase } from "./draw/case.ts";
import { describeFailure, type Failure } from "./failure.ts";
import { profileNamed } from "./profiles.ts";
import type { CampaignReport, CampaignSettings, FailedCase } from "./report.ts";
import { runCase, withBugs } from "./run-case.ts";
import { type ShrinkBudget, type Size, shrink, sizeOf } from "./shrink/shrink.ts";

/**
 * A failed case, made small, and what is to be said of it.
 *
 * @public
 */
export interface Explained {
  readonly case: number;
  readonly failure: Failure;
  /** How large it was, and how large it is. */
  readonly from: Size;
  readonly size: Size;
  /** How many smaller ones were tried. */
  readonly runs: number;
  readonly outOfBudget: boolean;
}

/** A case that failed somewhere does not fail here: another version wrote the report, or chance got in. */
export class FailsNoMore extends Error {
  override name = "FailsNoMore";
  readonly case: number;

  constructor(number: number) {
    super(`case ${number} failed, and does not fail again`);
    this.case = number;
  }
}

/** Of each invariant the first case that broke it: the others are most often the same mistake. */
export function firstOfEach({ failures }: CampaignReport): readonly FailedCase[] {
  const seen = new Set<string>();
  return failures.filter(({ invariant }) => {
    if (seen.has(invariant)) return false;
    seen.add(invariant);
    return true;
  });
}

/** Draws a failed case again, makes it small, and tells its story; throws {@link FailsNoMore}. */
export function explain(
  failed: FailedCase,
  settings: CampaignSettings,
  budget: ShrinkBudget,
): Explained {
  const drawn = drawCase(profileNamed(settings.profile), settings.seed, failed.case);
  const failing = withBugs(drawn.scenario, settings.bugs);
  const { violation } = runCase(failing, settings);
  if (violation === null) throw new FailsNoMore(failed.case);
  const shrunk = shrink(failing, violation, settings, budget);
  return {
    case: failed.case,
    failure: describeFailure(shrunk, failed.case, settings),
    from: sizeOf(failing),
    size: sizeOf(shrunk.scenario),
    runs: shrunk.runs,
    outOfBudget: shrunk.outOfBudget,
  };
}

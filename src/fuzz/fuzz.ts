import { KNOWN_MISTAKES, unknownMistake } from "../museum/catalogue.ts";
import { InputError } from "../scenario/read/input-error.ts";
import { suggestion } from "../scenario/read/suggest.ts";
import { INVARIANT_NAMES } from "../scenario/run/checkers.ts";
import { runChunk } from "./chunk.ts";
import { type Explained, explain, firstOfEach } from "./explain.ts";
import { DEFAULT_PROFILE, PROFILES } from "./profiles.ts";
import type { CampaignReport } from "./report.ts";

/**
 * What {@link fuzz} is to run.
 *
 * @public
 */
export interface FuzzPlan {
  /** How many cases; default 100. */
  readonly runs?: number;
  /** Of the campaign; default 1. */
  readonly seed?: number;
  /** What cases are made of, by name (`detcd fuzz --help`); default `default`. */
  readonly profile?: string;
  /** Ids of known mistakes to make on purpose (docs/museum.md). */
  readonly bugs?: readonly string[];
  /** Hold the cases against these invariants only; default all. */
  readonly only?: readonly string[];
  /** How many smaller scenarios are tried for each failure; default 2000. */
  readonly shrinkRuns?: number;
}

/**
 * What a campaign came to.
 *
 * @public
 */
export interface FuzzResult {
  readonly report: CampaignReport;
  /** Of each invariant the first case that broke it, made small: `failure.yaml` is a scenario that replays it. */
  readonly failures: readonly Explained[];
}

/** All numbers of cases are listed; a campaign of `detcd fuzz` has no such limit. */
const RUNS_MAX = 10_000_000;

function whole(name: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (value > most) throw InputError.plain(`${name} is at most ${most}, not ${value}`);
  if (Number.isSafeInteger(value) && value >= least) return;
  throw InputError.plain(`${name} is a whole number from ${least} on, not ${value}`);
}

/**
 * Runs random scenarios in this thread, one after the other; what fails is made small. The same plan gives
 * the same result, byte for byte. Throws InputError where the plan names what there is not.
 *
 * @public
 */
export function fuzz(plan: FuzzPlan = {}): FuzzResult {
  const {
    runs = 100,
    seed = 1,
    profile = DEFAULT_PROFILE.name,
    bugs,
    only,
    shrinkRuns = 2000,
  } = plan;
  if (!PROFILES.has(profile)) {
    throw InputError.plain(
      `there is no profile "${profile}"${suggestion(profile, [...PROFILES.keys()])}`,
    );
  }
  whole("runs", runs, 1, RUNS_MAX);
  whole("seed", seed, 0);
  whole("shrinkRuns", shrinkRuns, 0);
  const unjudged = only?.find((name) => !INVARIANT_NAMES.includes(name));
  if (unjudged !== undefined) {
    throw InputError.plain(
      `there is no invariant "${unjudged}"${suggestion(unjudged, INVARIANT_NAMES)}`,
    );
  }
  const unknown = bugs?.find((bug) => !KNOWN_MISTAKES.some(({ id }) => id === bug));
  if (unknown !== undefined) throw InputError.plain(unknownMistake(unknown));
  const settings = {
    profile,
    seed,
    runs,
    ...(bugs === undefined ? {} : { bugs }),
    ...(only === undefined ? {} : { only }),
  };
  const numbers = Array.from({ length: runs }, (_, i) => i);
  const { report } = runChunk({ settings, numbers, verify: false });
  const failures = firstOfEach(report).map((failed) =>
    explain(failed, settings, { runs: shrinkRuns }),
  );
  return { report, failures };
}

import { rootRandom } from "../../base/random.ts";
import type { Instant } from "../../base/time.ts";
import type { TraceEvent } from "../../trace/events.ts";
import type { WorkerPool } from "../workers/pool.ts";
import {
  becameInevitable,
  type Interval,
  largestJump,
  type Measured,
  nextMoment,
} from "./bisection.ts";
import type { Failing } from "./continuations.ts";

/** How closely it is looked when a failure became inevitable. */
export interface WhenSettings {
  /** Of the chance of continuations. */
  readonly seed: number;
  /** Continuations of each moment. */
  readonly runs: number;
  /** How many moments are looked at. */
  readonly moments: number;
}

export interface WhenHooks {
  /** Asked before every few continuations. A moment that is not done by then does not count. */
  readonly stopped: () => boolean;
  /** Called after each moment. */
  readonly progress: (moments: number) => void;
}

/** The run up to a moment, and what came of continuations with fresh chance after it. */
export interface Moment {
  readonly at: Instant;
  readonly failed: number;
  readonly probability: number;
}

/** After `from`, and not after `to`. */
export interface Jump {
  readonly from: Moment;
  readonly to: Moment;
  /** No moment between the two is left: what happened at `to` made the difference. */
  readonly pinned: boolean;
}

/** When a failure became likely. Depends on the failure and the settings alone, unless it was stopped. */
export interface WhenResult {
  /** Those looked at, by time. */
  readonly moments: readonly Moment[];
  /** Where it became more likely at once, most of all; null: nowhere. */
  readonly jump: Jump | null;
  /** From `to` on every continuation failed; null: it was so from the beginning, or never. */
  readonly inevitable: Jump | null;
  /** Of continuations. */
  readonly ran: number;
  readonly stopped: boolean;
}

/** Continuations of a part: enough that reading the scenario costs nothing, few enough to stop soon. */
const PART = 8;

/**
 * The instants at which something happened in a run, its beginning and its end among them: between two of them
 * nothing changes.
 */
export function momentsOf(events: readonly TraceEvent[], end: Instant): readonly Instant[] {
  const all = new Set<Instant>([0, end]);
  for (const { at } of events) if (at < end) all.add(at);
  return [...all].sort((a, b) => a - b);
}

/** Looks for the moment at which a failure became inevitable, among these. */
export async function findWhen(
  failing: Failing,
  instants: readonly Instant[],
  settings: WhenSettings,
  pool: WorkerPool,
  { stopped, progress }: WhenHooks,
): Promise<WhenResult> {
  const measured: Measured[] = [];
  let ran = 0;
  let ended = false;
  while (measured.length < settings.moments) {
    const index = nextMoment(measured, instants.length, settings.runs);
    if (index === null) break;
    const after = instants[index] as Instant;
    const parts = partsOf(seedsOf(settings, after));
    let failed = 0;
    const work = async (): Promise<void> => {
      while (!ended) {
        const seeds = parts.pop();
        if (seeds === undefined) return;
        ended = stopped();
        if (ended) return;
        // Not `failed += await …`: that would add to what it was before the others were done.
        const count = await pool.run("continuations", { failing, after, seeds });
        failed += count;
        ran += seeds.length;
      }
    };
    await Promise.all(Array.from({ length: pool.workers }, work));
    if (ended) break;
    measured.push({ index, failed });
    measured.sort((a, b) => a.index - b.index);
    progress(measured.length);
  }
  const momentOf = ({ index, failed }: Measured): Moment => ({
    at: instants[index] as Instant,
    failed,
    probability: failed / settings.runs,
  });
  const jumpOf = (interval: Interval | null): Jump | null =>
    interval && {
      from: momentOf(interval.from),
      to: momentOf(interval.to),
      pinned: interval.to.index - interval.from.index === 1,
    };
  return {
    moments: measured.map(momentOf),
    jump: jumpOf(largestJump(measured)),
    inevitable: jumpOf(becameInevitable(measured, settings.runs)),
    ran,
    stopped: ended,
  };
}

/** Each moment has chance of its own: which others were looked at does not matter. */
function seedsOf({ seed, runs }: WhenSettings, after: Instant): number[] {
  const random = rootRandom(seed).fork(`after ${after}`);
  return Array.from({ length: runs }, () => random.uint32());
}

function partsOf(seeds: readonly number[]): number[][] {
  const parts: number[][] = [];
  for (let from = 0; from < seeds.length; from += PART) parts.push(seeds.slice(from, from + PART));
  return parts;
}

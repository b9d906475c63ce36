import { type CampaignReport, type CampaignSettings, mergeReports, Tally } from "../report.ts";
import type { Difference } from "../verify.ts";
import type { WorkerPool } from "./pool.ts";

/** Which cases to run, and for how long. */
export interface CampaignPlan {
  readonly settings: CampaignSettings;
  /** The numbers of the cases, ascending; without end where time is the limit. */
  readonly numbers: Iterator<number>;
  readonly verify: boolean;
  /** No more cases are begun once this many have failed. */
  readonly maxFailures: number;
}

/** How far a campaign has come. */
export interface Progress {
  readonly ran: number;
  readonly virtualUs: number;
  readonly faults: number;
  readonly failures: number;
  /** Of the things that a good campaign sees sometimes: how many it has seen. */
  readonly reached: number;
}

export interface CampaignHooks {
  /** Asked before each chunk. */
  readonly stopped: () => boolean;
  /** Real ms since some moment. */
  readonly elapsed: () => number;
  readonly progress: (progress: Progress) => void;
}

export interface CampaignResult {
  readonly report: CampaignReport;
  readonly difference: Difference | null;
}

/** Cases of a chunk: enough that handing it over costs nothing, few enough to stop soon, in real ms. */
const CHUNK_MAX = 32;
const CHUNK_MS = 200;
/** Reports are merged now and then, so that they take no room. */
const MERGE_EVERY = 64;

/** Runs a campaign to its end. Which worker runs what does not show in the report. */
export async function runCampaign(
  plan: CampaignPlan,
  pool: WorkerPool,
  { stopped, elapsed, progress }: CampaignHooks,
): Promise<CampaignResult> {
  const { settings, numbers, verify, maxFailures } = plan;
  let parts: CampaignReport[] = [];
  let difference: Difference | null = null;
  let failures = 0;
  let ended = false;

  const next = (size: number): number[] => {
    const chunk: number[] = [];
    while (!ended && chunk.length < size) {
      const { value, done } = numbers.next();
      if (done) ended = true;
      else chunk.push(value);
    }
    return chunk;
  };
  const work = async (): Promise<void> => {
    let size = 1;
    while (!stopped() && failures < maxFailures && difference === null) {
      const chunk = next(size);
      if (chunk.length === 0) return;
      const from = elapsed();
      const result = await pool.run("cases", { settings, numbers: chunk, verify });
      // As fast as this one was, the next one may be; but the first of all only made the code fast.
      const fitting = (chunk.length * CHUNK_MS) / Math.max(1, elapsed() - from);
      size = Math.max(1, Math.min(CHUNK_MAX, 2 * size, Math.floor(fitting)));
      parts.push(result.report);
      failures += result.report.failures.length;
      difference ??= result.difference;
      if (parts.length >= MERGE_EVERY) parts = [mergeReports(parts)];
      progress(progressOf(parts));
    }
  };
  await Promise.all(Array.from({ length: pool.workers }, work));
  const report = parts.length === 0 ? new Tally(settings).report() : mergeReports(parts);
  return { report, difference };
}

function progressOf(parts: readonly CampaignReport[]): Progress {
  const sum = (of: (part: CampaignReport) => number) =>
    parts.reduce((total, part) => total + of(part), 0);
  const reached = new Set<string>();
  for (const { coverage } of parts) {
    for (const [what, count] of Object.entries(coverage)) if (count > 0) reached.add(what);
  }
  return {
    ran: sum(({ ran }) => ran),
    virtualUs: sum(({ virtualUs }) => virtualUs),
    faults: sum(({ faults }) => Object.values(faults).reduce((a, b) => a + b, 0)),
    failures: sum((part) => part.failures.length),
    reached: reached.size,
  };
}

import { randomInt } from "node:crypto";
import { availableParallelism } from "node:os";
import type { CampaignSettings } from "../../fuzz/report.ts";
import { runCampaign } from "../../fuzz/workers/campaign.ts";
import { workerPool } from "../../fuzz/workers/pool.ts";
import { InputError } from "../../scenario/read/input-error.ts";
import { EXIT } from "../exit-codes.ts";
import { openFolder } from "../files/keep.ts";
import type { Io } from "../io.ts";
import { seedOfEnvironment } from "../option-values.ts";
import { FAILURES } from "../sources/failures-folder.ts";
import { caseNumbers } from "./case-numbers.ts";
import { explainAll } from "./explain-all.ts";
import type { FuzzOptions } from "./fuzz-options.ts";
import { onInterrupt } from "./interrupt.ts";
import { keepReport } from "./keep-report.ts";
import type { Outcome } from "./outcome.ts";
import { ProgressLine } from "./progress-line.ts";
import { reporterFor } from "./reporters/reporter.ts";
import { type Sharding, shardOf } from "./shard.ts";

/** How long a campaign goes on if nobody says. */
const TIME_DEFAULT = 60_000;

/** What shells say of who ended by SIGTERM: no engine must take a shard for done that was stopped. */
const TERMINATED = 143;

/** Runs a campaign, or a shard of one, and tells what it came to; the exit code. */
export async function fuzz(options: FuzzOptions, io: Io): Promise<number> {
  const { case: one, out, maxFailures } = options;
  // One case is one case, whichever shard the environment means.
  const sharding = one === undefined ? shardOf(options.shard, io.env) : null;
  const shard = sharding?.shard ?? null;
  const settings = settingsOf(options, sharding, io);
  if (out !== undefined) openFolder(out, io);
  const reporter = reporterFor(options, shard, io);
  const time =
    options.time ?? (options.runs === undefined && one === undefined ? TIME_DEFAULT : null);
  const numbers =
    one === undefined
      ? caseNumbers(options.runs ?? null, shard ?? undefined)
      : [one][Symbol.iterator]();
  const started = io.clock();
  const elapsed = () => io.clock() - started;
  const workers = options.workers ?? (one === undefined ? availableParallelism() : 1);
  const interrupt = onInterrupt();
  const line = new ProgressLine(io, elapsed);
  const pool = workerPool(workers);
  const { report, difference } = await runCampaign(
    { settings, numbers, verify: options.verify === true, maxFailures },
    pool,
    {
      stopped: () => interrupt.by !== null || (time !== null && elapsed() >= time),
      elapsed,
      progress: (progress) => line.show(progress),
    },
  ).finally(() => {
    line.clear();
    interrupt.forget();
    return pool.close();
  });
  // Else whoever asked for a case, or for many, would take silence for an answer.
  if (report.ran === 0 && shard === null && interrupt.by === null) {
    throw InputError.plain("no case was run: the time was over before the first one");
  }
  // Written before anything else takes long: from here on a signal ends the process at once.
  const file = out === undefined ? null : keepReport(out, report, shard, io);
  const ran: Outcome = {
    report,
    file,
    ran: options.times ? { ms: elapsed(), workers } : null,
    merged: 0,
    sharding,
    interrupted: interrupt.by !== null,
    difference,
    verified: options.verify === true && difference === null,
    missing: [],
  };
  reporter.ran(ran);
  const { found, lost } = explainAll(
    report,
    { shrinkTime: options.shrinkTime, folder: out ?? FAILURES },
    reporter,
    io,
  );
  const [again] = lost;
  const differs =
    difference ??
    (again === undefined ? null : { case: again, text: "it failed, and does not fail again" });
  reporter.ended(
    { ...ran, difference: differs, verified: ran.verified && differs === null },
    found,
  );
  if (differs !== null) {
    io.error(`not deterministic: case ${differs.case}: ${differs.text}\n`);
    return EXIT.nondeterminism;
  }
  if (report.failures.length > 0) return EXIT.failed;
  if (out !== undefined && file === null) return EXIT.badInput;
  return interrupt.by === "SIGTERM" ? TERMINATED : EXIT.held;
}

function settingsOf(
  { seed, profile, bug, runs, case: one }: FuzzOptions,
  sharding: Sharding | null,
  io: Io,
): CampaignSettings {
  const given = seed ?? seedOfEnvironment(io.env);
  if (given === null) {
    const say = "say which, with --seed or DETCD_SEED";
    if (sharding !== null) {
      const by = sharding.rule === "--shard" ? "" : ` (${sharding.rule})`;
      throw InputError.plain(`a shard${by} is a part of a campaign: ${say}`);
    }
    if (one !== undefined) throw InputError.plain(`a case is one of a campaign: ${say}`);
  }
  return {
    profile,
    // 32 bits: as many as a person can copy, and more campaigns than anybody runs.
    seed: given ?? randomInt(2 ** 32),
    ...(runs === undefined ? {} : { runs }),
    ...(bug === undefined ? {} : { bugs: bug }),
  };
}

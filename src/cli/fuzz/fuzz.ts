import { randomInt } from "node:crypto";
import { availableParallelism } from "node:os";
import { Command, Option } from "commander";
import { explain, firstOfEach } from "../../fuzz/explain.ts";
import { PROFILES } from "../../fuzz/profiles.ts";
import type { CampaignSettings } from "../../fuzz/report.ts";
import { runCampaign } from "../../fuzz/workers/campaign.ts";
import { workerPool } from "../../fuzz/workers/pool.ts";
import { InputError } from "../../scenario/read/input-error.ts";
import { EXIT } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { FAILURES } from "../library.ts";
import { seedOfEnvironment, seedOption } from "../options.ts";
import { caseNumbers } from "./case-numbers.ts";
import {
  bugOption,
  caseOption,
  countOption,
  type FuzzOptions,
  PROFILE_DEFAULT,
  profileOption,
  realTimeOption,
  reporterOption,
  shardOption,
  workersOption,
} from "./fuzz-options.ts";
import { failureLines, reportLines } from "./fuzz-text.ts";
import { keepFailure, keepReport } from "./keep.ts";
import { ProgressLine } from "./progress-line.ts";

/** How long a campaign goes on if nobody says. */
const TIME_DEFAULT = 60_000;
const SHRINK_RUNS = 2_000;

/** `detcd fuzz`: random scenarios, held against everything that is known of etcd. */
export function fuzzCommand(io: Io, done: (code: number) => void): Command {
  const profiles = [...PROFILES.values()].map(({ name, about }) => `  ${name.padEnd(11)} ${about}`);
  return new Command("fuzz")
    .description("run random failure scenarios, and make what fails small enough to read")
    .option("--runs <number>", "so many cases", countOption)
    .option("--time <time>", "for so long (60s)", realTimeOption)
    .option("--seed <number>", "of the campaign; drawn if there is none", seedOption)
    .option("--profile <name>", "what cases are made of", profileOption, PROFILE_DEFAULT)
    .option("--case <number>", "this one case of the campaign", caseOption)
    .option("--workers <number>", "threads (one a core)", workersOption)
    .option("--shard <I/N>", "this part of the cases: 1/16 … 16/16", shardOption)
    .option("--out <folder>", "where the report and the failures go (detcd-failures)")
    .option("--json", "print the report as JSON")
    .addOption(new Option("--reporter <name>", "github or junit").argParser(reporterOption))
    .option("--verify", "run every case twice, and compare every event; exit 3 where they differ")
    .option("--bug <id>", "make this known mistake on purpose (docs/museum.md)", bugOption)
    .option("--max-failures <number>", "begin no more cases after so many failed", countOption, 10)
    .option(
      "--shrink-time <time>",
      "for making one failure smaller; 0s: not at all",
      realTimeOption,
      60_000,
    )
    .addHelpText(
      "after",
      `
Profiles:
${profiles.join("\n")}

Ctrl-C ends with a report. DETCD_SEED is used where no --seed is given.
Exit codes: 0 nothing is violated, 1 something is, 2 bad input, 3 two runs differed (--verify).

Examples:
  detcd fuzz --time 30s
  detcd fuzz --bug R3                        does it find an etcd that acknowledges before it syncs?
  detcd fuzz --runs 10000 --seed 7 --shard 3/16 --out shard-3`,
    )
    .action(async (options: FuzzOptions) => {
      done(await fuzz(options, io));
    });
}

async function fuzz(options: FuzzOptions, io: Io): Promise<number> {
  const settings = settingsOf(options, io);
  const one = options.case;
  const time = options.time ?? (options.runs === undefined ? TIME_DEFAULT : null);
  const numbers =
    one === undefined ? caseNumbers(options.runs ?? null, options.shard) : [one][Symbol.iterator]();
  const started = io.clock();
  const elapsed = () => io.clock() - started;
  const workers = options.workers ?? (one === undefined ? availableParallelism() : 1);
  const interrupt = onInterrupt();
  const line = new ProgressLine(io, elapsed);
  const pool = workerPool(workers);
  const { report, difference } = await runCampaign(
    { settings, numbers, verify: options.verify === true, maxFailures: options.maxFailures },
    pool,
    {
      stopped: () => interrupt.happened || (time !== null && elapsed() >= time),
      progress: (progress) => line.show(progress),
    },
  ).finally(() => pool.close());
  line.clear();
  const ms = elapsed();
  const found = firstOfEach(report).map((failed) => {
    const from = io.clock();
    const stop = () => io.clock() - from >= options.shrinkTime;
    return explain(failed, settings, { runs: SHRINK_RUNS, stop });
  });
  interrupt.forget();
  const out = options.out ?? (found.length > 0 ? FAILURES : null);
  const kept = found.map((each) => ({
    ...each,
    file: keepFailure(out ?? FAILURES, each.failure, io),
  }));
  const file =
    options.out === undefined ? null : keepReport(options.out, report, options.shard, io);
  if (options.json) {
    const failures = kept.map(
      ({ failure: { yaml: _, ...rest }, file, case: number, size, runs }) => ({
        case: number,
        file,
        size,
        shrinkRuns: runs,
        ...rest,
      }),
    );
    io.out(
      `${JSON.stringify({ ...report, explained: failures, difference, wallMs: Math.round(ms) }, null, 2)}\n`,
    );
  } else {
    io.out(
      `${reportLines({ report, ms, workers, file, interrupted: interrupt.happened }, io.colors).join("\n")}\n`,
    );
    for (const each of kept) io.out(`\n${failureLines(each, io.colors).join("\n")}\n`);
  }
  if (difference !== null) {
    io.error(`not deterministic: case ${difference.case}: ${difference.text}\n`);
    return EXIT.nondeterminism;
  }
  return report.failures.length === 0 ? EXIT.held : EXIT.failed;
}

function settingsOf({ seed, shard, profile, bug }: FuzzOptions, io: Io): CampaignSettings {
  const given = seed ?? seedOfEnvironment(io.env);
  if (shard !== undefined && given === null) {
    throw InputError.plain("a shard is a part of a campaign: say which, with --seed");
  }
  return {
    profile,
    // 48 bits: as many as a person can copy, and more campaigns than anybody runs.
    seed: given ?? randomInt(2 ** 32),
    ...(bug === undefined ? {} : { bugs: bug }),
  };
}

/** The first Ctrl-C ends the campaign, the second the process. */
function onInterrupt(): { readonly happened: boolean; forget(): void } {
  const state = { happened: false, forget: () => process.off("SIGINT", listen) };
  const listen = () => {
    state.happened = true;
    process.off("SIGINT", listen);
  };
  process.on("SIGINT", listen);
  return state;
}

import { Command } from "commander";
import { DEFAULT_PROFILE, PROFILES } from "../../fuzz/profiles.ts";
import {
  bugOption,
  campaignTimeOption,
  type FuzzOptions,
  profileOption,
  shardOption,
} from "../fuzz/fuzz-options.ts";
import type { Io } from "../io.ts";
import { countOption, seedOption, wholeOption, workersOption } from "../option-values.ts";
import { mergeCommand } from "./merge.ts";
import { exclusive, noTimes, reporter, shrinkTime } from "./shared-options.ts";

/** `detcd fuzz`: random scenarios, held against everything that is known of etcd. */
export function fuzzCommand(io: Io, done: (code: number) => void): Command {
  const profiles = [...PROFILES.values()].map(({ name, about }) => `  ${name.padEnd(11)} ${about}`);
  return new Command("fuzz")
    .description("run random failure scenarios, and make what fails small enough to read")
    .option("--runs <number>", "so many cases", countOption)
    .option("--time <time>", "for so long (60s)", campaignTimeOption)
    .option("--seed <number>", "of the campaign; drawn if there is none", seedOption)
    .option("--profile <name>", "what cases are made of", profileOption, DEFAULT_PROFILE.name)
    .addOption(
      exclusive("--case <number>", "this one case of the campaign", [
        ...["runs", "time", "shard"],
      ]).argParser(wholeOption("a case", 0)),
    )
    .option("--workers <number>", "threads (one a core)", workersOption)
    .option("--shard <I/N>", "this part of the cases: 1/16 … 16/16", shardOption)
    .option("--out <folder>", "where the report and the failures go (detcd-failures)")
    .option("--json", "print the report as JSON")
    .addOption(reporter(["json"]))
    .addOption(noTimes())
    .option("--verify", "run every case twice, and compare every event; exit 3 where they differ")
    .option("--bug <id>", "make this known mistake on purpose (docs/museum.md)", bugOption)
    .option("--max-failures <number>", "begin no more cases after so many failed", countOption, 10)
    .addOption(shrinkTime())
    .addHelpText(
      "after",
      `
Profiles:
${profiles.join("\n")}

Ctrl-C ends with a report, and so does SIGTERM (exit code 143). DETCD_SEED is used where no --seed is given.
A shard may come from the environment, too: DETCD_SHARD=3/16; a Kubernetes Indexed Job
(JOB_COMPLETION_INDEX, with DETCD_SHARDS), a Slurm array (SLURM_ARRAY_TASK_ID …), a parallel job of
GitLab (CI_NODE_INDEX). \`detcd fuzz merge DIR…\` puts the reports of shards together.
Exit codes: 0 nothing is violated, 1 something is, 2 bad input, 3 two runs differed (--verify).

Examples:
  detcd fuzz --time 30s
  detcd fuzz --bug R3                        does it find an etcd that acknowledges before it syncs?
  detcd fuzz --runs 10000 --seed 7 --shard 3/16 --out shards
  detcd fuzz merge shards`,
    )
    .addCommand(mergeCommand(io, done))
    .action(async (options: FuzzOptions) => {
      const { fuzz } = await import("../fuzz/run.ts");
      done(await fuzz(options, io));
    });
}

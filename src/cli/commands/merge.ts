import { Command } from "commander";
import { InputError } from "../../scenario/read/input-error.ts";
import type { MergeOptions } from "../fuzz/merge.ts";
import type { Io } from "../io.ts";
import { reporter, shrinkTime } from "./shared-options.ts";

/** `detcd fuzz merge`: the reports of shards become the report of the whole. */
export function mergeCommand(io: Io, done: (code: number) => void): Command {
  return new Command("merge")
    .description("put the reports of shards together, and explain what failed")
    .argument("<folder...>", "where the report*.json of shards lie; or the files themselves")
    .option("--out <folder>", "where the merged report.json and the failures go (detcd-failures)")
    .option("--json", "print the merged report as JSON")
    .addOption(reporter(["json"]))
    .option("--no-explain", "do not run the failures again to make them small")
    .option("--partial", "be content where shards or cases are missing")
    .addOption(shrinkTime())
    .addHelpText(
      "after",
      `
The merged report is that of a campaign without shards, byte for byte, if no shard ended early.
Exit codes: 0 nothing is violated, 1 something is, 2 bad input, or shards or cases are missing.

Examples:
  detcd fuzz merge shards --out merged
  detcd fuzz merge shard-1 shard-2 --reporter github`,
    )
    .action(async (folders: string[], options: MergeOptions, command: Command) => {
      refuseOuter(command);
      const { merge } = await import("../fuzz/merge.ts");
      done(merge(folders, options, io));
    });
}

/** `detcd fuzz --out x merge y`: the option would say something to nobody. */
function refuseOuter({ parent }: Command): void {
  const stray = parent?.options.find(
    (option) => parent.getOptionValueSource(option.attributeName()) === "cli",
  );
  if (stray === undefined) return;
  throw InputError.plain(
    `${stray.long} stands before merge, but what is for merge stands behind it`,
  );
}

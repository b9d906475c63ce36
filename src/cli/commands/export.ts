import { Command } from "commander";
import type { ExportOptions } from "../export.ts";
import type { Io } from "../io.ts";
import { seedOption, setOption, timeOption } from "../options.ts";

/** `detcd export`: a run in other people's formats. */
export function exportCommand(io: Io, done: (code: number) => void): Command {
  return new Command("export")
    .description("write a run in another tool's format")
    .argument(
      "[run]",
      "a name of the library, a scenario file (.yaml), a trace (.ndjson), or - for standard input",
    )
    .option("--to <format>", "the format (tla); without it, the formats are listed")
    .option("--seed <number>", "another seed than the scenario's", seedOption)
    .option("--set <path=value>", "change the scenario, as in replay; repeatable", setOption)
    .option("--until <time>", 'the run up to there, e.g. "2.5s"', timeOption)
    .option("--out <file>", "write to this file, not to standard output")
    .addHelpText(
      "after",
      `
Exit codes: 0 written, 2 bad input, or a run that the format can't hold.

Examples:
  detcd export                               the formats
  detcd export --to tla leader-crash --out trace.ndjson
  detcd export --to tla run.ndjson | head`,
    )
    .action(async (run: string | undefined, options: ExportOptions) => {
      const { exportRun } = await import("../export.ts");
      exportRun(run, options, io);
      done(0);
    });
}

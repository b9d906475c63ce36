import { Command } from "commander";
import type { ExportOptions } from "../export.ts";
import type { Io } from "../io.ts";
import { seedOption, setOption, timeOption } from "../option-values.ts";
import { addFormatOptions, formatList } from "./format-options.ts";

/** `detcd export`: a run in other people's formats. */
export function exportCommand(io: Io, done: (code: number) => void): Command {
  const command = new Command("export")
    .description("write a run in another tool's format")
    .argument(
      "[run]",
      "a name of the library, a scenario file (.yaml), a trace (.ndjson), or - for standard input",
    )
    .option("--to <format>", "the format; without it, the formats are listed")
    .option("--seed <number>", "another seed than the scenario's", seedOption)
    .option("--set <path=value>", "change the scenario, as in replay; repeatable", setOption)
    .option("--until <time>", 'the run up to there, e.g. "2.5s"', timeOption)
    .option("--out <file>", "write to this file, not to standard output");
  return addFormatOptions(command)
    .addHelpText(
      "after",
      `
Formats:
${formatList()}

Exit codes: 0 written, 2 bad input, or a run that the format can't hold.

Examples:
  detcd export --to svg leader-crash --at 3.527s --out moment.svg
  detcd export --to html leader-crash --out leader-crash.html
  detcd export --to asciicast run.ndjson | asciinema play -`,
    )
    .action(async (run: string | undefined, options: ExportOptions) => {
      const { exportRun } = await import("../export.ts");
      exportRun(run, options, io);
      done(0);
    });
}

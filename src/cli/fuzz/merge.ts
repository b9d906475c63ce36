import { resolve } from "node:path";
import { Command, Option } from "commander";
import { type CampaignReport, mergeReports } from "../../fuzz/report.ts";
import { InputError } from "../../scenario/read/input-error.ts";
import { EXIT } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { FAILURES } from "../library.ts";
import { explainAll } from "./explain-all.ts";
import { realTimeOption, reporterOption, SHRINK_TIME_DEFAULT } from "./fuzz-options.ts";
import { keepReport, openFolder } from "./keep.ts";
import { missingText } from "./missing.ts";
import type { Outcome } from "./outcome.ts";
import { findReports, type ReportFile, readReports, refuseStrangers } from "./report-files.ts";
import { type ReporterName, reporterFor } from "./reporters/reporter.ts";

interface MergeOptions {
  readonly out?: string;
  readonly json?: boolean;
  readonly reporter?: ReporterName;
  readonly explain: boolean;
  readonly partial?: boolean;
  readonly shrinkTime: number;
}

/** `detcd fuzz merge`: the reports of shards become the report of the whole. */
export function mergeCommand(io: Io, done: (code: number) => void): Command {
  return new Command("merge")
    .description("put the reports of shards together, and explain what failed")
    .argument("<folder...>", "where the report*.json of shards lie; or the files themselves")
    .option("--out <folder>", "where the merged report.json and the failures go (detcd-failures)")
    .option("--json", "print the merged report as JSON")
    .addOption(new Option("--reporter <name>", "github or junit").argParser(reporterOption))
    .option("--no-explain", "do not run the failures again to make them small")
    .option("--partial", "be content where shards or cases are missing")
    .option(
      "--shrink-time <time>",
      "for making one failure smaller; 0s: not at all",
      realTimeOption,
      SHRINK_TIME_DEFAULT,
    )
    .addHelpText(
      "after",
      `
The merged report is that of a campaign without shards, byte for byte, if no shard ended early.
Exit codes: 0 nothing is violated, 1 something is, 2 bad input, or shards or cases are missing.

Examples:
  detcd fuzz merge shards --out merged
  detcd fuzz merge shard-1 shard-2 --reporter github`,
    )
    .action((folders: string[], options: MergeOptions, command: Command) => {
      refuseOuter(command);
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

function merge(folders: readonly string[], options: MergeOptions, io: Io): number {
  const { out, json, reporter: named, explain, shrinkTime } = options;
  if (json && named !== undefined) {
    throw InputError.plain(`--json and --reporter ${named} both say what to print: take one`);
  }
  if (out !== undefined && folders.some((each) => resolve(io.cwd, each) === resolve(io.cwd, out))) {
    throw InputError.plain(
      `--out ${out}: the next merge would find the merged report among those of the shards: name another folder`,
    );
  }
  const files = readReports(findReports(folders, io), io);
  refuseStrangers(files);
  const report = mergeReports(files.map((each) => each.report));
  if (out !== undefined) openFolder(out, io);
  const missing = missingText(files, report);
  const reporter = reporterFor(options, null, io);
  const file = out === undefined ? null : keepReport(out, report, null, io);
  const outcome = outcomeOf(report, files, missing, file);
  reporter.ran(outcome);
  const { found, lost } = explain
    ? explainAll(report, { shrinkTime, folder: out ?? FAILURES }, reporter, io)
    : { found: [], lost: [] };
  reporter.ended(outcome, found);
  for (const number of lost) {
    io.error(
      `case ${number} failed, and does not fail here: was the report written by another version of detcd?\n`,
    );
  }
  if (report.failures.length > 0) return EXIT.failed;
  const whole = missing.length === 0 || options.partial === true;
  return whole && (out === undefined || file !== null) ? EXIT.held : EXIT.badInput;
}

function outcomeOf(
  report: CampaignReport,
  files: readonly ReportFile[],
  missing: readonly string[],
  file: string | null,
): Outcome {
  return {
    report,
    file,
    ran: null,
    merged: files.length,
    sharding: null,
    interrupted: false,
    difference: null,
    missing,
  };
}

import { Command } from "commander";
import {
  type ConformanceReport,
  type FileReport,
  hasPassed,
  reportOf,
  rewriteFile,
  runFile,
  type ScriptFile,
} from "../conformance/runner.ts";
import { PathError, readScripts, writeScript } from "./conformance-files.ts";

/** `detcd conformance`: data-driven files of etcd-io/raft, wherever written, against our raft. */

export interface ConformanceOptions {
  /** Write what came into the files instead of comparing. */
  readonly rewrite?: boolean;
  /** Print one JSON report instead of text. */
  readonly json?: boolean;
}

/** Where the text goes. */
export interface ConformanceStreams {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

const HELD = 0;
const DIFFERS = 1;
const BAD_INPUT = 2;

const STANDARD_STREAMS: ConformanceStreams = {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
};

/**
 * Runs the files at `path`.
 * @returns the exit code: 0 all equal, 1 differences, 2 something that cannot be run.
 */
export function run(
  path: string,
  options: ConformanceOptions = {},
  streams: ConformanceStreams = STANDARD_STREAMS,
): number {
  try {
    return runAll(readScripts(path), options, streams);
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    streams.error(`${error.message}\n  ${error.remedy}\n`);
    return BAD_INPUT;
  }
}

function runAll(
  files: readonly ScriptFile[],
  options: ConformanceOptions,
  streams: ConformanceStreams,
): number {
  const reports: FileReport[] = [];
  for (const file of files) {
    const report = options.rewrite ? rewriteInPlace(file) : runFile(file);
    reports.push(report);
    if (!options.json) printFile(report, streams, options.rewrite === true);
  }
  const report = reportOf(reports);
  if (options.json) streams.out(`${JSON.stringify(jsonOf(report), null, 2)}\n`);
  else printTotals(report, streams, options.rewrite === true);
  return exitCode(report);
}

/** The subcommand, to be added to the program. */
export function conformanceCommand(): Command {
  return new Command("conformance")
    .description("run etcd-io/raft's data-driven test files against detcd's raft")
    .argument("<path>", "a folder of data-driven files, or one file")
    .option("--rewrite", "write what comes out into the files instead of comparing")
    .option("--json", "print one JSON report")
    .addHelpText(
      "after",
      `
Files in a folder "interaction", "quorum" or "confchange" are run by that harness; the family of
other files follows from their commands. Exit codes: 0 all equal, 1 differences, 2 bad input.

Example:
  detcd conformance ../shared/raft-testdata`,
    )
    .action((path: string, options: ConformanceOptions) => {
      process.exitCode = run(path, options);
    });
}

function rewriteInPlace(file: ScriptFile): FileReport {
  const { report, text } = rewriteFile(file);
  if (report.badInput === undefined && text !== file.text) writeScript(file.path, text);
  return report;
}

function printFile(report: FileReport, streams: ConformanceStreams, isRewrite: boolean): void {
  const { path, commands, passed, failedAt, badInput } = report;
  if (badInput !== undefined) {
    streams.error(`${path}:${badInput.line}: ${badInput.message}\n  ${badInput.remedy}\n`);
    return;
  }
  if (failedAt === undefined) {
    streams.out(`${isRewrite ? "wrote" : "pass "}  ${path}  ${counted(commands)}\n`);
    return;
  }
  streams.out(`FAIL   ${path}  ${passed} of ${counted(commands)}\n`);
  streams.out(`${path}:${failedAt.line}: ${failedAt.command} (- expected, + actual)\n`);
  streams.out(failedAt.diff);
}

function counted(commands: number): string {
  return `${commands} ${commands === 1 ? "command" : "commands"}`;
}

function printTotals(
  { totals }: ConformanceReport,
  streams: ConformanceStreams,
  isRewrite: boolean,
): void {
  const { files, filesPassed, commands, commandsPassed } = totals;
  const verb = isRewrite ? "rewritten" : "passed";
  const counts = `${filesPassed}/${files} files, ${commandsPassed}/${commands} commands ${verb}`;
  streams.out(`${counts}\n`);
}

function exitCode({ files }: ConformanceReport): number {
  if (files.some((file) => file.badInput !== undefined)) return BAD_INPUT;
  return files.every(hasPassed) ? HELD : DIFFERS;
}

function jsonOf(report: ConformanceReport): object {
  return { ok: exitCode(report) === HELD, totals: report.totals, files: report.files };
}

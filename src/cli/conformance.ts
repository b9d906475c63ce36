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
import { EXIT } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { counted } from "./text.ts";

export interface ConformanceOptions {
  /** Write what came into the files instead of comparing. */
  readonly rewrite?: boolean;
  /** Print one JSON report instead of text. */
  readonly json?: boolean;
}

/**
 * Runs the files at `path`.
 * @returns the exit code: 0 all equal, 1 differences, 2 something that cannot be run.
 */
export function conformance(path: string, options: ConformanceOptions, io: Io): number {
  try {
    return runAll(readScripts(path, io.cwd), options, io);
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    io.error(`${error.message}\n  ${error.remedy}\n`);
    return EXIT.badInput;
  }
}

function runAll(files: readonly ScriptFile[], options: ConformanceOptions, io: Io): number {
  const reports: FileReport[] = [];
  for (const file of files) {
    const report = options.rewrite ? rewriteInPlace(file, io) : runFile(file);
    reports.push(report);
    if (!options.json) printFile(report, io, options.rewrite === true);
  }
  const report = reportOf(reports);
  if (options.json) io.out(`${JSON.stringify(jsonOf(report), null, 2)}\n`);
  else printTotals(report, io, options.rewrite === true);
  return exitCode(report);
}

function rewriteInPlace(file: ScriptFile, io: Io): FileReport {
  const { report, text } = rewriteFile(file);
  if (report.badInput === undefined && text !== file.text) writeScript(file.path, text, io.cwd);
  return report;
}

function printFile(report: FileReport, io: Io, isRewrite: boolean): void {
  const { path, commands, passed, failedAt, badInput } = report;
  if (badInput !== undefined) {
    io.error(`${path}:${badInput.line}: ${badInput.message}\n  ${badInput.remedy}\n`);
    return;
  }
  if (failedAt === undefined) {
    io.out(`${isRewrite ? "wrote" : "pass "}  ${path}  ${counted(commands, "command")}\n`);
    return;
  }
  io.out(`FAIL   ${path}  ${passed} of ${counted(commands, "command")}\n`);
  io.out(`${path}:${failedAt.line}: ${failedAt.command} (- expected, + actual)\n`);
  io.out(failedAt.diff);
}

function printTotals({ totals }: ConformanceReport, io: Io, isRewrite: boolean): void {
  const { files, filesPassed, commands, commandsPassed } = totals;
  const verb = isRewrite ? "rewritten" : "passed";
  const counts = `${filesPassed}/${files} files, ${commandsPassed}/${commands} commands ${verb}`;
  io.out(`${counts}\n`);
}

function exitCode({ files }: ConformanceReport): number {
  if (files.some((file) => file.badInput !== undefined)) return EXIT.badInput;
  return files.every(hasPassed) ? EXIT.held : EXIT.failed;
}

function jsonOf(report: ConformanceReport): object {
  return { ok: exitCode(report) === EXIT.held, totals: report.totals, files: report.files };
}

import { resolve } from "node:path";
import { type CampaignReport, mergeReports } from "../../fuzz/report.ts";
import { InputError } from "../../scenario/read/input-error.ts";
import { EXIT } from "../exit-codes.ts";
import { openFolder } from "../files/keep.ts";
import type { Io } from "../io.ts";
import type { ReporterName } from "../option-values.ts";
import { FAILURES } from "../sources/failures-folder.ts";
import { explainAll } from "./explain-all.ts";
import { keepReport } from "./keep-report.ts";
import { missingText } from "./missing.ts";
import type { Outcome } from "./outcome.ts";
import { findReports, type ReportFile, readReports, refuseStrangers } from "./report-files.ts";
import { reporterFor } from "./reporters/reporter.ts";

export interface MergeOptions {
  readonly out?: string;
  readonly json?: boolean;
  readonly reporter?: ReporterName;
  readonly explain: boolean;
  readonly partial?: boolean;
  readonly shrinkTime: number;
}

/** Puts the reports of shards together, and tells what they come to; the exit code. */
export function merge(folders: readonly string[], options: MergeOptions, io: Io): number {
  const { out, explain, shrinkTime } = options;
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
    verified: false,
    missing,
  };
}

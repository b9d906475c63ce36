import { readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { SOMETIMES } from "../../check/coverage.ts";
import { GROUPS } from "../../fuzz/draw/kind.ts";
import { PROFILES } from "../../fuzz/profiles.ts";
import { type CaseRange, sizeOfRanges } from "../../fuzz/ranges.ts";
import type { CampaignReport } from "../../fuzz/report.ts";
import { InputError } from "../../scenario/read/input-error.ts";
import { readText } from "../files/read-file.ts";
import { reason } from "../files/reason.ts";
import type { Io } from "../io.ts";
import { parseShard, type Shard } from "./shard.ts";

/** A report that a shard wrote. */
export interface ReportFile {
  /** As messages name it. */
  readonly file: string;
  readonly report: CampaignReport;
  /** Which shard its name says; null: it does not. */
  readonly shard: Shard | null;
}

/** The files that `what` means: files themselves, and each folder's `report*.json`, in order. */
export function findReports(what: readonly string[], io: Io): string[] {
  return what.flatMap((name) => {
    const path = resolve(io.cwd, name);
    try {
      if (!statSync(path).isDirectory()) return [name];
      const found = readdirSync(path).filter((file) => /^report.*\.json$/.test(file));
      if (found.length > 0) return found.sort().map((file) => join(name, file));
    } catch (error) {
      throw InputError.plain(`${name}: ${reason(error)}`);
    }
    throw InputError.plain(
      `${name}: there is no report*.json in this folder; \`detcd fuzz --out ${name}\` writes one`,
    );
  });
}

export function readReports(names: readonly string[], io: Io): ReportFile[] {
  return names.map((file) => {
    let text: string;
    try {
      text = readText(resolve(io.cwd, file));
    } catch (error) {
      throw InputError.plain(`${file}: ${reason(error)}`);
    }
    const [, index, count] = /-(\d+)-of-(\d+)\.json$/.exec(basename(file)) ?? [];
    return { file, report: parseReport(text, file), shard: parseShard(`${index}/${count}`) };
  });
}

const whole = z.int().min(0);
const counts = z.record(z.string(), whole);
const exactly = (names: readonly string[]) =>
  z.strictObject(Object.fromEntries(names.map((name) => [name, whole])));

const SHAPE = z.strictObject({
  detcd: z.literal("fuzz-report"),
  version: z.literal(1),
  settings: z.strictObject({
    profile: z.string(),
    seed: whole,
    runs: whole.optional(),
    bugs: z.array(z.string()).optional(),
    only: z.array(z.string()).optional(),
  }),
  cases: z.array(z.tuple([whole, whole])),
  ran: whole,
  events: whole,
  virtualUs: whole,
  faults: counts,
  groups: exactly(GROUPS),
  coverage: exactly(SOMETIMES),
  failures: z.array(z.strictObject({ case: whole, invariant: z.string(), text: z.string() })),
});

const AGAIN = "run its shard again";

/** Reads a report; what can't be one, whole, of this version, is an InputError that says what to do. */
export function parseReport(text: string, file: string): CampaignReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const cut = text.trim() === "" ? "is empty" : "is no JSON, or not all of it";
    throw InputError.plain(`${file}: the file ${cut}: ${AGAIN}`);
  }
  const head = z.object({ detcd: z.literal("fuzz-report"), version: z.unknown() }).safeParse(value);
  if (!head.success) {
    throw InputError.plain(`${file}: this is no report of \`detcd fuzz --out\`: take it away`);
  }
  if (head.data.version !== 1) {
    throw InputError.plain(
      `${file}: the report has version ${JSON.stringify(head.data.version)}, this detcd reads version 1: ` +
        "merge with the detcd that wrote it",
    );
  }
  const shaped = SHAPE.safeParse(value);
  if (!shaped.success) {
    const [issue] = shaped.error.issues;
    throw InputError.plain(
      `${file}: at ${issue?.path.join(".") || "the top"}: ${issue?.message ?? "wrong"}; was it written by ` +
        `another version of detcd? Merge with that one, or ${AGAIN}`,
    );
  }
  // As it was written, in its order: what is merged from it must be equal byte for byte.
  const report = value as CampaignReport;
  const wrong = contradiction(report);
  if (wrong !== null) throw InputError.plain(`${file}: ${wrong}: ${AGAIN}`);
  return report;
}

/** What can't be true of a report, whoever changed it. */
function contradiction({ settings, cases, ran, failures }: CampaignReport): string | null {
  if (!PROFILES.has(settings.profile)) return `there is no profile "${settings.profile}"`;
  let before = -1;
  for (const [from, to] of cases) {
    if (from <= before || to < from) return `its cases are not in order at ${from}`;
    before = to;
  }
  if (settings.runs !== undefined && before >= settings.runs) {
    return `it has case ${before}, but the campaign has ${settings.runs}`;
  }
  if (sizeOfRanges(cases) !== ran) return `it says ${ran} cases, and lists ${sizeOfRanges(cases)}`;
  const stray = failures.find((failed) => !cases.some((range) => within(failed.case, range)));
  return stray === undefined ? null : `case ${stray.case} failed, but is not among its cases`;
}

function within(number: number, [from, to]: CaseRange): boolean {
  return from <= number && number <= to;
}

/** Reports of other campaigns, of another cut into shards, and of cases that another report has. */
export function refuseStrangers(files: readonly ReportFile[]): void {
  const [first] = files;
  if (first === undefined) return;
  for (const { file, report } of files) {
    const mine = settingsText(report);
    const theirs = settingsText(first.report);
    if (mine === theirs) continue;
    throw InputError.plain(
      `${file}: this is of another campaign than ${first.file}: ${mine}, and ${theirs} there; merge them apart`,
    );
  }
  const ranges = files
    .flatMap(({ file, report }) => report.cases.map((range) => ({ file, range })))
    .sort((a, b) => a.range[0] - b.range[0]);
  let last = { file: "", to: -1 };
  for (const {
    file,
    range: [from, to],
  } of ranges) {
    if (from <= last.to) {
      throw InputError.plain(
        `${file}: case ${from} is in ${last.file}, too: take one of them away (was it merged already, or cut ` +
          "into other shards?)",
      );
    }
    last = { file, to };
  }
}

function settingsText({ settings }: CampaignReport): string {
  const { profile, seed, runs, bugs = [], only } = settings;
  return [
    `profile ${profile}`,
    `seed ${seed}`,
    runs === undefined ? "by time" : `${runs} runs`,
    ...(bugs.length === 0 ? [] : [`with ${bugs.join(", ")}`]),
    ...(only === undefined ? [] : [`only ${only.join(", ")}`]),
  ].join(" · ");
}

import { closeSync, openSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Instant } from "../base/time.ts";
import { ExportError } from "../export/export-error.ts";
import { WRITERS } from "../export/formats.ts";
import { checkMoments } from "../export/moments.ts";
import type { FormatOptions } from "../export/options.ts";
import type { Edit } from "../scenario/read/edit.ts";
import { InputError } from "../scenario/read/input-error.ts";
import { runScenario } from "../scenario/run/run.ts";
import type { TraceFile } from "../trace/ndjson.ts";
import { formatList, formatNamed } from "./commands/format-options.ts";
import { tryOutput } from "./files/output-file.ts";
import { reason } from "./files/reason.ts";
import type { Io } from "./io.ts";
import { seedOf } from "./replay/planned.ts";
import { findSource } from "./sources/find.ts";
import { readScenario } from "./sources/read.ts";
import { readRecorded } from "./sources/recorded-run.ts";
import { isTrace, type Source } from "./sources/source.ts";

export interface ExportOptions extends FormatOptions {
  readonly to?: string;
  readonly seed?: number;
  readonly set?: readonly Edit[];
  readonly until?: Instant;
  readonly out?: string;
}

/** Writes a run, or lists the formats. */
export function exportRun(what: string | undefined, options: ExportOptions, io: Io): void {
  if (options.to === undefined && what === undefined) {
    io.out(`${formatList()}\n\nWrite one: detcd export --to html leader-crash --out run.html\n`);
    return;
  }
  const format = formatNamed(options.to, options);
  if (what === undefined) {
    throw InputError.plain(
      "a run is missing: name a scenario or a trace, e.g. detcd export --to svg leader-crash",
    );
  }
  const source = findSource(what, io);
  const { out } = options;
  if (out !== undefined) tryOutput("--out", out, source.path === null ? [] : [source.path], io);
  const note = (text: string) => io.error(`detcd: ${text}\n`);
  const pieces: string[] = [];
  try {
    const run = runOf(source, options, io);
    checkMoments(run, options);
    for (const piece of WRITERS[format](run, options, note)) pieces.push(piece);
  } catch (error) {
    if (!(error instanceof ExportError)) throw error;
    throw InputError.plain(`${source.label}: ${error.message}`);
  }
  if (out === undefined) for (const text of chunks(pieces)) io.out(text);
  else write(out, pieces, io);
}

/** The events of a scenario's run, or those of a recorded one. */
function runOf(source: Source, options: ExportOptions, io: Io): TraceFile {
  if (isTrace(source)) {
    for (const name of ["seed", "set"] as const) {
      if (options[name] === undefined) continue;
      throw InputError.plain(
        `${source.label}: a recorded run has its ${name === "seed" ? "seed" : "scenario"}; leave --${name} out`,
      );
    }
    return readRecorded(source, options.until);
  }
  const scenario = readScenario(source, options.set);
  const seed = options.seed ?? seedOf(source, scenario, io);
  const until = options.until === undefined ? {} : { until: options.until };
  return runScenario(scenario, { seed, ...until });
}

/** Large pieces of what is too long for one string. */
function* chunks(pieces: readonly string[]): Generator<string, void> {
  const STEP = 4096;
  for (let i = 0; i < pieces.length; i += STEP) yield pieces.slice(i, i + STEP).join("");
}

function write(file: string, pieces: readonly string[], io: Io): void {
  try {
    const open = openSync(resolve(io.cwd, file), "w");
    for (const text of chunks(pieces)) writeFileSync(open, text);
    closeSync(open);
  } catch (error) {
    throw InputError.plain(`${file}: the export can't be written: ${reason(error, "folder")}`);
  }
}

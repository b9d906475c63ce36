import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Instant } from "../base/time.ts";
import { ExportError } from "../export/export-error.ts";
import { FORMATS, type Format } from "../export/formats.ts";
import type { Edit } from "../scenario/read/edit.ts";
import { InputError } from "../scenario/read/input-error.ts";
import { nearest } from "../scenario/read/suggest.ts";
import { runScenario } from "../scenario/run/run.ts";
import { parseTrace, type TraceFile } from "../trace/ndjson.ts";
import { tryOutput } from "./files/output-file.ts";
import { reason } from "./files/reason.ts";
import type { Io } from "./io.ts";
import { seedOf } from "./replay/planned.ts";
import { findSource } from "./sources/find.ts";
import { isTrace, readScenario } from "./sources/read.ts";
import type { Source } from "./sources/source.ts";

export interface ExportOptions {
  readonly to?: string;
  readonly seed?: number;
  readonly set?: readonly Edit[];
  readonly until?: Instant;
  readonly out?: string;
}

/** Writes a run, or lists the formats. */
export function exportRun(what: string | undefined, options: ExportOptions, io: Io): void {
  if (options.to === undefined && what === undefined) {
    io.out(`${formatList()}\n\nWrite one: detcd export --to tla leader-crash\n`);
    return;
  }
  const format = formatNamed(options.to);
  if (what === undefined) {
    throw InputError.plain(
      "a run is missing: name a scenario or a trace, e.g. detcd export --to tla leader-crash",
    );
  }
  const source = findSource(what, io);
  const { out } = options;
  if (out !== undefined) tryOutput("--out", out, source.path === null ? [] : [source.path], io);
  const { header, events } = runOf(source, options, io);
  const pieces: string[] = [];
  try {
    for (const piece of format.write(header, events)) pieces.push(piece);
  } catch (error) {
    if (!(error instanceof ExportError)) throw error;
    throw InputError.plain(`${source.label}: ${error.message}`);
  }
  const text = pieces.join("");
  if (out === undefined) io.out(text);
  else write(out, text, io);
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
    const { header, events } = parseTrace(source.text, source.label);
    const { until } = options;
    return { header, events: until === undefined ? events : events.filter((e) => e.at <= until) };
  }
  const scenario = readScenario(source, options.set);
  const seed = options.seed ?? seedOf(source, scenario, io);
  const until = options.until === undefined ? {} : { until: options.until };
  return runScenario(scenario, { seed, ...until });
}

function formatNamed(name: string | undefined): Format {
  const names = FORMATS.map((known) => known.name);
  const all = `the formats are ${names.join(", ")}`;
  if (name === undefined) throw InputError.plain(`--to is missing: ${all}`);
  const format = FORMATS.find((known) => known.name === name);
  if (format !== undefined) return format;
  const near = nearest(name, names);
  throw InputError.plain(
    `unknown format "${name}", ${near === null ? all : `did you mean "${near}"?`}`,
  );
}

function formatList(): string {
  const width = Math.max(...FORMATS.map(({ name }) => name.length));
  return FORMATS.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`).join("\n");
}

function write(file: string, text: string, io: Io): void {
  try {
    writeFileSync(resolve(io.cwd, file), text);
  } catch (error) {
    throw InputError.plain(`${file}: the export can't be written: ${reason(error, "folder")}`);
  }
}

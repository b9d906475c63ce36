import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import type { Instant } from "../base/time.ts";
import { ExportError } from "../export/export-error.ts";
import { FORMATS, type Format } from "../export/formats.ts";
import { InputError } from "../scenario/read/input-error.ts";
import { parseScenario } from "../scenario/read/parse.ts";
import { nearest } from "../scenario/read/suggest.ts";
import { runScenario } from "../scenario/run/run.ts";
import { parseTrace, type TraceFile } from "../trace/ndjson.ts";
import { EXIT } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { findSource, reason, type Source } from "./library.ts";
import { seedOfEnvironment, seedOption, timeOption } from "./options.ts";
import { isTrace } from "./recorded.ts";

interface ExportOptions {
  readonly to?: string;
  readonly seed?: number;
  readonly until?: Instant;
  readonly out?: string;
}

/** `detcd export`: a run in other people's formats. */
export function exportCommand(io: Io, done: (code: number) => void): Command {
  return new Command("export")
    .description("write a run in another tool's format")
    .argument("[run]", "a name of the library, a scenario file (.yaml), or a trace (.ndjson)")
    .option("--to <format>", "the format; without it, the formats are listed")
    .option("--seed <number>", "another seed than the scenario's", seedOption)
    .option("--until <time>", 'the run up to there, e.g. "2.5s"', timeOption)
    .option("--out <file>", "write to this file, not to standard output")
    .addHelpText(
      "after",
      `
Formats:
${formatList()}

Exit codes: 0 written, 2 bad input, or a run that the format can't hold.

Examples:
  detcd export --to tla leader-crash --out trace.ndjson
  detcd export --to tla run.ndjson | head`,
    )
    .action((run: string | undefined, options: ExportOptions) => {
      exportRun(run, options, io);
      done(EXIT.held);
    });
}

function exportRun(what: string | undefined, options: ExportOptions, io: Io): void {
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
  const { header, events } = runOf(source, options, io);
  const pieces: string[] = [];
  try {
    for (const piece of format.write(header, events)) pieces.push(piece);
  } catch (error) {
    if (!(error instanceof ExportError)) throw error;
    throw InputError.plain(`${source.label}: ${error.message}`);
  }
  const text = pieces.join("");
  if (options.out === undefined) io.out(text);
  else write(options.out, text, io);
}

/** The events of a scenario's run, or those of a recorded one. */
function runOf(source: Source, options: ExportOptions, io: Io): TraceFile {
  if (isTrace(source)) {
    if (options.seed !== undefined) {
      throw InputError.plain(`${source.label}: a recorded run has its seed; leave --seed out`);
    }
    const { header, events } = parseTrace(source.text, source.label);
    const { until } = options;
    return { header, events: until === undefined ? events : events.filter((e) => e.at <= until) };
  }
  const scenario = parseScenario(source.text, source.label);
  const seed = options.seed ?? seedOfEnvironment(io.env) ?? scenario.cluster.seed;
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

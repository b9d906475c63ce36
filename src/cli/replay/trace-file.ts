import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ScenarioRun } from "../../scenario/run/run.ts";
import { encodeTrace } from "../../trace/ndjson.ts";
import { tryOutput } from "../files/output-file.ts";
import { reason } from "../files/reason.ts";
import type { Io } from "../io.ts";
import type { Source } from "../sources/source.ts";
import type { ReplayOptions } from "./options.ts";

/** Whether the trace could be written, asked before the run. Throws InputError. */
export function tryTrace({ trace }: ReplayOptions, { path }: Source, io: Io): void {
  if (trace !== undefined) tryOutput("--trace", trace, path === null ? [] : [path], io);
}

/** That it can't be written after all costs a line: the run was made, and its verdict is what counts. */
export function writeTrace({ trace }: ReplayOptions, run: ScenarioRun, io: Io): void {
  if (trace === undefined) return;
  try {
    writeFileSync(resolve(io.cwd, trace), encodeTrace(run.header, run.events));
  } catch (error) {
    io.error(`${trace}: the trace can't be written: ${reason(error, "folder")}\n`);
  }
}

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Failure } from "../../fuzz/failure.ts";
import type { CampaignReport } from "../../fuzz/report.ts";
import type { Io } from "../io.ts";
import { reason } from "../library.ts";
import type { Shard } from "./fuzz-options.ts";

/**
 * Writes a failure into `folder`; the path as a command would name it. What is there already is never
 * overwritten by something else. Null: it can't be written, which is said and costs nothing else.
 */
export function keepFailure(folder: string, { name, yaml }: Failure, io: Io): string | null {
  for (let copy = 1; ; copy++) {
    const file = join(folder, `${name}${copy === 1 ? "" : `-${copy}`}.yaml`);
    const path = resolve(io.cwd, file);
    // The scenario's name is its file's.
    const text = copy === 1 ? yaml : yaml.replace(`name: ${name}\n`, `name: ${name}-${copy}\n`);
    if (existsSync(path)) {
      if (readFileSync(path, "utf8") === text) return file;
      continue;
    }
    return write(folder, file, text, io) ? file : null;
  }
}

/** Writes `report.json`, or that of a shard, into `folder`; its path, or null. */
export function keepReport(
  folder: string,
  report: CampaignReport,
  shard: Shard | undefined,
  io: Io,
): string | null {
  const name = shard === undefined ? "report" : `report-${shard.index}-of-${shard.count}`;
  const file = join(folder, `${name}.json`);
  return write(folder, file, `${JSON.stringify(report, null, 2)}\n`, io) ? file : null;
}

function write(folder: string, file: string, text: string, io: Io): boolean {
  try {
    mkdirSync(resolve(io.cwd, folder), { recursive: true });
    writeFileSync(resolve(io.cwd, file), text);
    return true;
  } catch (error) {
    io.error(`${file}: it can't be written: ${reason(error, "folder")}\n`);
    return false;
  }
}

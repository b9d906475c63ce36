import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Failure } from "../../fuzz/failure.ts";
import type { CampaignReport } from "../../fuzz/report.ts";
import { InputError } from "../../scenario/read/input-error.ts";
import type { Io } from "../io.ts";
import { reason } from "../library.ts";
import { type Shard, suffixOf } from "./shard.ts";

/** Makes sure that files can be written into `folder`: an hour later would be late to learn that. */
export function openFolder(folder: string, io: Io): void {
  const path = resolve(io.cwd, folder);
  try {
    makeFolder(path);
    accessSync(path, constants.W_OK);
  } catch (error) {
    throw InputError.plain(`--out ${folder}: nothing can be written there: ${reasonOf(error)}`);
  }
}

/**
 * Writes a failure into `folder`; the path as a command would name it. What is there already is never
 * overwritten by something else. Null: it can't be written, which is said and costs nothing else.
 */
export function keepFailure(folder: string, { name, yaml }: Failure, io: Io): string | null {
  for (let copy = 1; ; copy++) {
    const file = `${name}${copy === 1 ? "" : `-${copy}`}.yaml`;
    const path = resolve(io.cwd, folder, file);
    // The scenario's name is its file's.
    const text = copy === 1 ? yaml : yaml.replace(`name: ${name}\n`, `name: ${name}-${copy}\n`);
    if (existsSync(path)) {
      if (readFileSync(path, "utf8") === text) return join(folder, file);
      continue;
    }
    return keep(folder, file, text, io);
  }
}

/** Writes `report.json`, or that of a shard, into `folder`; its path, or null. */
export function keepReport(
  folder: string,
  report: CampaignReport,
  shard: Shard | null,
  io: Io,
): string | null {
  return keep(folder, `report${suffixOf(shard)}.json`, reportText(report), io);
}

export function reportText(report: CampaignReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** Writes a file whole or not at all: who is killed meanwhile must not leave half a report to be merged. */
export function keep(folder: string, name: string, text: string, io: Io): string | null {
  const file = join(folder, name);
  const path = resolve(io.cwd, file);
  try {
    makeFolder(resolve(io.cwd, folder));
    writeFileSync(`${path}.part`, text);
    renameSync(`${path}.part`, path);
    return file;
  } catch (error) {
    io.error(`${file}: it can't be written: ${reasonOf(error)}\n`);
    return null;
  }
}

/** As `mkdir -p`. Node's own recursion never ends where a file system has no room for folders, as /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) throw new Error("it is no folder");
    return;
  }
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another shard may have made it meanwhile.
    if (!existsSync(path)) throw error;
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (code === "EROFS") return "it is read-only";
  return reason(error, "folder");
}

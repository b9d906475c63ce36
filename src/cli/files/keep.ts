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
import { InputError } from "../../scenario/read/input-error.ts";
import type { Io } from "../io.ts";
import { reason } from "./reason.ts";

/** Makes sure that files can be written into `folder`: an hour later would be late to learn that. */
export function openFolder(folder: string, io: Io): void {
  const path = resolve(io.cwd, folder);
  try {
    makeFolder(path);
    accessSync(path, constants.W_OK);
  } catch (error) {
    throw InputError.plain(
      `--out ${folder}: nothing can be written there: ${reason(error, "folder")}`,
    );
  }
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
    io.error(`${file}: it can't be written: ${reason(error, "folder")}\n`);
    return null;
  }
}

/**
 * Writes a scenario into `folder`, as `<name>.yaml` or, where that is another one, `<name>-2.yaml`; the path as a
 * command would name it. `textOf` is asked with the name that it got, which is that of the scenario, too. What is
 * there already is never overwritten by something else. Null: it can't be written, which is said and costs
 * nothing else.
 */
export function keepScenario(
  folder: string,
  name: string,
  textOf: (name: string) => string,
  io: Io,
): string | null {
  for (let copy = 1; ; copy++) {
    const own = `${name}${copy === 1 ? "" : `-${copy}`}`;
    const file = `${own}.yaml`;
    const text = textOf(own);
    const there = textAt(resolve(io.cwd, folder, file));
    if (there === null) return keep(folder, file, text, io);
    if (there === text) return join(folder, file);
  }
}

/** What the file holds; null: there is none. One that can't be read is something else than ours. */
function textAt(path: string): string | null {
  if (!existsSync(path)) return null;
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
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
    // Another process may have made it meanwhile.
    if (!existsSync(path)) throw error;
  }
}

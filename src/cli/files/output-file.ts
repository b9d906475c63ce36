import { accessSync, constants } from "node:fs";
import { dirname, resolve } from "node:path";
import { InputError } from "../../scenario/read/input-error.ts";
import type { Io } from "../io.ts";
import { reason } from "./reason.ts";
import { isFolder, isSameFile, statOf } from "./stat.ts";

/**
 * Tries a file that is to be written after a run, before anything takes long: it must be writable, and none of
 * `inputs`, by whatever name. `option` is what named it. Throws InputError.
 */
export function tryOutput(option: string, file: string, inputs: readonly string[], io: Io): void {
  const path = resolve(io.cwd, file);
  if (inputs.some((input) => isSameFile(path, resolve(io.cwd, input)))) {
    throw InputError.plain(
      `${option} ${file}: that is the input, which would be lost: name another file`,
    );
  }
  if (/\.ya?ml$/i.test(file) && statOf(path) !== undefined) {
    throw InputError.plain(`${option} ${file}: a scenario may stand there: name another file`);
  }
  const why = whyNot(path);
  if (why !== null) throw InputError.plain(`${option} ${file}: it can't be written: ${why}`);
}

function whyNot(path: string): string | null {
  const there = statOf(path);
  if (there?.isDirectory()) return "this is a folder";
  const touched = there === undefined ? dirname(path) : path;
  try {
    accessSync(touched, constants.W_OK);
  } catch (error) {
    return reason(error, "folder");
  }
  return there === undefined && !isFolder(touched) ? "a part of the path is no folder" : null;
}

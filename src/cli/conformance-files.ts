import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { ScriptFile } from "../conformance/runner.ts";
import { reason } from "./library.ts";

/** A path that cannot be run: exit code 2. `remedy` says what to do. */
export class PathError extends Error {
  override name = "PathError";
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** Hidden and temporary files, which datadriven's Walk skips, and text about the files. */
const SKIPPED = /^\.|~$|^#.*#$|\.md$/;

/**
 * The data-driven files at `path`: itself, or all below it, sorted by path. In a directory those
 * named `*.txt` or without an extension count.
 * @throws {PathError} if there is nothing to read.
 */
export function readScripts(path: string): ScriptFile[] {
  const paths = isDirectory(path) ? walk(path) : [path];
  if (paths.length === 0) {
    const remedy = "give the folder of the data-driven files (*.txt), or one such file";
    throw new PathError(`${path}: no data-driven files in there`, remedy);
  }
  return paths.map((file) => ({ path: file, text: readText(file) }));
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    const remedy = "give a folder or a file that exists";
    throw new PathError(`${path}: no such file or directory`, remedy);
  }
}

function walk(folder: string): string[] {
  const paths: string[] = [];
  const entries = readdirSync(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (SKIPPED.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) paths.push(...walk(path));
    else if (isScriptName(entry.name)) paths.push(path);
  }
  return paths;
}

function isScriptName(name: string): boolean {
  return name.endsWith(".txt") || !basename(name).includes(".");
}

function readText(path: string): string {
  const bytes = readBytes(path);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new PathError(`${path}: this is not UTF-8 text`, "save the file as UTF-8");
  }
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const remedy = "make the file readable, or take it out of the folder";
    throw new PathError(`${path}: the file can't be read: ${reason(error)}`, remedy);
  }
}

/** Puts a file's new text in its place. @throws {PathError} if that can't be done. */
export function writeScript(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    const remedy = "make the file writable, or rewrite a copy of it";
    throw new PathError(`${path}: the file can't be written: ${reason(error)}`, remedy);
  }
}

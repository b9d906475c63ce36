import { statSync, writeFileSync } from "node:fs";
import { basename, join, resolve, sep } from "node:path";
import type { ScriptFile } from "../conformance/runner.ts";
import { looksLikeScript } from "../conformance/script.ts";
import { readBytes } from "./files/read-file.ts";
import { reason } from "./files/reason.ts";
import { filesBelow } from "./files/walk.ts";

/** A path that cannot be run: exit code 2. `remedy` says what to do. */
export class PathError extends Error {
  override name = "PathError";
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/**
 * The data-driven files at `path`: itself, or all below it, sorted by path. In a folder those named `*.txt` or
 * without an extension count, if they lie below a `testdata` or have a line `----`: a checkout of a project has
 * a LICENSE, too.
 * @throws {PathError} if there is nothing to read.
 */
export function readScripts(path: string, cwd = "."): ScriptFile[] {
  if (!isDirectory(path, cwd)) return [{ path, text: readText(path, cwd) }];
  const scripts = scriptsBelow(path, cwd);
  if (scripts.length === 0) {
    const remedy = "give the folder of the data-driven files (*.txt), or one such file";
    throw new PathError(`${path}: no data-driven files in there`, remedy);
  }
  return scripts;
}

function isDirectory(path: string, cwd: string): boolean {
  try {
    return statSync(resolve(cwd, path)).isDirectory();
  } catch {
    const remedy = "give a folder or a file that exists";
    throw new PathError(`${path}: no such file or directory`, remedy);
  }
}

/** Of a folder: what may hold scripts by its name, and does by where it lies or what stands in it. */
function scriptsBelow(folder: string, cwd: string): ScriptFile[] {
  const root = resolve(cwd, folder);
  return filesBelow(root, isScriptName).flatMap((file) => {
    const path = join(folder, file);
    const isTestdata = join(basename(root), file).split(sep).includes("testdata");
    if (isTestdata) return [{ path, text: readText(path, cwd) }];
    // What is no text is no script.
    const text = bytesOf(path, cwd).toString("utf8");
    return looksLikeScript(text) ? [{ path, text: readText(path, cwd) }] : [];
  });
}

function isScriptName(name: string): boolean {
  return name.endsWith(".txt") || !basename(name).includes(".");
}

function readText(path: string, cwd: string): string {
  const bytes = bytesOf(path, cwd);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new PathError(`${path}: this is not UTF-8 text`, "save the file as UTF-8");
  }
}

function bytesOf(path: string, cwd: string): Buffer {
  try {
    return readBytes(resolve(cwd, path));
  } catch (error) {
    const remedy = "make the file readable, or take it out of the folder";
    throw new PathError(`${path}: the file can't be read: ${reason(error)}`, remedy);
  }
}

/** Puts a file's new text in its place. @throws {PathError} if that can't be done. */
export function writeScript(path: string, text: string, cwd: string): void {
  try {
    writeFileSync(resolve(cwd, path), text);
  } catch (error) {
    const remedy = "make the file writable, or rewrite a copy of it";
    throw new PathError(`${path}: the file can't be written: ${reason(error)}`, remedy);
  }
}

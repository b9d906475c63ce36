import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../scenario/read/input-error.ts";
import { parseScenario } from "../scenario/read/parse.ts";
import { nearest } from "../scenario/read/suggest.ts";
import type { Io } from "./io.ts";

/** The scenarios of the package: two folders up from here, in src/ as in dist/. */
const LIBRARY = fileURLToPath(new URL("../../scenarios", import.meta.url));

/** The part of the library that teaches (""), and a known mistake a file. */
const REGRESSIONS = "regressions";
export type Shelf = "" | typeof REGRESSIONS;

export const FAILURES = "detcd-failures";

export interface LibraryEntry {
  readonly name: string;
  readonly title: string;
  readonly teaches: string;
  readonly file: string;
}

/** All names of the library, the teaching ones first. */
function libraryNames(): string[] {
  return [...yamlNames(LIBRARY), ...yamlNames(join(LIBRARY, REGRESSIONS))];
}

/** What stands on a shelf, sorted by name. */
export function readLibrary(shelf: Shelf): LibraryEntry[] {
  return yamlNames(join(LIBRARY, shelf)).map((name) => {
    const { path, label, text } = ofLibrary(name, shelf);
    const { title, teaches } = parseScenario(text, label);
    return { name, title, teaches, file: path };
  });
}

function ofLibrary(name: string, shelf: Shelf): Source {
  const path = join(LIBRARY, shelf, `${name}.yaml`);
  return read(`scenarios/${shelf === "" ? "" : `${shelf}/`}${name}.yaml`, path, name);
}

export interface Source {
  /** As messages name it. */
  readonly label: string;
  readonly path: string;
  readonly text: string;
  /** Its name if it comes from the library, else null. */
  readonly library: string | null;
}

/** Finds what `detcd replay WHAT` means: a file, a scenario of the library, or a recorded failure. */
export function findSource(what: string, io: Io): Source {
  const path = resolve(io.cwd, what);
  if (isFile(what, path)) return read(what, path, null);
  const isPath = /[\\/]/.test(what) || /\.(ya?ml|ndjson|json)$/.test(what);
  const bare = basename(what).replace(/\.ya?ml$/, "");
  if (!isPath) {
    for (const shelf of ["", REGRESSIONS] as const) {
      if (yamlNames(join(LIBRARY, shelf)).includes(what)) return ofLibrary(what, shelf);
    }
    const failure = join(FAILURES, `${what}.yaml`);
    if (isFile(failure, resolve(io.cwd, failure)))
      return read(failure, resolve(io.cwd, failure), null);
  }
  const known = [...libraryNames(), ...yamlNames(resolve(io.cwd, FAILURES))];
  const near = nearest(bare, known);
  const hint = near === null ? "" : `, did you mean "${near}"?`;
  const thing = isPath ? `${what}: there is no such file` : `there is no scenario "${what}"`;
  throw InputError.plain(
    `${thing}${hint === "" ? " (`detcd scenarios` lists the library)" : hint}`,
  );
}

function read(label: string, path: string, library: string | null): Source {
  try {
    return { label, path, text: readFileSync(path, "utf8"), library };
  } catch (error) {
    throw InputError.plain(`${label}: ${reason(error)}`);
  }
}

function isFile(label: string, path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) throw InputError.plain(`${label}: this is a folder, not a scenario`);
  return stats !== undefined;
}

function yamlNames(folder: string): string[] {
  let files: string[];
  try {
    files = readdirSync(folder);
  } catch {
    return [];
  }
  return files
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length))
    .sort();
}

/** Why a file could not be read or written, without the system call's noise. */
export function reason(error: unknown, missing: "file" | "folder" = "file"): string {
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (code === "ENOENT") return `there is no such ${missing}`;
  if (code === "EACCES" || code === "EPERM") return "you may not do this";
  if (code === "EISDIR") return "this is a folder";
  if (code === "ENOTDIR") return "a part of the path is no folder";
  if (code === "ENOSPC") return "no space is left on the device";
  return error instanceof Error ? error.message : String(error);
}

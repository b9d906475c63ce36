import { basename, join, resolve } from "node:path";
import { InputError } from "../../scenario/read/input-error.ts";
import { nearest } from "../../scenario/read/suggest.ts";
import { isFolder, statOf } from "../files/stat.ts";
import { filesBelow } from "../files/walk.ts";
import type { Io } from "../io.ts";
import { FAILURES } from "./failures-folder.ts";
import { fromLibrary, libraryNames, yamlNames } from "./library.ts";
import { readSource, type Source } from "./source.ts";

/** Standard input, as commands are told to read it, and as messages name it. */
const STDIN = "-";
const STDIN_LABEL = "<stdin>";

/**
 * What `detcd replay WHAT` means: a file, a scenario of the library, a recorded failure, or standard input.
 * Throws InputError.
 */
export function findSource(what: string, io: Io): Source {
  if (what === STDIN) {
    return { label: STDIN_LABEL, path: null, text: io.stdin(), isWhole: true, library: null };
  }
  if (what === "")
    throw InputError.plain("an empty name is no scenario (`detcd scenarios` lists them)");
  const path = resolve(io.cwd, what);
  const there = statOf(path);
  if (there !== undefined && !there.isDirectory()) return readSource(what, path, null);
  const isPath = /[\\/]/.test(what) || /\.(ya?ml|ndjson|json)$/.test(what);
  const named = isPath ? null : (fromLibrary(what) ?? recorded(what, io));
  if (named !== null) return named;
  if (there !== undefined) throw InputError.plain(`${what}: this is a folder, not a scenario`);
  const known = [...libraryNames(), ...yamlNames(resolve(io.cwd, FAILURES))];
  const near = nearest(basename(what).replace(/\.ya?ml$/, ""), known);
  const thing = isPath ? `${what}: there is no such file` : `there is no scenario "${what}"`;
  const hint =
    near === null ? " (`detcd scenarios` lists the library)" : `, did you mean "${near}"?`;
  throw InputError.plain(`${thing}${hint}`);
}

/** A failure of that name, among those that were saved. */
function recorded(name: string, io: Io): Source | null {
  const file = join(FAILURES, `${name}.yaml`);
  const path = resolve(io.cwd, file);
  return statOf(path)?.isFile() ? readSource(file, path, null) : null;
}

/** The same of several, and of folders, of which all scenario files below are meant. All that is wrong is said at once. */
export function findSources(what: readonly string[], io: Io): Source[] {
  if (what.filter((each) => each === STDIN).length > 1) {
    throw InputError.plain("standard input (-) can be read once only");
  }
  return gathered(what, (each) =>
    isScenarioFolder(each, io) ? below(each, io) : [findSource(each, io)],
  );
}

/** Whether a folder is meant, and none of the library's scenarios of that name. */
export function isScenarioFolder(what: string, io: Io): boolean {
  return what !== "" && isFolder(resolve(io.cwd, what)) && fromLibrary(what) === null;
}

function below(folder: string, io: Io): Source[] {
  const files = filesBelow(resolve(io.cwd, folder), (name) => /\.ya?ml$/.test(name));
  if (files.length === 0) {
    throw InputError.plain(`${folder}: there is no scenario (.yaml) in this folder`);
  }
  return files.map((file) => readSource(join(folder, file), resolve(io.cwd, folder, file), null));
}

/** All that comes of all of them, or all that is wrong with any. */
export function gathered<T, R>(items: readonly T[], take: (item: T) => readonly R[]): R[] {
  const results: R[] = [];
  const problems: InputError[] = [];
  for (const item of items) {
    try {
      results.push(...take(item));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(error);
    }
  }
  const [first, ...others] = problems;
  if (first === undefined) return results;
  throw others.length === 0 ? first : new InputError(problems.flatMap((each) => each.problems));
}

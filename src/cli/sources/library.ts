import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseScenario } from "../../scenario/read/parse.ts";
import { readSource, type Source } from "./source.ts";

/** The scenarios of the package: three folders up from here, in src/ as in dist/. */
const LIBRARY = fileURLToPath(new URL("../../../scenarios", import.meta.url));

/** The part of the library that teaches (""), and a known mistake a file. */
const SHELVES = ["", "regressions"] as const;
export type Shelf = (typeof SHELVES)[number];

export interface LibraryEntry {
  readonly name: string;
  readonly title: string;
  readonly teaches: string;
  readonly file: string;
}

/** All names of the library, the teaching ones first. */
export function libraryNames(): string[] {
  return SHELVES.flatMap(namesOn);
}

/** What stands on a shelf, sorted by name. */
export function readLibrary(shelf: Shelf): LibraryEntry[] {
  return namesOn(shelf).map((name) => {
    const { label, text } = read(name, shelf);
    const { title, teaches } = parseScenario(text, label);
    return { name, title, teaches, file: join(LIBRARY, shelf, `${name}.yaml`) };
  });
}

/** The scenario of that name; null: the library has none. */
export function fromLibrary(name: string): Source | null {
  const shelf = SHELVES.find((each) => namesOn(each).includes(name));
  return shelf === undefined ? null : read(name, shelf);
}

function namesOn(shelf: Shelf): string[] {
  return yamlNames(join(LIBRARY, shelf));
}

function read(name: string, shelf: Shelf): Source {
  const file = `${name}.yaml`;
  return readSource(join("scenarios", shelf, file), join(LIBRARY, shelf, file), name);
}

/** The YAML files of a folder, without their ending, sorted; none if there is no such folder. */
export function yamlNames(folder: string): string[] {
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

import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { KNOWN_MISTAKES } from "../../src/museum/catalogue.ts";

const SRC = resolve(import.meta.dirname, "../../src");

/** `// Known mistakes R3 and R2: …`: which ones are explained there. */
const COMMENT = /[Kk]nown mistakes? ((?:[A-Z]\d+[a-z]?(?:, | and )?)+)/g;
const IDENTIFIER = /[a-z]\w+/g;
const NAMES = new Set(KNOWN_MISTAKES.map(({ name }) => name));

/** A file of src that makes mistakes. */
export interface Site {
  readonly path: string;
  /** The switches that it reads. */
  readonly names: readonly string[];
  /** The ids that its comments explain. */
  readonly ids: readonly string[];
}

/** All files in which a mistake stands, in the order of their paths. */
export function sites(): readonly Site[] {
  return readdirSync(SRC, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => siteIn(relative(SRC, path), readFileSync(path, "utf8")))
    .filter(({ path, names, ids }) => !path.startsWith("museum/") && names.length + ids.length > 0)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function siteIn(path: string, text: string): Site {
  const words = [...text.matchAll(IDENTIFIER)].map(([word]) => word);
  const ids = [...text.matchAll(COMMENT)].flatMap(([, list]) => (list as string).split(/, | and /));
  return {
    path,
    names: [...new Set(words)].filter((word) => NAMES.has(word)),
    ids: [...new Set(ids)].filter((id) => id !== ""),
  };
}

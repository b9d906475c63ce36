import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

/**
 * The house rules of docs/architecture.md as a test: who may import whom, no circles, and a core
 * that names neither Node nor a third-party package outside the one file that wraps it.
 */
const ROOT = resolve(import.meta.dirname, "..");
const SRC = join(ROOT, "src");
const ARCHITECTURE = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");

/** Folder → the folders it may import (itself always). `*`: any. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  base: [],
  museum: [],
  profile: [],
  api: ["base"],
  trace: ["base"],
  raft: ["base", "museum"],
  bolt: ["base"],
  wal: ["base", "museum", "profile", "raft"],
  mvcc: ["base", "museum", "profile", "api"],
  lease: ["base", "museum", "api"],
  auth: ["base", "museum", "profile", "api"],
  member: [
    "base",
    "museum",
    "profile",
    "api",
    "trace",
    "raft",
    "bolt",
    "wal",
    "mvcc",
    "lease",
    "auth",
  ],
  client: ["base", "museum", "api"],
  sim: ["base", "museum", "api", "trace", "member", "client"],
  check: ["base", "trace"],
  scenario: ["base", "museum", "profile", "api", "trace", "client", "sim", "check"],
  simulate: ["base", "api", "trace", "client", "sim", "check", "scenario"],
  conformance: ["base", "museum", "raft"],
  gateway: ["base", "profile", "api"],
  fuzz: ["base", "museum", "trace", "sim", "check", "scenario"],
  export: ["base", "trace", "ui"],
  session: ["base", "scenario"],
  live: ["base", "api", "trace", "client", "sim", "scenario"],
  serve: ["base", "profile", "api", "trace", "scenario", "gateway", "live"],
  testing: ["base", "api", "client", "scenario", "live", "serve", "simulate"],
  learn: ["base", "trace", "scenario", "session"],
  ui: ["base", "trace", "scenario", "session", "learn"],
  cli: ["*"],
};

/** What the package exports. They may import any; nobody imports them. */
const FRONT_DOORS = ["index.ts"];

const CORE = [
  "base",
  "museum",
  "profile",
  "api",
  "trace",
  "raft",
  "bolt",
  "wal",
  "mvcc",
  "lease",
  "auth",
  "member",
  "client",
  "sim",
  "check",
  "conformance",
  "gateway",
];

/** The one file that may name a third-party package. */
const WRAPPED: Record<string, string> = {
  seedrandom: "base/random.ts",
  "sorted-btree": "base/ordered-map.ts",
  bcryptjs: "auth/bcrypt.ts",
  "@noble/hashes/hmac.js": "base/sha256.ts",
  "@noble/hashes/sha2.js": "base/sha256.ts",
  "@noble/hashes/legacy.js": "member/membership/sha1.ts",
};

interface Import {
  readonly file: string;
  readonly target: string;
}

function sourceFiles(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const FILES = sourceFiles(SRC);
/** `import … from "x"`, `export … from "x"`, `import "x"` and `import("x")`; not the word in a text. */
const IMPORT =
  /^(?:import|export)\s[\w*\s{},$]*?from\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;

const IMPORTS: Import[] = FILES.flatMap((path) =>
  [...readFileSync(path, "utf8").matchAll(IMPORT)].map((m) => ({
    file: relative(SRC, path),
    target: m.slice(1).find((group) => group !== undefined) as string,
  })),
);

const folderOf = (file: string): string => file.split("/")[0] as string;
const resolved = (i: Import): string => relative(SRC, resolve(SRC, dirname(i.file), i.target));

describe("the house", () => {
  test("every folder of src is in the import table", () => {
    const folders = new Set(FILES.map((path) => folderOf(relative(SRC, path))));
    const unknown = [...folders].filter((folder) => MAY_IMPORT[folder] === undefined);
    expect(unknown).toEqual(FRONT_DOORS);
  });

  test("no import goes against the import table", () => {
    const wrong = IMPORTS.filter((i) => i.target.startsWith(".")).filter((i) => {
      const from = folderOf(i.file);
      const to = folderOf(resolved(i));
      const allowed = MAY_IMPORT[from] ?? [];
      if (FRONT_DOORS.includes(to)) return true;
      if (FRONT_DOORS.includes(from)) return false;
      return to !== from && !allowed.includes("*") && !allowed.includes(to);
    });
    expect(wrong.map((i) => `${i.file} imports ${resolved(i)}`)).toEqual([]);
  });

  test("no arrow is in the table that nobody needs", () => {
    const taken = new Set(
      IMPORTS.filter((i) => i.target.startsWith(".")).map(
        (i) => `${folderOf(i.file)} → ${folderOf(resolved(i))}`,
      ),
    );
    const arrows = Object.entries(MAY_IMPORT).flatMap(([from, targets]) =>
      targets.filter((to) => to !== "*").map((to) => `${from} → ${to}`),
    );
    expect(arrows.filter((arrow) => !taken.has(arrow))).toEqual([]);
  });

  test("the table of docs/architecture.md is this one", () => {
    const rows = [...ARCHITECTURE.matchAll(/^\| `src\/([\w-]+)\/` \|[^|]*\| ([^|]*) \|$/gm)];
    const table = Object.fromEntries(
      rows.map(([, folder = "", cell = ""]) => {
        if (cell === "any") return [folder, ["*"]];
        return [folder, cell === "–" ? [] : cell.split(", ")];
      }),
    );
    expect(table).toEqual(MAY_IMPORT);
  });

  test("docs/architecture.md names files that exist", () => {
    const named = [...ARCHITECTURE.matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|json|md|grit))`/g)];
    const missing = named
      .map(([, path = ""]) => path)
      .filter((path) => !existsSync(join(ROOT, path)) && !existsSync(join(SRC, path)));
    expect(missing).toEqual([]);
    expect(named.length).toBeGreaterThan(40);
  });

  test("relative imports name existing files, with their extension", () => {
    const known = new Set(FILES.map((path) => relative(SRC, path)));
    const wrong = IMPORTS.filter((i) => i.target.startsWith(".") && !known.has(resolved(i)))
      // The package's own manifest, read for its version.
      .filter((i) => resolved(i) !== "../package.json");
    expect(wrong.map((i) => `${i.file} imports ${i.target}`)).toEqual([]);
  });

  test("no circle of imports", () => {
    const edges = new Map<string, string[]>();
    for (const i of IMPORTS) {
      if (i.target.startsWith(".")) edges.set(i.file, [...(edges.get(i.file) ?? []), resolved(i)]);
    }
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) {
        circles.push([...path.slice(path.indexOf(file)), file].join(" → "));
        return;
      }
      if (done.has(file)) return;
      for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of edges.keys()) visit(file, []);
    expect(circles).toEqual([]);
  });

  test("the core names neither Node nor a package outside its wrapper", () => {
    const wrong = IMPORTS.filter(
      (i) => CORE.includes(folderOf(i.file)) && !i.target.startsWith("."),
    ).filter((i) => WRAPPED[i.target] !== i.file);
    expect(wrong.map((i) => `${i.file} imports ${i.target}`)).toEqual([]);
  });

  test("every core folder is behind the type wall and the lint wall", () => {
    const types = readFileSync(join(ROOT, "tsconfig.core.json"), "utf8");
    const lint = readFileSync(join(ROOT, "biome.json"), "utf8");
    expect(CORE.filter((folder) => !types.includes(`"src/${folder}"`))).toEqual([]);
    expect(CORE.filter((folder) => !lint.includes(`"src/${folder}/**"`))).toEqual([]);
  });
});

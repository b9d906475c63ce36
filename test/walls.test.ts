import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

/**
 * The first two walls of docs/architecture.md, seen from inside: what must not stand in the core is
 * written there, and the linter or the compiler says no. (The third is test/support/sealed.ts.)
 */
const ROOT = resolve(import.meta.dirname, "..");

/** What the linter says about `lines` as a file of the core, in a copy of the house. */
function lint(lines: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "detcd-lint-"));
  try {
    cpSync(join(ROOT, "biome.json"), join(folder, "biome.json"));
    cpSync(join(ROOT, "lint"), join(folder, "lint"), { recursive: true });
    mkdirSync(join(folder, "src/base"), { recursive: true });
    writeFileSync(join(folder, "src/base/planted.ts"), `${lines.join("\n")}\n`);
    const { status, stderr } = spawnSync(
      join(ROOT, "node_modules/.bin/biome"),
      ["lint", "--max-diagnostics=100", "src"],
      { cwd: folder, encoding: "utf8" },
    );
    return status === 0 ? "" : stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const FORBIDDEN: readonly string[] = [
  ...["Date.now()", "new Date()", "setTimeout", "queueMicrotask", "performance.now()"],
  ...["process.env", "crypto", "fetch", "Promise.resolve(1)", "globalThis", "Intl", "WeakRef"],
  ...["Math.random()", "Math.log(3)", "Math.log2(3)", "Math.pow(3, 1)", "Math.sqrt(2)", "Math.LN2"],
  ...['Math["random"]()', '"a".localeCompare("b")', "(3).toLocaleString()", "async () => 1"],
];

describe("the lint wall", () => {
  test("lets integers pass", () => {
    const kept = "Math.max(1, Math.floor(7 / 2), Math.imul(3, 5))";
    expect(lint([`export const a: number = ${kept};`])).toBe("");
  });

  test("stops every way to time, chance, the outside, and floats that engines round differently", () => {
    const said = lint(
      FORBIDDEN.map((expression, i) => `export const x${i}: unknown = ${expression};`),
    );
    const passed = FORBIDDEN.filter((_, i) => !said.includes(`src/base/planted.ts:${i + 1}:`));
    expect(passed).toEqual([]);
  });

  test("stops for-in and Node", () => {
    const said = lint(['import "node:fs";', "for (const key in {}) key.at(0);"]);
    expect(said).toContain("planted.ts:1:");
    expect(said).toContain("planted.ts:2:");
  });
});

describe("the type wall", () => {
  test("knows neither Node nor a browser", () => {
    const folder = mkdtempSync(join(tmpdir(), "detcd-types-"));
    const names = ["setTimeout", "process", "Buffer", "console", "document", "TextEncoder"];
    try {
      const config = { extends: join(ROOT, "tsconfig.core.json"), include: ["."] };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
      const lines = names.map((name, i) => `export const x${i}: unknown = ${name};\n`);
      writeFileSync(join(folder, "planted.ts"), lines.join(""));
      const { stdout } = spawnSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", folder], {
        cwd: ROOT,
        encoding: "utf8",
      });
      expect(names.filter((name) => !stdout.includes(`Cannot find name '${name}'`))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

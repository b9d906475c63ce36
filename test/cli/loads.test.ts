import { spawnSync } from "node:child_process";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const SUPPORT = resolve(ROOT, "test/support");

/** What a process loads that runs these command lines one after the other: rooms of src/, and packages. */
function loadedBy(...lines: readonly (readonly string[])[]): string[] {
  const hooks = `file://${SUPPORT}/tell-loads.mjs`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "--import", hooks, `${SUPPORT}/run-lines.ts`, JSON.stringify(lines)],
    { encoding: "utf8", cwd: ROOT },
  );
  expect(stderr.replaceAll(/^loaded .*\n/gm, "")).toBe("");
  expect(status).toBe(0);
  const urls = [...stderr.matchAll(/^loaded (file:\S*)$/gm)].map(([, url = ""]) => url);
  return [...new Set(urls.map(nameOf))].filter((name) => name !== "test/support").sort();
}

function nameOf(url: string): string {
  const path = fileURLToPath(url.replace(/\?.*/, ""));
  const [, inPackage] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
  return inPackage ?? dirname(relative(ROOT, path));
}

const ofCli = (name: string) => name.startsWith("src/cli");

describe("a command loads what it needs", () => {
  test("help and version: what options may be, and nothing that runs", () => {
    const commands = [
      "replay",
      "scenarios",
      "fuzz",
      "when",
      "check",
      "conformance",
      "export",
      "learn",
    ];
    const help = commands.map((command) => [command, "--help"]);
    const loaded = loadedBy([], ["--help"], ["--version"], ["fuzz", "merge", "--help"], ...help);
    expect(loaded).toContain("src/cli/commands");
    expect(loaded.filter((name) => !ofCli(name))).toEqual([
      ...["commander", "src/base", "src/export", "src/fuzz", "src/learn", "src/museum"],
      ...["src/scenario/read", "src/trace"],
    ]);
  });

  test("conformance: raft, and no world around it", () => {
    const loaded = loadedBy(["conformance", "test/conformance/testdata/quorum"]);
    expect(loaded).toContain("src/raft");
    expect(loaded.filter((name) => /^src\/(?:sim|member|check|ui)/.test(name))).toEqual([]);
    expect(loaded).not.toContain("yaml");
  });

  test("a replay in text: neither the visualizer nor campaigns", () => {
    const loaded = loadedBy(["replay", "check-quorum", "--quiet"]);
    expect(loaded).toContain("src/sim");
    const others = ["ink", "react", "fast-check", "tinypool", "src/ui", "src/simulate"];
    expect(loaded.filter((name) => others.includes(name))).toEqual([]);
  });
});

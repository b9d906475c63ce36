import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parseScenario } from "../../../src/scenario/read/parse.ts";
import { runScenario, type ScenarioRun } from "../../../src/scenario/run/run.ts";
import { renderStory } from "../../../src/trace/story/story-text.ts";

/** The library's scenario with these mistakes made. */
function mistaken(name: string, ...bugs: readonly string[]): ScenarioRun {
  const path = join(resolve(import.meta.dirname, "../../../scenarios"), `${name}.yaml`);
  const text = readFileSync(path, "utf8");
  return runScenario(
    parseScenario(text.replace("cluster:", `cluster:\n  bugs: [${bugs.join(", ")}]`), path),
  );
}

function run(...steps: readonly string[]): ScenarioRun {
  const first = ["at: 200ms\n    campaign: m1", "when: m1 is leader"];
  return runScenario(
    parseScenario(
      `name: test
title: A test
teaches: Nothing.
steps:
${[...first, ...steps].map((step) => `  - ${step}\n`).join("")}
expect: [one leader per term]
`,
      "test.yaml",
    ),
  );
}

function story({ header, events, violations }: ScenarioRun, detail: "story" | "all" = "story") {
  return renderStory(header, events, { detail, broken: violations });
}

describe("a leader that commits entries of old terms", () => {
  const ran = mistaken("old-term-entry", "R4");
  const lines = story(ran);

  test("makes a member throw away what was committed, and nobody says that it was not", () => {
    const lost = lines.filter((line) => line.includes("throws away"));
    expect(lost.join("\n")).toMatch(/though entry 7 was committed at 0\.\d+s/);
    expect(lost.join("\n")).not.toContain("which nobody knows as committed");
  });

  test("breaks invariants, each of which stands in the story where it is broken first", () => {
    const broken = lines.filter((line) => line.includes("!!  violated "));
    const names = new Set(ran.violations.map(({ invariant }) => invariant));
    expect(broken).toHaveLength(names.size);
    expect(ran.violations.length).toBeGreaterThan(names.size);
    const all = story(ran, "all").filter((line) => line.includes("!!  violated "));
    expect(all).toHaveLength(ran.violations.length);
    for (const { invariant, at } of ran.violations.slice(0, 1)) {
      const line = broken.find((each) => each.includes(`violated ${invariant}: `)) ?? "";
      expect(line.trim()).toMatch(new RegExp(`^${(at / 1e6).toFixed(3)}s {2}`));
    }
    // In the order of the run, among the others.
    const times = lines.flatMap((line) => /^ *(\d+\.\d+)s /.exec(line)?.[1] ?? []).map(Number);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

test("entries that nobody committed are thrown away as such", () => {
  const lines = story(mistaken("old-term-entry")).filter((line) => line.includes("throws away"));
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(line).toContain(", which nobody knows as committed: ");
});

test("a step's note stands where the step comes", () => {
  const lines = story(run("after: 1s\n    note: now look\n    crash: m2"));
  const note = lines.findIndex((line) => line.endsWith("--  now look"));
  expect(note).toBeGreaterThan(0);
  expect(lines[note + 1]).toContain("m2  crashes");
});

describe("a crash that was planned", () => {
  test("and never came about is told, in the story and beside the verdict", () => {
    const ran = run("crash-at: { member: m2, point: walBeforeSync, count: 1000 }", "after: 1s");
    const told = "never came to walBeforeSync: it did not crash there";
    expect(story(ran).at(-1)).toContain(`m2  ${told}`);
    expect(ran.report.unreached).toEqual([`m2 ${told}`]);
    expect(ran.report.ok).toBe(true);
  });

  test("nor by the n-th operation of its disk, whatever ends the wait", () => {
    const ran = run("crash-at: { member: m3, operations: 100000 }", "settle: 20s");
    expect(ran.report.unreached).toEqual([
      "m3 never came to that operation of its disk: it did not crash there",
    ]);
  });

  test("and came about is not", () => {
    const ran = run(
      "crash-at: { member: m2, operations: 1 }",
      "put: { key: a, value: 1 }",
      "after: 1s",
    );
    expect(story(ran).join("\n")).toMatch(/m2 {2}crashes/);
    expect(ran.report.unreached).toEqual([]);
  });
});

describe("a cluster that settles", () => {
  const ran = run("put: { key: a, value: 1 }", "crash: m2", "settle: 20s");

  test("says so", () => {
    expect(story(ran).join("\n")).toMatch(/!! {2}the cluster has settled/);
    const cut = run("crash: all", "settle: { within: 1.1s, rest: 1s }");
    expect(story(cut).join("\n")).toMatch(/!! {2}the cluster does not settle/);
  });

  test("is asked by clients that are no part of the story", () => {
    expect(story(ran).join("\n")).not.toMatch(/\bc10\d\b/);
    expect(story(ran, "all").join("\n")).toMatch(/\bc101\b/);
    expect(story(ran).join("\n")).toMatch(/c1 {2}put a=1/);
  });
});

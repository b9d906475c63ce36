import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ACTIONS } from "../../src/scenario/language/actions/index.ts";
import {
  CONDITION_KEYS,
  CONDITION_SENTENCES,
} from "../../src/scenario/language/conditions/index.ts";
import {
  EXPECTATION_KEYS,
  EXPECTATION_SENTENCES,
} from "../../src/scenario/language/expectations/index.ts";
import { SELECTOR_WORDS } from "../../src/scenario/language/selectors.ts";
import { clusterSchema } from "../../src/scenario/read/cluster-schema.ts";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import { scenarioJsonSchema } from "../../src/scenario/read/schema.ts";
import { runScenario } from "../../src/scenario/run/run.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { RED_SCENARIOS } from "./red-scenarios.ts";

const FOLDER = resolve(import.meta.dirname, "../../scenarios");
const NAMES = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => file.replace(".yaml", ""));

/** What the library must hold at least. */
const PROMISED = [
  ...["leader-crash", "split-vote", "isolated-leader", "stale-leader-returns", "diverged-logs"],
  ...["old-term-entry", "catch-up-by-snapshot", "pre-vote-rejoin", "check-quorum"],
  ...["learner-promoted", "joint-change", "leadership-transfer", "one-way-partition"],
  ...["duplicates-and-reordering", "torn-wal-write", "lost-unsynced-write", "clock-drift"],
  ...["watch-survives-leader-change", "slow-watcher", "watch-compacted", "lease-expires"],
  ...["lease-after-leader-change", "lease-through-partition", "lock-lost-while-paused"],
  ...["crash-while-compacting", "out-of-space", "permission-revoked", "corrupt-member"],
  ...["member-replaced", "snapshot-while-writing", "jwt-and-skewed-clock"],
];

function source(name: string): string {
  return readFileSync(join(FOLDER, `${name}.yaml`), "utf8");
}

function read(name: string): Scenario {
  return parseScenario(source(name), `scenarios/${name}.yaml`);
}

function longest(text: string): number {
  return Math.max(...text.split("\n").map((line) => line.length));
}

describe("the library", () => {
  test("holds what it promises", () => {
    expect(NAMES).toEqual(expect.arrayContaining(PROMISED));
  });

  // That each holds, and is the same run every time, is golden-digests.test.ts' business.
  test.each(NAMES)("%s is named after its file, teaches, and knows its schema", (name) => {
    const text = source(name);
    expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=./scenario.schema.json");
    const scenario = read(name);
    expect(scenario.name).toBe(name);
    expect(scenario.teaches).toContain("Look for:");
    // It is shown on terminals of 80 columns, indented by two.
    expect(longest(scenario.teaches)).toBeLessThanOrEqual(78);
    expect(longest(scenario.title)).toBeLessThanOrEqual(78);
    expect(longest(text)).toBeLessThanOrEqual(100);
  });

  test("comes with the schema of today: `detcd scenarios --schema` writes it", () => {
    const schema = readFileSync(join(FOLDER, "scenario.schema.json"), "utf8");
    expect(JSON.parse(schema)).toEqual(JSON.parse(scenarioJsonSchema()));
  });

  test("is what an editor with that schema calls good, and nothing else", () => {
    const schema = z.fromJSONSchema(JSON.parse(scenarioJsonSchema()));
    for (const name of NAMES) {
      expect([name, schema.safeParse(parse(source(name))).success]).toEqual([name, true]);
    }
    const spoilt: readonly (readonly [string, string])[] = [
      ["crash: leader", "crash: leadr"],
      ["crash: leader", "crsh: leader"],
      ["after: 1s", "after: 1"],
      ["seed: 1", "seed: -1"],
    ];
    for (const [good, bad] of spoilt) {
      const text = source("leader-crash");
      expect(text).toContain(good);
      expect([bad, schema.safeParse(parse(text.replace(good, bad))).success]).toEqual([bad, false]);
    }
  });

  test("has a page that names every word there is", () => {
    const page = readFileSync(join(FOLDER, "README.md"), "utf8");
    const words = [
      ...Object.keys(ACTIONS),
      ...Object.keys(CONDITION_KEYS),
      ...Object.keys(EXPECTATION_KEYS),
      ...Object.keys(SELECTOR_WORDS),
      ...Object.keys(clusterSchema.shape),
      ...[...CONDITION_SENTENCES, ...EXPECTATION_SENTENCES].map(({ template }) => template),
    ];
    expect(words.filter((word) => !page.includes(`\`${word}`))).toEqual([]);
    for (const name of NAMES) expect(page).toContain(`\`${name}\``);
  });
});

describe("a known mistake", () => {
  test.each(RED_SCENARIOS)("%s turns %s red", (bugs, name) => {
    const scenario = read(name);
    const cluster = { ...scenario.cluster, bugs: bugs.split(" ") };
    expect(runScenario({ ...scenario, cluster }, { events: false }).report.ok).toBe(false);
  });
});

test.each([
  ["the clocks that jump", / {2}- skew: .*\n/g, ""],
  ["tokens that hold a date", /auth-token: jwt/, "auth-token: simple"],
])("jwt-and-skewed-clock is about %s: without them it is red", (_, what, instead) => {
  const text = source("jwt-and-skewed-clock").replace(what, instead);
  expect(text).not.toBe(source("jwt-and-skewed-clock"));
  const { report } = runScenario(parseScenario(text, "x.yaml"), { events: false });
  expect(report.ok).toBe(false);
});

describe("a run", () => {
  test("without a list of its events is the same run", () => {
    const scenario = read("leader-crash");
    const whole = runScenario(scenario);
    const bare = runScenario(scenario, { events: false });
    expect(bare.events).toEqual([]);
    expect(bare.report).toEqual(whole.report);
  });

  test("of another seed is another run, and may still hold", () => {
    const scenario = read("leader-crash");
    const first = runScenario(scenario).report;
    const second = runScenario(scenario, { seed: 2 }).report;
    expect(second.seed).toBe(2);
    expect(second.traceDigest).not.toBe(first.traceDigest);
    expect(second.stateDigest).not.toBe(first.stateDigest);
    expect(second.ok).toBe(true);
  });

  test("that is stopped is not judged at its end", () => {
    const { report } = runScenario(read("leader-crash"), { until: 2_000_000 });
    expect(report).toMatchObject({ stopped: true, ok: false, virtualMs: 2000, expectations: [] });
  });

  // Of what chance decides, a scenario shows nothing: what it teaches holds with any seed.
  test.each(NAMES)("of %s holds with other seeds, too", (name) => {
    const scenario = read(name);
    for (const seed of [2, 3, 7, 10]) {
      // Digests would cost as much as the run, and are looked at above.
      const { report } = runScenario(scenario, { seed, events: false, digests: false });
      const failed = report.expectations.filter(({ ok }) => !ok);
      expect([seed, report.failure, failed, report.ok]).toEqual([seed, null, [], true]);
    }
  });
});

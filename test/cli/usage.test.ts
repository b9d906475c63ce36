import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { processIo } from "../../src/cli/io.ts";
import { detcdIn } from "./detcd-in.ts";

const { cwd, detcd } = detcdIn("usage");

describe("flags that say different things are refused", () => {
  test.each([
    [
      ["replay", "leader-crash"],
      ["--plain", "--json"],
    ],
    [
      ["replay", "leader-crash"],
      ["--all", "--json"],
    ],
    [
      ["replay", "leader-crash"],
      ["--quiet", "--json"],
    ],
    [
      ["replay", "leader-crash"],
      ["--quiet", "--plain"],
    ],
    [
      ["replay", "leader-crash"],
      ["--quiet", "--all"],
    ],
    [
      ["replay", "leader-crash"],
      ["--reporter=tap", "--json"],
    ],
    [
      ["replay", "leader-crash"],
      ["--reporter=tap", "--quiet"],
    ],
    [
      ["replay", "leader-crash"],
      ["--speed=5", "--plain"],
    ],
    [
      ["replay", "leader-crash"],
      ["--speed=5", "--json"],
    ],
    [
      ["replay", "leader-crash"],
      ["--seeds=1..2", "--seed=3"],
    ],
    [["scenarios"], ["--json", "--schema"]],
    [["scenarios"], ["--regressions", "--schema"]],
    [["fuzz"], ["--json", "--reporter=junit"]],
    [["fuzz"], ["--case=1", "--runs=2"]],
    [
      ["fuzz", "merge", "x"],
      ["--json", "--reporter=github"],
    ],
  ])("%j %j", async (command, flags) => {
    for (const given of [flags, flags.toReversed()]) {
      const { code, out, error } = await detcd([...command, ...given]);
      const names = flags.map((flag) => flag.replace(/=.*/, ""));
      expect(error).toMatch(
        /^detcd: (--[\w-]+) and (--[\w-]+) have no place beside each other: take one\n$/,
      );
      for (const name of names) expect(error).toContain(name);
      expect([code, out]).toEqual([2, ""]);
    }
  });

  test.each([["--verify"], ["--set", "seed=3"], ["--reporter", "junit"]])(
    "a recorded run takes no %s",
    async (...flags) => {
      await detcd(["replay", "check-quorum", "--quiet", "--trace", "run.ndjson"]);
      const { code, out, error } = await detcd(["replay", "run.ndjson", ...flags]);
      expect(error).toBe(
        `detcd: run.ndjson: ${flags[0]} is for a run, and this one is recorded already\n`,
      );
      expect([code, out]).toEqual([2, ""]);
    },
  );
});

describe("what is meant is found", () => {
  test("a folder does not hide a scenario of the library", async () => {
    mkdirSync(join(cwd, "check-quorum"));
    const { code, out } = await detcd(["replay", "check-quorum", "--quiet"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^check-quorum: held · /);
    // By its path it is the folder.
    const { error } = await detcd(["replay", "./check-quorum"]);
    expect(error).toBe("detcd: ./check-quorum: there is no scenario (.yaml) in this folder\n");
  });

  test("a folder is no scenario where one is wanted", async () => {
    for (const argv of [
      ["export", "--to", "tla", "check-quorum/.."],
      ["when", "check-quorum/.."],
    ]) {
      const { code, error } = await detcd(argv);
      expect([code, error]).toEqual([
        2,
        "detcd: check-quorum/..: this is a folder, not a scenario\n",
      ]);
    }
  });

  test.each([
    [["replay", ""], "an empty name is no scenario (`detcd scenarios` lists them)"],
    [["replay", "no/such/file.yaml/x"], "there is no such file"],
    [["-v"], "unknown option '-v'; -V prints the version"],
    [["replay", "-v"], "unknown option '-v'; -V prints the version"],
    [["fuzz", "--bug", "R999"], 'unknown mistake "R999" (R1 to R'],
  ])("%j", async (argv, says) => {
    const { code, out, error } = await detcd(argv);
    expect(error).toContain(says);
    expect(error.trim().split("\n")).toHaveLength(1);
    expect([code, out]).toEqual([2, ""]);
  });

  test("a report of detcd is told from a scenario, and says what to do with it", async () => {
    const fuzz = ["fuzz", "--profile", "quick", "--seed", "3", "--workers", "1"];
    const until = ["--runs", "60", "--max-failures", "1", "--bug", "R3", "--shrink-time", "0s"];
    await detcd([...fuzz, ...until, "--out", "campaign"]);
    const campaign = await detcd(["replay", "campaign/report.json"]);
    expect(campaign.code).toBe(2);
    expect(campaign.error).toMatch(
      /^detcd: campaign\/report\.json: this is a report of `detcd fuzz`, not a scenario: `detcd fuzz --profile quick --seed 3 --bug R3 --case \d+` shows a failure of it\n$/,
    );
    const { out } = await detcd(["replay", "check-quorum", "--seed", "5", "--json"]);
    writeFileSync(join(cwd, "replay.json"), out);
    const { error } = await detcd(["replay", "replay.json"]);
    expect(error).toBe(
      "detcd: replay.json: this is a report of `detcd replay --json`, not a scenario: run it again with `detcd replay check-quorum --seed 5`\n",
    );
    for (const text of ['{"detcd":"fuzz-report"}', '{\n"detcd": "fuzz-report", "failures": [1]}']) {
      writeFileSync(join(cwd, "odd.json"), text);
      expect((await detcd(["replay", "odd.json"])).code).toBe(2);
    }
  });

  test("a scenario may be JSON", async () => {
    const scenario = {
      name: "j",
      title: "t",
      teaches: "t",
      steps: [{ after: "1s" }],
      expect: ["one leader per term"],
    };
    writeFileSync(join(cwd, "j.json"), JSON.stringify(scenario));
    expect((await detcd(["replay", "j.json", "--quiet"])).code).toBe(0);
  });
});

describe("help", () => {
  test.each(["replay", "scenarios", "fuzz", "when", "check", "conformance", "export"])(
    "of %s shows times with their unit, and no path of ours",
    async (command) => {
      const { code, out } = await detcd([command, "--help"]);
      expect(code).toBe(0);
      expect(out).not.toMatch(/default: \d{5,}\)/);
      expect(out).not.toContain("../");
    },
  );

  test.each([["when"], ["check"], ["fuzz", "merge"]])("of %s says 60s", async (...command) => {
    expect((await detcd([...command, "--help"])).out).toMatch(/\(default:\s+60s\)/);
  });
});

describe("a terminal that can't place what is written", () => {
  const streams = [process.stdin, process.stdout] as { isTTY?: boolean }[];
  const were = streams.map(({ isTTY }) => isTTY);
  afterEach(() => {
    vi.unstubAllEnvs();
    for (const [i, stream] of streams.entries()) stream.isTTY = were[i] as boolean;
  });

  test("is told the story", () => {
    for (const stream of streams) stream.isTTY = true;
    vi.stubEnv("TERM", "xterm");
    expect(processIo().interactive).toBe(true);
    vi.stubEnv("TERM", "dumb");
    expect(processIo().interactive).toBe(false);
  });
});

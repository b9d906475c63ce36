import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { detcdIn } from "./detcd-in.ts";
import { parseXml } from "./xml.ts";

const { cwd, detcd } = detcdIn("several");

const HOLDS = `name: holds
title: A leader is elected
teaches: Nothing.
seed: 1
steps:
  - when: leader elected
expect:
  - term at least 1
`;
const FAILS = HOLDS.replace("name: holds", "name: fails").replace("at least 1", "at least 99");
/** It can't go on at its second step. */
const STUCK = HOLDS.replace("name: holds", "name: stuck").replace(
  "expect:",
  "  - when: { committed: 999 }\n    within: 1s\nexpect:",
);

function write(name: string, text: string): string {
  mkdirSync(join(cwd, dirname(name)), { recursive: true });
  writeFileSync(join(cwd, name), text);
  return name;
}

write("a.yaml", HOLDS.replace("name: holds", "name: a"));
write("b.yaml", FAILS.replace("name: fails", "name: b"));
write("stuck.yaml", STUCK);
write("dir/deep/one.yaml", HOLDS);
write("dir/two.yml", HOLDS);
write("dir/notes.txt", "no scenario");
write("dir/.hidden.yaml", "no scenario");
write("dir/node_modules/x.yaml", "no scenario");

const RUN = / · seed \d+ · \d+ events? in [\d.]+m?s · trace [0-9a-f]{16} · state [0-9a-f]{16}$/;
/** The lines that tell of a run, without its numbers. */
const runs = (out: string) =>
  out
    .split("\n")
    .filter((line) => RUN.test(line))
    .map((line) => line.replace(/ · \d+ event.*/, ""));

describe("several scenarios", () => {
  test("each has a line, what failed is told, and the sum", async () => {
    const { code, out, error } = await detcd(["replay", "a.yaml", "check-quorum", "b.yaml"]);
    expect([code, error]).toEqual([1, ""]);
    expect(runs(out)).toEqual([
      ...["a.yaml: held · seed 1", "check-quorum: held · seed 1", "b.yaml: FAILED · seed 1"],
    ]);
    expect(out).toContain("  ✗ term at least 99 — the highest term is ");
    expect(out).toContain("  replay: detcd replay b.yaml\n");
    expect(out).not.toContain("becomes leader");
    expect(out).toMatch(/\n3 runs: 2 held, 1 FAILED · \d+\.\d s\n$/);
  });

  test("folders are walked for scenarios, and nothing else", async () => {
    const { code, out } = await detcd(["replay", "dir", "a.yaml"]);
    expect(code).toBe(0);
    expect(runs(out)).toEqual([
      "dir/deep/one.yaml: held · seed 1",
      "dir/two.yml: held · seed 1",
      "a.yaml: held · seed 1",
    ]);
  });

  test("a folder is one also where it holds a single scenario", async () => {
    const { out } = await detcd(["replay", "dir/deep", "--json"]);
    expect(JSON.parse(out)).toMatchObject({ ok: true, held: 1, runs: [{ name: "holds" }] });
  });

  test("standard input is one of them, or alone", async () => {
    const stdin = { stdin: () => FAILS };
    const both = await detcd(["replay", "a.yaml", "-"], {}, stdin);
    expect(runs(both.out)).toEqual(["a.yaml: held · seed 1", "<stdin>: FAILED · seed 1"]);
    const alone = await detcd(["replay", "-"], {}, stdin);
    expect(alone.code).toBe(1);
    // Standard input is gone: what it held is kept.
    const [, file = ""] = /^replay: detcd replay (.*)$/m.exec(alone.out) ?? [];
    expect(readFileSync(join(cwd, file), "utf8")).toContain("term at least 99");
    const wrong = await detcd(["replay", "-"], {}, { stdin: () => "name: x\nsteps: {}" });
    expect([wrong.code, wrong.error]).toEqual([2, expect.stringMatching(/^<stdin>:1:1 .*missing/)]);
  });

  test("all that is wrong with them is said before any is run", async () => {
    write("bad.yaml", HOLDS.replace("seed: 1", "sede: 1"));
    const { code, out, error } = await detcd(["replay", "a.yaml", "bad.yaml", "nowhere.yaml"]);
    expect([code, out]).toEqual([2, ""]);
    expect(error).toContain("nowhere.yaml: there is no such file");
    const second = await detcd(["replay", "bad.yaml", "bad.yaml", "a.yaml"]);
    expect(second.error.match(/^bad\.yaml:4:1 unknown key "sede"/gm)).toHaveLength(2);
  });

  test("stories, where they are asked for", async () => {
    const { out } = await detcd(["replay", "a.yaml", "b.yaml", "--plain"]);
    expect(out.match(/becomes leader/g)).toHaveLength(2);
  });

  test.each([
    [["replay", "a.yaml", "b.yaml", "--trace", "t.ndjson"], "--trace is for one run"],
    [["replay", "a.yaml", "--seeds", "1..2", "--speed", "5"], "--speed is for one run"],
    [["replay", "-", "-"], "standard input (-) can be read once only"],
    [["replay", "dir/node_modules/../../empty"], "there is no scenario (.yaml) in this folder"],
    [["replay", "a.yaml", "run.ndjson"], "run.ndjson: this is a trace: replay it alone"],
    [["replay", "a.yaml", "--seeds", "5..1"], "1 comes before 5."],
    [["replay", "a.yaml", "--seeds", "5"], 'seeds are written FROM..TO: "1..100".'],
    [["replay", "a.yaml", "--seeds", "1..x"], "a seed is a whole number from 0 to"],
    [["replay", "a.yaml", "--seeds", "0..1000000"], "at most 1000000 seeds."],
    [["replay", "a.yaml", "--seeds", "1..2", "--seed", "3"], "--seeds and --seed have no place"],
    [["replay", "a.yaml", "--seed", "3", "--set", "seed=4"], "both say which seed"],
  ])("%j is refused", async (argv, says) => {
    mkdirSync(join(cwd, "empty"), { recursive: true });
    await detcd(["replay", "a.yaml", "--quiet", "--trace", "run.ndjson"]);
    const { code, out, error } = await detcd(argv);
    expect(error).toContain(says);
    expect(error.trim().split("\n")).toHaveLength(1);
    expect([code, out]).toEqual([2, ""]);
  });
});

describe("several seeds", () => {
  test("are a run each, and the same as alone", async () => {
    const { code, out } = await detcd(["replay", "check-quorum", "--seeds", "3..6", "--json"]);
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ ok: true, held: 4, failed: 0, stopped: 0, differed: 0 });
    expect(report.runs.map(({ seed }: { seed: number }) => seed)).toEqual([3, 4, 5, 6]);
    const alone = JSON.parse(
      (await detcd(["replay", "check-quorum", "--seed", "5", "--json", "--no-times"])).out,
    );
    const { wallMs: _, ...same } = report.runs[2];
    expect(same).toEqual(alone);
  });

  test("that fail are saved, ten of them, and all can be had again", async () => {
    const { code, out } = await detcd(["replay", "b.yaml", "--seeds", "11..22", "--quiet"]);
    expect(code).toBe(1);
    const again = [...out.matchAll(/^ {2}replay: detcd replay (.*)$/gm)].map(([, what]) => what);
    expect(again.filter((what) => what?.startsWith("detcd-failures/"))).toHaveLength(10);
    expect(again.slice(10)).toEqual(["b.yaml --seed 21", "b.yaml --seed 22"]);
  });
});

describe("--set", () => {
  test("is another run of a scenario of the library, and its command says so", async () => {
    const set = ["--set", "cluster.pre-vote=false", "--set", "cluster.members=5"];
    const { code, out } = await detcd(["replay", "leader-crash", ...set, "--quiet"]);
    expect(code).toBe(0);
    const plain = await detcd(["replay", "leader-crash", ...set]);
    const [, command = ""] = /^replay: detcd (.*)$/m.exec(plain.out) ?? [];
    expect(command).toBe(`replay leader-crash ${set.join(" ")}`);
    const trace = (text: string) => / · trace (\w+)/.exec(text)?.[1];
    expect(trace(plain.out)).toBe(trace(out));
    expect(trace((await detcd(["replay", "leader-crash"])).out)).not.toBe(trace(out));
  });

  test("is of each of several, and of an export", async () => {
    const { out } = await detcd(["replay", "a.yaml", "b.yaml", "--set", "seed=9"]);
    expect(runs(out)).toEqual(["a.yaml: held · seed 9", "b.yaml: FAILED · seed 9"]);
    const tla = async (...more: string[]) =>
      (await detcd(["export", "--to", "tla", "leader-crash", "--until", "1s", ...more])).out;
    const set = await tla("--set", "seed=9");
    expect(set).toBe(await tla("--seed", "9"));
    expect(set).not.toBe(await tla());
  });

  test("names itself where it is wrong", async () => {
    const { code, error } = await detcd(["replay", "a.yaml", "--set", "cluster.pre-vote=maybe"]);
    expect(code).toBe(2);
    expect(error).toBe('--set cluster.pre-vote=maybe: expected true or false, found "maybe"\n');
  });
});

describe("--quiet", () => {
  test("is one line of what held", async () => {
    const { code, out } = await detcd(["replay", "a.yaml", "--quiet"]);
    expect(code).toBe(0);
    expect(out.trimEnd()).toMatch(RUN);
    expect(out).toMatch(/^a\.yaml: held · /);
  });

  test("of several: what failed, and the sum", async () => {
    const { out } = await detcd(["replay", "a.yaml", "b.yaml", "--quiet", "--no-times"]);
    expect(runs(out)).toEqual(["b.yaml: FAILED · seed 1"]);
    expect(out.endsWith("\n2 runs: 1 held, 1 FAILED\n")).toBe(true);
  });
});

describe("exit codes of several", () => {
  test("a run that was stopped did not hold", async () => {
    const { code, out } = await detcd(["replay", "dir", "--until", "1ms"]);
    expect(code).toBe(4);
    expect(out).toMatch(/\n2 runs: 2 stopped · /);
  });

  test("what failed is worse than what was stopped", async () => {
    // The one that fails does so before it is stopped.
    const early = STUCK.replace("stuck", "early").replace("within: 1s", "within: 1ms");
    const { code } = await detcd(["replay", write("early.yaml", early), "a.yaml", "--until", "5s"]);
    expect(code).toBe(1);
  });
});

const FUZZ = ["fuzz", "--profile", "quick", "--seed", "5", "--runs", "1", "--workers", "1"];

describe("reports of the same are equal without times", () => {
  test.each([
    ["replay", "a.yaml", "--json"],
    ["replay", "a.yaml", "b.yaml", "--json"],
    ["replay", "a.yaml", "b.yaml"],
    ["replay", "a.yaml", "b.yaml", "--reporter", "junit"],
    ["replay", "a.yaml", "b.yaml", "--reporter", "tap"],
    ["replay", "a.yaml", "b.yaml", "--reporter", "github"],
    FUZZ,
    [...FUZZ, "--json"],
    [...FUZZ, "--reporter", "junit"],
    ["check", "run.ndjson"],
    ["check", "run.ndjson", "--json"],
  ])("%j", async (...argv) => {
    await detcd(["replay", "check-quorum", "--quiet", "--trace", "run.ndjson"]);
    // A clock that never shows the same twice.
    let now = 0;
    const clock = () => {
      now += 1000 + now / 7;
      return now;
    };
    const once = () => detcd([...argv, "--no-times"], {}, { clock });
    const [one, two] = [await once(), await once()];
    expect(two).toEqual(one);
    const timed = [await detcd(argv, {}, { clock }), await detcd(argv, {}, { clock })];
    expect(timed[0]?.out).not.toBe(timed[1]?.out);
  });
});

describe("--reporter", () => {
  const ARGV = ["replay", "a.yaml", "b.yaml", "stuck.yaml", "--reporter"];

  test("junit: a test case a run", async () => {
    const { code, out } = await detcd([...ARGV, "junit"]);
    expect(code).toBe(1);
    const [suite] = parseXml(out).children;
    expect(suite?.attributes).toMatchObject({ tests: "3", failures: "2", errors: "0" });
    const cases = suite?.children.filter(({ name }) => name === "testcase") ?? [];
    expect(cases.map(({ attributes }) => attributes["name"])).toEqual([
      ...["a.yaml seed 1", "b.yaml seed 1", "stuck.yaml seed 1"],
    ]);
    const problems = cases.map(({ children }) => children[0]?.attributes["message"]);
    expect(problems).toEqual([
      undefined,
      expect.stringMatching(/^term at least 99 — /),
      expect.stringMatching(/^step 2: waited 1s in vain/),
    ]);
    expect(cases[1]?.children[0]?.text).toContain("replay: detcd replay b.yaml");
  });

  test("junit: a run that was stopped is an error, not a pass", async () => {
    const { code, out } = await detcd([
      "replay",
      "a.yaml",
      "--until",
      "1ms",
      "--reporter",
      "junit",
    ]);
    expect(code).toBe(4);
    expect(parseXml(out).attributes).toMatchObject({ tests: "1", failures: "0", errors: "1" });
  });

  test("tap: a line a run, and YAML of what is wrong", async () => {
    const { code, out } = await detcd([...ARGV, "tap", "--no-times"]);
    expect(code).toBe(1);
    const lines = out.split("\n");
    expect(lines.slice(0, 4)).toEqual([
      ...["TAP version 14", "1..3", "ok 1 - a.yaml seed 1", "not ok 2 - b.yaml seed 1"],
    ]);
    const [, block = ""] = /^not ok 3 .*\n {2}---\n([\s\S]*?)\n {2}\.\.\.$/m.exec(out) ?? [];
    expect(parse(block)).toMatchObject({
      severity: "failure",
      type: "failed",
      message: expect.stringMatching(/^step 2: waited 1s in vain/),
      text: expect.stringContaining("replay: detcd replay stuck.yaml"),
    });
  });

  test("github: an error at the line of the step, and a summary", async () => {
    const env = { GITHUB_STEP_SUMMARY: join(cwd, "summary.md") };
    const { code, out } = await detcd([...ARGV, "github"], env);
    expect(code).toBe(1);
    const commands = out.split("\n").filter((line) => /^::(error|notice)/.test(line));
    expect(commands).toEqual([
      expect.stringMatching(/^::error file=b\.yaml,title=.*::term at least 99 — .*%0Areplay: /),
      expect.stringMatching(/^::error file=stuck\.yaml,line=7,title=.*::step 2: waited/),
      expect.stringMatching(/^::notice title=detcd replay::3 runs: 1 held, 2 FAILED/),
    ]);
    expect(readFileSync(join(cwd, "summary.md"), "utf8")).toMatch(
      /^### detcd replay: 3 runs.*\n\n\| scenario \|[\s\S]*\| b\.yaml \| 1 \| term at least 99/,
    );
  });
});

describe("--verify", () => {
  test("says that it did, to people and to machines", async () => {
    const text = await detcd(["replay", "a.yaml", "--verify"]);
    expect(text.out).toContain("  ✓ verified: a second run was the same, event by event\n");
    const json = await detcd(["replay", "a.yaml", "--verify", "--json"]);
    expect(JSON.parse(json.out).verified).toBe(true);
    const quiet = await detcd(["replay", "dir", "--verify"]);
    expect(quiet.out.match(/ · verified$/gm)).toHaveLength(2);
    expect((await detcd([...FUZZ, "--verify"])).out).toContain(
      "\nverified: each case was run twice",
    );
    expect(JSON.parse((await detcd([...FUZZ, "--verify", "--json"])).out).verified).toBe(true);
  });
});

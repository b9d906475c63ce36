import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { detcdIn, type Env } from "../detcd-in.ts";

const { cwd, detcd } = detcdIn("fuzz");
const QUICK = ["fuzz", "--profile", "quick", "--workers", "1"];
const MAIN = resolve(import.meta.dirname, "../../../src/cli/main.ts");

describe("what can't be meant is refused before anything runs", () => {
  test.each<[string, string[], Env, RegExp]>([
    ["no runs", ["--runs", "0"], {}, /a count is a whole number from 1 to/],
    ["no time", ["--time", "0s"], {}, /in no time nothing is run/],
    ["negative time", ["--time", "-3s"], {}, /a time is not negative/],
    ["no workers", ["--workers", "0"], {}, /a number of workers is a whole number from 1 to/],
    [
      "many workers",
      ["--workers", "10000"],
      {},
      /a number of workers is a whole number from 1 to 256/,
    ],
    ["one shard too many", ["--shard", "17/16"], {}, /a shard is written I\/N/],
    ["shard 0", ["--shard", "0/16"], {}, /a shard is written I\/N/],
    ["no shard", ["--shard", "3"], {}, /a shard is written I\/N/],
    ["a profile", ["--profile", "disks"], {}, /no profile "disks", did you mean "disk"\?/],
    ["a bug", ["--bug", "R999"], {}, /R999/],
    ["a reporter", ["--reporter", "xml"], {}, /a reporter is github, junit or tap/],
    [
      "two outputs",
      ["--json", "--reporter", "junit"],
      {},
      /--reporter and --json have no place beside each other/,
    ],
    [
      "a case and runs",
      ["--case", "1", "--runs", "2"],
      {},
      /--case and --runs have no place beside/,
    ],
    [
      "a case and time",
      ["--case", "1", "--time", "2s"],
      {},
      /--case and --time have no place beside/,
    ],
    [
      "a case and a shard",
      ["--case", "1", "--shard", "1/2"],
      {},
      /--case and --shard have no place/,
    ],
    ["a case of none", ["--case", "1"], {}, /a case is one of a campaign: say which, with --seed/],
    ["a shard of none", ["--shard", "1/2"], {}, /^detcd: a shard is a part of a campaign: say/],
    [
      "a shard of none, by the environment",
      [],
      { DETCD_SHARD: "1/2" },
      /a shard \(DETCD_SHARD\) is a part of a campaign: say which, with --seed or DETCD_SEED/,
    ],
    ["a seed of words", [], { DETCD_SEED: "x" }, /DETCD_SEED is "x"/],
    [
      "a pod that does not know of how many",
      ["--seed", "1"],
      { JOB_COMPLETION_INDEX: "3" },
      /JOB_COMPLETION_INDEX is 3, but nothing says how many shards there are/,
    ],
    ["a file to write into", ["--out", "file/reports"], {}, /--out file\/reports: nothing can be/],
    ["a word too much", ["foo"], {}, /too many arguments for 'fuzz'/],
  ])("%s", async (_, argv, env, message) => {
    writeFileSync(join(cwd, "file"), "");
    const { code, out, error } = await detcd(["fuzz", "--workers", "1", ...argv], env);
    expect(error).toMatch(message);
    expect(error).toMatch(/^detcd: .*\n$/);
    expect([code, out]).toEqual([2, ""]);
  });
});

describe("a campaign", () => {
  test("says in its first line what it was, and which rule made it a shard", async () => {
    const array = {
      SLURM_ARRAY_TASK_ID: "1",
      SLURM_ARRAY_TASK_MIN: "0",
      SLURM_ARRAY_TASK_MAX: "1",
      SLURM_ARRAY_TASK_COUNT: "2",
      DETCD_SEED: "5",
    };
    const { code, out } = await detcd([...QUICK, "--runs", "2", "--out", "reports"], array);
    expect(out).toMatch(
      /^nothing is violated · profile quick · seed 5 · shard 2\/2 \(SLURM_ARRAY_TASK_ID\)\n1 case in /,
    );
    expect(code).toBe(0);
    expect(readdirSync(join(cwd, "reports"))).toEqual(["report-2-of-2.json"]);
  });

  test("a shard without cases is one, and says so", async () => {
    const { code, out } = await detcd([...QUICK, "--runs", "1", "--seed", "5", "--shard", "1/2"]);
    expect(out).toMatch(/^no case was run · /);
    expect(out).toContain("\n0 faults: –\nseen: –\n");
    expect(code).toBe(0);
  });

  test("one case is that case, whichever shard the environment means", async () => {
    const { code, out } = await detcd([...QUICK, "--case", "7", "--seed", "5", "--json"], {
      DETCD_SHARD: "1/2",
    });
    const { cases, settings, shard } = JSON.parse(out);
    expect([code, cases, shard]).toEqual([0, [[7, 7]], null]);
    expect(settings).toEqual({ profile: "quick", seed: 5 });
  });

  test("a mistake given twice is made once", async () => {
    const bugs = ["--bug", "R4", "--bug", "R4", "--shrink-time", "0s"];
    const { out } = await detcd([...QUICK, "--case", "0", "--seed", "5", "--json", ...bugs]);
    expect(JSON.parse(out).settings.bugs).toEqual(["R4"]);
  });

  test("the command that a failure names shows it again", async () => {
    // A quarter of the cases find it, whatever is drawn.
    const until = ["--runs", "60", "--max-failures", "1"];
    const broken = ["--seed", "3", ...until, "--bug", "R3", "--shrink-time", "0s"];
    const { code, out } = await detcd([...QUICK, ...broken, "--out", "broken"]);
    expect(code).toBe(1);
    const [, file = ""] = /^replay: detcd replay (.*)$/m.exec(out) ?? [];
    const replayed = await detcd(["replay", file, "--plain"]);
    expect(replayed.code).toBe(1);
    const [, trace = "?"] = /^trace (\w+)$/m.exec(out) ?? [];
    expect(replayed.out).toContain(trace);
  });
});

/** As a process of its own, since signals are for processes. */
function run(argv: readonly string[], out: string): ReturnType<typeof spawn> {
  return spawn(
    process.execPath,
    ["--import", "tsx", MAIN, ...QUICK, ...argv, "--out", join(cwd, out)],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
}

test.each([
  ["SIGINT", 0],
  ["SIGTERM", 143],
] as const)("%s ends a campaign with a report", async (signal, expected) => {
  const child = run(["--seed", "5", "--time", "250s"], signal);
  let out = "";
  child.stdout?.on("data", (data) => {
    out += data;
  });
  // The folder is opened, and then the signals are listened to, in one go.
  const opened = setInterval(() => {
    if (existsSync(join(cwd, signal))) setTimeout(() => child.kill(signal), 1_000);
    if (existsSync(join(cwd, signal))) clearInterval(opened);
  }, 50);
  const code = await new Promise((done) => child.on("close", done));
  clearInterval(opened);
  expect(code).toBe(expected);
  expect(out).toMatch(/^n.* · profile quick · seed 5 · interrupted\n/);
  const report = JSON.parse(readFileSync(join(cwd, signal, "report.json"), "utf8"));
  expect(out).toContain(`${report.ran} case`);
});

test("whoever reads no further does not make it fail", async () => {
  const child = run(["--seed", "5", "--runs", "1"], "head");
  child.stdout?.destroy();
  let error = "";
  child.stderr?.on("data", (data) => {
    error += data;
  });
  const code = await new Promise((done) => child.on("close", done));
  expect([code, error]).toEqual([0, ""]);
});

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { detcdIn, type Env } from "./detcd-in.ts";

const { cwd: FOLDER, detcd: run } = detcdIn("replay");
const detcd = (argv: readonly string[], env: Env = {}) => run(argv, env, { clock: () => 0 });

function file(name: string, text: string): string {
  writeFileSync(join(FOLDER, name), text);
  return name;
}

/** A run that can't keep what it expects. */
const FAILING = `# a comment that stays
name: hopeless
title: It expects what does not happen
teaches: Nothing.
steps:
  - when: leader elected
    expect: term at least 2
expect:
  - term at least 99
  - one leader per term
`;

describe("what finds nothing to run says so", () => {
  test.each([
    [["replay", "r25-deposd"], 'there is no scenario "r25-deposd", did you mean "r25-deposed"?'],
    [["replay", "detcd-failures/panic-1-2.yaml"], "there is no such file"],
    [["fuzz", "--seed", "1", "--case", "3", "--time", "0s"], "in no time nothing is run"],
    [["fuzz", "--seed", "1", "--profile", "deflt"], 'there is no profile "deflt"'],
  ])("%j", async (args, says) => {
    const { code, error } = await detcd(args);
    expect(code).toBe(2);
    expect(error).toContain(says);
  });
});

describe("detcd scenarios", () => {
  test("lists what teaches; the known mistakes apart, and replays both by name", async () => {
    const [teaching, regressions] = [
      (await detcd(["scenarios"])).out,
      (await detcd(["scenarios", "--regressions"])).out,
    ];
    expect(teaching).toContain("leader-crash");
    expect(teaching).not.toContain("r25-deposed");
    expect(regressions).toContain("r25-deposed");
    expect(regressions).not.toContain("leader-crash");
    const { code, out } = await detcd(["replay", "r25-deposed"]);
    expect(code).toBe(0);
    expect(out).toContain("✓ violated: linearizable");
    expect(out.trimEnd().split("\n").at(-1)).toBe("replay: detcd replay r25-deposed");
  });
});

describe("detcd replay", () => {
  test("tells the story of a leader crash, its verdict, and how to get it again", async () => {
    const { code, out, error } = await detcd(["replay", "leader-crash"]);
    expect(code).toBe(0);
    expect(error).toBe("");
    expect(out).toContain("The leader crashes; the others elect a new one and lose nothing");
    expect(out).toMatch(/m\d {2}crashes as leader of term \d/);
    expect(out).toMatch(/m\d {2}becomes leader in term 3/);
    expect(out).toMatch(/✓ leader changed — first m\d, now m\d/);
    expect(out).toMatch(/✓ no acknowledged write is lost — \d+ acknowledged, all there/);
    expect(out).toMatch(
      /held · seed 1 · \d+ events in [\d.]+s · trace [0-9a-f]{16} · state [0-9a-f]{16}\n/,
    );
    expect(out.trimEnd().split("\n").at(-1)).toBe("replay: detcd replay leader-crash");
  });

  test("prints one report as JSON, the same each time", async () => {
    const first = await detcd(["replay", "check-quorum", "--json"]);
    expect(first.code).toBe(0);
    const report = JSON.parse(first.out);
    expect(Object.keys(report).slice(0, 11)).toEqual([
      ...["ok", "verdict", "name", "title", "seed", "events", "traceEvents", "virtualMs"],
      ...["wallMs", "traceDigest", "stateDigest"],
    ]);
    expect(report).toMatchObject({
      ...{ ok: true, verdict: "held", seed: 1, name: "check-quorum", stopped: false },
      verified: false,
    });
    for (const { name, role, lead } of report.members) {
      if (role === "leader") expect(lead).toBe(name);
    }
    expect(report.members.map(({ name }: { name: string }) => name)).toEqual(["m1", "m2", "m3"]);
    expect(report.expectations[0]).toEqual({
      text: "stepped down: m1",
      ok: true,
      found: expect.stringContaining("quorum lost"),
      step: 5,
    });
    expect((await detcd(["replay", "check-quorum", "--json"])).out).toBe(first.out);
  });

  test("gives the same digests in another process", async () => {
    const here = JSON.parse((await detcd(["replay", "joint-change", "--json"])).out);
    const line = ["--import", "tsx", "src/cli/main.ts", "replay", "joint-change", "--json"];
    const there = JSON.parse(execFileSync(process.execPath, line, { encoding: "utf8" }));
    const digests = ({ events, traceDigest, stateDigest }: Record<string, unknown>) => [
      events,
      traceDigest,
      stateDigest,
    ];
    expect(digests(there)).toEqual(digests(here));
  });

  test("takes another seed from --seed, else from DETCD_SEED", async () => {
    const args = ["replay", "leader-crash", "--json"];
    const own = JSON.parse((await detcd(args)).out);
    const given = JSON.parse((await detcd([...args, "--seed", "5"], { DETCD_SEED: "6" })).out);
    const ambient = JSON.parse((await detcd(args, { DETCD_SEED: "6" })).out);
    expect([own.seed, given.seed, ambient.seed]).toEqual([1, 5, 6]);
    expect(given.replay).toBe("detcd replay leader-crash --seed 5");
    expect(new Set([own, given, ambient].map(({ traceDigest }) => traceDigest)).size).toBe(3);
  });

  test("stops at --until, and judges nothing then", async () => {
    const { code, out } = await detcd(["replay", "leader-crash", "--until", "2s"]);
    expect(code).toBe(4);
    expect(out).not.toContain("crashes as leader");
    expect(out).toContain("stopped before the end, which was not judged");
    expect(out).toContain("stopped · seed 1 · ");
    expect(out).not.toContain("held");
    const json = await detcd(["replay", "leader-crash", "--until", "2s", "--json"]);
    expect(json.code).toBe(4);
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, verdict: "stopped", stopped: true });
    expect(out.trimEnd().endsWith("replay: detcd replay leader-crash --until 2s")).toBe(true);
  });

  test("says with exit code 1 what did not hold, and saves the run to be replayed", async () => {
    const { code, out } = await detcd(["replay", file("hopeless.yaml", FAILING), "--seed", "7"]);
    expect(code).toBe(1);
    expect(out).toMatch(/✓ term at least 2 \(step 1\) — the highest term is \d/);
    expect(out).toMatch(/✗ term at least 99 — the highest term is \d/);
    expect(out).toContain("✓ one leader per term");
    expect(out).toContain("FAILED · seed 7");
    const [, saved = ""] = /^replay: detcd replay (.*)$/m.exec(out) ?? [];
    expect(saved).toMatch(/^detcd-failures\/hopeless-seed-7-[0-9a-f]{8}\.yaml$/);
    const text = readFileSync(join(FOLDER, saved), "utf8");
    expect(text).toContain("seed: 7");
    expect(text).toContain("# a comment that stays");

    const digests = /trace .*/.exec(out)?.[0];
    for (const name of [saved, basename(saved, ".yaml")]) {
      const again = await detcd(["replay", name]);
      expect(again.code).toBe(1);
      expect(/trace .*/.exec(again.out)?.[0]).toBe(digests);
    }
  });

  test("says that an invariant is violated where that happens and where it is expected", async () => {
    const { code, out } = await detcd(["replay", "stale-lease-read"]);
    expect(code).toBe(0);
    expect(out.match(/get x, begun at/g)).toHaveLength(2);
    expect(out).toMatch(/!! {2}violated linearizable: get x, begun at/);
    expect(out).toMatch(/✓ violated: linearizable — .*get x, begun at/);
    const { error: _, ...sure } = await detcd([
      "replay",
      file(
        "sure.yaml",
        readFileSync("scenarios/stale-lease-read.yaml", "utf8").replace(
          "  - violated: linearizable\n",
          "",
        ),
      ),
    ]);
    expect(sure.code).toBe(1);
    expect(sure.out).toContain("✗ violated linearizable: get x, begun at");
  });

  test("says at which line a run could not go on", async () => {
    const steps = "  - crash: leader\n    note: nobody leads yet";
    const text = FAILING.replace(/ {2}- when: leader elected\n.*\n/, `${steps}\n`);
    const { code, out } = await detcd(["replay", file("early.yaml", text)]);
    expect(code).toBe(1);
    expect(out).toContain('✗ early.yaml:6 step 1: "leader" is nobody now');
  });

  test("says which condition never came true", async () => {
    const text = FAILING.replace("when: leader elected", "when: { committed: 99 }\n    within: 3s");
    const { code, out } = await detcd(["replay", file("vain.yaml", text)]);
    expect(code).toBe(1);
    expect(out).toContain('vain.yaml:6 step 1: waited 3s in vain for "committed: 99"');
  });

  test("writes a trace, and shows a trace", async () => {
    const run = await detcd(["replay", "split-vote", "--trace", "run.ndjson"]);
    expect(run.code).toBe(0);
    const shown = await detcd(["replay", "run.ndjson"]);
    expect(shown.code).toBe(0);
    const story = (out: string) => out.slice(0, out.indexOf("\n\nExpected"));
    expect(shown.out.startsWith(story(run.out))).toBe(true);
    const digest = /trace ([0-9a-f]{16})/.exec(run.out)?.[1];
    expect(shown.out).toContain(`trace events · trace ${digest}`);
    const json = JSON.parse((await detcd(["replay", "run.ndjson", "--json"])).out);
    expect(json).toMatchObject({ name: "split-vote", seed: 1, traceDigest: digest });
    // One count of one thing, by one name.
    const { traceEvents } = JSON.parse((await detcd(["replay", "split-vote", "--json"])).out);
    expect(json.traceEvents).toBe(traceEvents);
    expect(shown.out).toContain(` · ${traceEvents} trace events · `);
  });

  test("refuses a trace that was cut off, and says where", async () => {
    await detcd(["replay", "split-vote", "--trace", "whole.ndjson"]);
    const whole = readFileSync(join(FOLDER, "whole.ndjson"), "utf8");
    file("cut.ndjson", whole.slice(0, whole.length / 2));
    const { code, error } = await detcd(["replay", "cut.ndjson"]);
    expect(code).toBe(2);
    expect(error).toMatch(/^cut\.ndjson:\d+:\d+ .*record it again with --trace/);
    expect(error.trim().split("\n")).toHaveLength(1);
  });
});

/** Bad usage and bad input, and the line that is said about it. */
const BAD: readonly (readonly [readonly string[], string])[] = [
  [["reply"], "detcd: unknown command 'reply', did you mean \"replay\"?"],
  [["xyzzy"], "detcd: unknown command 'xyzzy' (`detcd` alone lists them)"],
  [["help", "reply"], "detcd: unknown command 'reply', did you mean \"replay\"?"],
  [["replay"], "detcd: replay what? e.g. `detcd replay leader-crash`"],
  [
    ["replay", "leader-crsh"],
    'detcd: there is no scenario "leader-crsh", did you mean "leader-crash"?',
  ],
  [
    ["replay", "xyzzy"],
    'detcd: there is no scenario "xyzzy" (`detcd scenarios` lists the library)',
  ],
  [["replay", "no/leader-crash.yaml"], "detcd: no/leader-crash.yaml: there is no such file"],
  [
    ["replay", "leader-crash", "--seed", "x"],
    "a seed is a whole number from 0 to 9007199254740991.",
  ],
  [["replay", "leader-crash", "--seed", "9007199254740992"], "from 0 to 9007199254740991."],
  [["replay", "leader-crash", "--until", "3"], "a duration needs a unit"],
  [["replay", "leader-crash", "--speed", "0"], "a speed is a number above 0"],
  [
    ["replay", "leader-crash", "--sede", "3"],
    "detcd: unknown option '--sede', did you mean \"--seed\"?",
  ],
  [
    ["replay", "leader-crash", "--trace", "no/such/folder.ndjson"],
    "detcd: --trace no/such/folder.ndjson: it can't be written: there is no such folder",
  ],
  [["replay", "run.ndjson", "--seed", "3"], "run.ndjson: --seed is for a run, and this one is"],
  [["replay", "run.ndjson", "--trace", "b.ndjson"], "run.ndjson: --trace is for a run"],
];

describe("bad input", () => {
  test.each(BAD)("%j: one line, exit code 2", async (args, text) => {
    const { code, out, error } = await detcd(args);
    expect(error).toContain(text);
    expect(error.trim().split("\n")).toHaveLength(1);
    expect(out).toBe("");
    expect(code).toBe(2);
  });

  test("in a scenario: a line for each problem", async () => {
    const name = file("bad.yaml", FAILING.replace("term at least 99", "term at last 99"));
    const { code, error } = await detcd(["replay", name]);
    expect(code).toBe(2);
    expect(error).toBe(
      'bad.yaml:9:5 unknown expectation "term at last 99", did you mean "term at least 99"?\n',
    );
  });

  test("that is no text at all is cut short", async () => {
    const name = file("noise.yaml", "[{]:&*\u0000}\n".repeat(500));
    const { code, error } = await detcd(["replay", name]);
    expect(code).toBe(2);
    expect(error.split("\n").length).toBeLessThan(25);
  });

  test("in DETCD_SEED is told apart from the command line", async () => {
    const { code, error } = await detcd(["replay", "leader-crash"], { DETCD_SEED: "abc" });
    expect(code).toBe(2);
    expect(error).toContain('DETCD_SEED is "abc"');
  });

  test("leaves nothing behind", () => {
    expect(existsSync(join(FOLDER, "detcd-failures", "bad.yaml"))).toBe(false);
  });
});

describe("detcd", () => {
  test("alone lists the commands and a first thing to try", async () => {
    const { code, out } = await detcd([]);
    expect(code).toBe(0);
    for (const word of ["replay", "scenarios", "conformance", "detcd replay leader-crash"]) {
      expect(out).toContain(word);
    }
  });

  test("scenarios lists the library", async () => {
    const { code, out } = await detcd(["scenarios"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}leader-crash +The leader crashes/m);
    const library = JSON.parse((await detcd(["scenarios", "--json"])).out);
    expect(library.length).toBeGreaterThanOrEqual(17);
    expect(library[0]).toEqual({
      name: expect.any(String),
      title: expect.any(String),
      teaches: expect.any(String),
      file: expect.stringMatching(/\.yaml$/),
    });
  });

  test("--version is the package's", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(await detcd(["--version"])).toEqual({ code: 0, out: `${version}\n`, error: "" });
  });
});

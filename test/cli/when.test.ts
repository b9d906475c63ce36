import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { plot } from "../../src/cli/when/plot.ts";
import { LOST_WITH_POWER } from "../fuzz/lost-with-power.ts";
import { runIn } from "./detcd-in.ts";

const cwd = mkdtempSync(join(tmpdir(), "detcd-when-"));
afterAll(() => rmSync(cwd, { recursive: true }));
writeFileSync(join(cwd, "failure.yaml"), LOST_WITH_POWER);
writeFileSync(join(cwd, "trace.ndjson"), '{"detcd":"trace"}\n');
writeFileSync(
  join(cwd, "expects.yaml"),
  `
name: expects
title: ""
teaches: What holds nothing that it expects.
seed: 1
cluster: { members: 3 }
steps:
  - when: leader elected
expect:
  - term at least 90
`,
);

const detcd = (...argv: string[]) => runIn(cwd, argv, { clock: () => 0 });

const FEW = ["--invariant", "acknowledged-writes", "--runs", "12", "--workers", "1"];

test("says when the failure became inevitable, and what happened then, on one screen", async () => {
  const { code, out, error } = await detcd("when", "failure.yaml", ...FEW, "--moments", "18");
  expect(error).toBe("");
  expect(code).toBe(0);
  expect(out).toMatch(/^failure\.yaml: acknowledged-writes: put a=1, acknowledged at .* is gone/);
  expect(out).toMatch(/^inevitable at 4s \(p 0\.\d\d -> 1\.00 within 3\.\d+s…4s\)$/m);
  expect(out).toMatch(/^ {3}4\.000s {2}m1 {2}crashes: /m);
  expect(out).toContain(
    "18 moments, 12 continuations each · seed 1 · 216 runs in 0.0 s by 1 worker",
  );
  const lines = out.trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(30);
  for (const line of lines.slice(1)) expect(line.length).toBeLessThanOrEqual(130);
});

test("the report is the same for the same seed, and another for another", async () => {
  const report = async (...more: string[]) => {
    const { code, out } = await detcd("when", "failure.yaml", ...FEW, "--json", ...more);
    expect(code).toBe(0);
    return JSON.parse(out);
  };
  const one = await report("--moments", "3");
  expect(one).toMatchObject({
    detcd: "when-report",
    version: 1,
    name: "lost-with-power",
    invariant: "acknowledged-writes",
    settings: { seed: 1, runs: 12, moments: 3 },
    ran: 36,
    stopped: false,
  });
  expect(one.moments.length).toBe(3);
  expect(await report("--moments", "3")).toEqual(one);
  expect(await report("--moments", "3", "--seed", "2")).not.toEqual(one);
});

test("a run that breaks no invariant fails by what it expects", async () => {
  const { code, out } = await detcd("when", "expects.yaml", "--runs", "2", "--moments", "2");
  expect(out).toContain("expects.yaml: does not hold what it expects");
  expect(out).toContain("inevitable from the beginning");
  expect(code).toBe(0);
});

test("time that is up is said", async () => {
  const { code, out } = await detcd("when", "failure.yaml", ...FEW, "--time", "0s");
  expect(out).toContain("time was up before anything was known, see --time");
  expect(code).toBe(0);
});

describe("bad input is exit code 2, and a sentence", () => {
  const rows: readonly (readonly [what: string, argv: readonly string[], says: RegExp])[] = [
    [
      "a run that holds",
      ["leader-crash"],
      /leader-crash.*: it holds with seed 1: there is no fail/,
    ],
    ["nothing", [], /detcd: which failure\? e\.g\. `detcd when my-failure\.yaml`/],
    ["a trace", ["trace.ndjson"], /trace\.ndjson: a recorded trace can't go on otherwise/],
    ["no such file", ["failre.yaml"], /failre\.yaml: there is no such file/],
    [
      "an invariant that it does not break",
      ["failure.yaml", "--invariant", "runaway"],
      /failure\.yaml: it does not break runaway, but .*acknowledged-writes/,
    ],
    [
      "an invariant that nobody knows",
      ["failure.yaml", "--invariant", "linearisable"],
      /there is no invariant "linearisable".*"linearizable"/,
    ],
    [
      "one moment",
      ["failure.yaml", "--moments", "1"],
      /a number of moments is a whole number from 2 to/,
    ],
    [
      "no continuations",
      ["failure.yaml", "--runs", "0"],
      /a number of continuations is a whole number from 1 to/,
    ],
  ];
  test.each(rows)("%s", async (_, argv, says) => {
    const { code, out, error } = await detcd("when", ...argv);
    expect(error).toMatch(says);
    expect(out).toBe("");
    expect(code).toBe(2);
  });
});

test("a plot holds each moment's probability until the next", () => {
  const at = (seconds: number, probability: number) => ({
    at: seconds * 1_000_000,
    failed: 0,
    probability,
  });
  const rows = plot([at(0, 0.25), at(4, 1), at(8, 0.5)], 8_000_000);
  expect(rows).toMatchInlineSnapshot(`
    [
      "  1.00 │                                   ████████████████████████████████████",
      "       │                                   ████████████████████████████████████",
      "       │                                   ████████████████████████████████████",
      "  0.50 │                                   █████████████████████████████████████",
      "       │▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄█████████████████████████████████████",
      "       │████████████████████████████████████████████████████████████████████████",
      "  0.00 └┴──────────────────────────────────┴───────────────────────────────────┴",
      "        0s                                                                8.000s",
    ]
  `);
});

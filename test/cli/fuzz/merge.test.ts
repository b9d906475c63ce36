import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { CampaignReport } from "../../../src/fuzz/report.ts";
import { detcdIn } from "../detcd-in.ts";

const { cwd, detcd } = detcdIn("merge");
const CAMPAIGN = ["--profile", "quick", "--seed", "5", "--runs", "40", "--workers", "1"];
const read = (file: string): string => readFileSync(join(cwd, file), "utf8");
const report = (file: string): CampaignReport => JSON.parse(read(file));

/** A folder with the report of shard 1/4 of the campaign, changed. */
function changed(name: string, change: (report: Record<string, unknown>) => unknown): string {
  mkdirSync(join(cwd, name), { recursive: true });
  const value = change(JSON.parse(read("four/report-1-of-4.json")));
  writeFileSync(join(cwd, name, "report-1-of-4.json"), JSON.stringify(value));
  return name;
}

beforeAll(async () => {
  await detcd(["fuzz", ...CAMPAIGN, "--out", "whole"]);
  for (const index of [1, 2, 3, 4]) {
    await detcd(["fuzz", ...CAMPAIGN, "--shard", `${index}/4`, "--out", "four"]);
  }
  for (let index = 0; index < 16; index++) {
    const env = { JOB_COMPLETION_INDEX: String(index), DETCD_SHARDS: "16" };
    await detcd(["fuzz", ...CAMPAIGN, "--out", "sixteen"], env);
  }
});

describe("the merged report is that of the whole, byte for byte", () => {
  test.each([
    ["four", 4],
    ["sixteen", 16],
  ])("%s shards", async (folder, shards) => {
    expect(readdirSync(join(cwd, folder))).toHaveLength(shards);
    const { code, out } = await detcd(["fuzz", "merge", folder, "--out", `${folder}-merged`]);
    expect(out).toMatch(/^nothing is violated · profile quick · seed 5 · merged\n/);
    expect(out).toContain(`40 cases of ${shards} reports; `);
    expect(code).toBe(0);
    expect(read(`${folder}-merged/report.json`)).toBe(read("whole/report.json"));
  });

  test("files in any order, as JSON", async () => {
    const files = [3, 1, 4, 2].map((index) => `four/report-${index}-of-4.json`);
    const { out } = await detcd(["fuzz", "merge", ...files, "--json"]);
    const { explained, difference, missing, interrupted, shard, verified, ...merged } =
      JSON.parse(out);
    expect(merged).toEqual(report("whole/report.json"));
    expect([explained, difference, missing, interrupted, shard, verified]).toEqual([
      [],
      null,
      [],
      false,
      null,
      false,
    ]);
  });
});

describe("failures", () => {
  // A quarter of the cases find it, whatever is drawn.
  const runs = ["--runs", "24", "--max-failures", "24", "--workers", "1"];
  const broken = [...CAMPAIGN.slice(0, 4), ...runs, "--bug", "R3"];
  const quick = ["--shrink-time", "0s"];

  test("are explained as the campaign does", async () => {
    const whole = await detcd(["fuzz", ...broken, ...quick, "--out", "broken-whole"]);
    for (const index of [1, 2]) {
      await detcd(["fuzz", ...broken, ...quick, "--shard", `${index}/2`, "--out", "broken"]);
    }
    const merged = await detcd(["fuzz", "merge", "broken", ...quick, "--out", "broken-merged"]);
    expect([whole.code, merged.code]).toEqual([1, 1]);
    const explained = (out: string) => out.replace(/^[^✗]*/, "").replace(/broken-\w+/g, "");
    expect(explained(merged.out)).toBe(explained(whole.out));
    expect(explained(merged.out)).toContain("replay: detcd replay ");
    expect(readdirSync(join(cwd, "broken-merged"))).toEqual(readdirSync(join(cwd, "broken-whole")));
  });

  test("are only named with --no-explain", async () => {
    const { code, out } = await detcd(["fuzz", "merge", "broken", "--no-explain"]);
    expect(code).toBe(1);
    expect(out).toMatch(/✗ case \d+: [\w-]+: /);
    expect(out).toMatch(/detcd fuzz --profile quick --seed 5 --bug R3 --case \d+\n$/);
    expect(out).not.toContain("shrunk");
  });

  test("that do not happen here are said, and are failures nonetheless", async () => {
    const folder = changed("elsewhere", (value) => ({
      ...value,
      failures: [{ case: 3, invariant: "vote-once", text: "somebody voted twice" }],
    }));
    const { code, out, error } = await detcd(["fuzz", "merge", folder]);
    expect(code).toBe(1);
    expect(out).toContain("✗ case 3: vote-once: somebody voted twice");
    expect(error).toContain("case 3 failed, and does not fail here: was the report written by");
  });
});

describe("what is missing is said", () => {
  test("a shard: exit code 2, or 0 for who is content", async () => {
    mkdirSync(join(cwd, "three"));
    for (const index of [1, 2, 4]) {
      copyFileSync(
        join(cwd, `four/report-${index}-of-4.json`),
        join(cwd, `three/report-${index}-of-4.json`),
      );
    }
    const { code, out } = await detcd(["fuzz", "merge", "three"]);
    expect(out).toMatch(/^nothing is violated in what is there · /);
    expect(out).toContain("missing: 1 shard of 4: 3 (run it again)\n");
    expect(out).toContain("missing: 10 cases of 40: 20–29\n");
    expect(code).toBe(2);
    expect((await detcd(["fuzz", "merge", "three", "--partial"])).code).toBe(0);
  });

  test("cases of a shard that ended early", async () => {
    const folder = changed("early", (value) => ({ ...value, cases: [[0, 4]], ran: 5 }));
    const rest = [2, 3, 4].map((index) => `four/report-${index}-of-4.json`);
    const { code, out } = await detcd(["fuzz", "merge", folder, ...rest]);
    expect(out).toContain("missing: 5 cases of 40: 5–9\n");
    expect(out).not.toContain("shard");
    expect(code).toBe(2);
  });
});

describe("bad files are refused, with a remedy", () => {
  const refused = async (...argv: string[]): Promise<string> => {
    const { code, out, error } = await detcd(["fuzz", "merge", ...argv]);
    expect([code, out]).toEqual([2, ""]);
    expect(error).toMatch(/^detcd: /);
    return error;
  };
  const file = (name: string, text: string): string => {
    writeFileSync(join(cwd, name), text);
    return name;
  };

  test("no folder, no report in it, no JSON, half a file", async () => {
    mkdirSync(join(cwd, "empty"));
    expect(await refused("nowhere")).toContain("nowhere: there is no such file");
    expect(await refused("empty")).toContain("empty: there is no report*.json in this folder");
    expect(await refused(file("none.json", ""))).toContain("none.json: the file is empty: run its");
    expect(await refused(file("half.json", read("whole/report.json").slice(0, 300)))).toContain(
      "half.json: the file is no JSON, or not all of it: run its shard again",
    );
  });

  test("somebody else's JSON, another version, another shape", async () => {
    expect(await refused(file("other.json", '{"detcd":"trace"}'))).toContain("this is no report");
    expect(await refused(file("null.json", "null"))).toContain("this is no report");
    expect(await refused(changed("v2", (value) => ({ ...value, version: 2 })))).toContain(
      "the report has version 2, this detcd reads version 1: merge with the detcd that wrote it",
    );
    expect(await refused(changed("shape", (value) => ({ ...value, events: -1 })))).toMatch(
      /shape\/report-1-of-4.json: at events: .*another version/,
    );
    expect(await refused(changed("more", (value) => ({ ...value, more: 1 })))).toMatch(/"more"/);
    expect(
      await refused(
        changed("profile", (value) => ({ ...value, settings: { profile: "x", seed: 5 } })),
      ),
    ).toContain('there is no profile "x"');
  });

  test("what can't be true", async () => {
    expect(await refused(changed("sum", (value) => ({ ...value, ran: 11 })))).toContain(
      "it says 11 cases, and lists 10: run its shard again",
    );
    expect(
      await refused(
        changed("order", (value) => ({
          ...value,
          cases: [
            [5, 9],
            [0, 4],
          ],
        })),
      ),
    ).toContain("its cases are not in order at 0");
    expect(
      await refused(changed("beyond", (value) => ({ ...value, cases: [[35, 44]] }))),
    ).toContain("it has case 44, but the campaign has 40");
    const failures = [{ case: 30, invariant: "panic", text: "x" }];
    expect(await refused(changed("stray", (value) => ({ ...value, failures })))).toContain(
      "case 30 failed, but is not among its cases",
    );
  });

  test("a case twice, and other campaigns", async () => {
    expect(await refused("four", "sixteen")).toMatch(
      /case 0 is in (four|sixteen)\/report-1-of-\d+.json, too: take one of them away/,
    );
    expect(await refused("four", "whole")).toContain("was it merged already");
    const settings = { profile: "quick", seed: 6, runs: 40 };
    expect(
      await refused(
        "four",
        changed("seed", (value) => ({ ...value, settings })),
      ),
    ).toContain(
      "seed/report-1-of-4.json: this is of another campaign than four/report-1-of-4.json: " +
        "profile quick · seed 6 · 40 runs, and profile quick · seed 5 · 40 runs there",
    );
  });

  test("options that say nothing to anybody", async () => {
    expect(await refused("four", "--json", "--reporter", "junit")).toContain("take one");
    expect(await refused("four", "--out", "./four")).toContain("name another folder");
    const { code, error } = await detcd(["fuzz", "--seed", "1", "merge", "four"]);
    expect([code, error]).toEqual([
      2,
      "detcd: --seed stands before merge, but what is for merge stands behind it\n",
    ]);
  });
});

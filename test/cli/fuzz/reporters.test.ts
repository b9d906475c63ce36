import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Outcome } from "../../../src/cli/fuzz/outcome.ts";
import { summaryLines } from "../../../src/cli/fuzz/reporters/github.ts";
import { suiteOf as fuzzSuite } from "../../../src/cli/fuzz/reporters/suite.ts";
import { reportLines } from "../../../src/cli/fuzz/reporters/text.ts";
import { command } from "../../../src/cli/reporters/github.ts";
import { junitXml } from "../../../src/cli/reporters/junit.ts";
import { Tally } from "../../../src/fuzz/report.ts";
import { INVARIANT_NAMES } from "../../../src/scenario/run/checkers.ts";
import { detcdIn } from "../detcd-in.ts";
import { type Element, parseXml } from "../xml.ts";

const { cwd, detcd } = detcdIn("reporters");
const SETTINGS = { profile: "quick", seed: 5 };
// A quarter of the cases find it, whatever is drawn.
const UNTIL = ["--runs", "60", "--max-failures", "1", "--bug", "R3", "--shrink-time", "0s"];
const FAILING = ["--profile", "quick", "--seed", "3", "--workers", "1", ...UNTIL];

/** An outcome with one failure of this text. */
function outcomeWith(text: string): Outcome {
  const report = {
    ...new Tally(SETTINGS).report(),
    ran: 2,
    cases: [[0, 1]] as const,
    failures: [{ case: 1, invariant: "vote-once", text }],
  };
  return {
    report,
    file: null,
    ran: { ms: 1234, workers: 1 },
    merged: 0,
    sharding: null,
    interrupted: false,
    difference: null,
    verified: false,
    missing: [],
  };
}

test("one of a kind is one", () => {
  const { report, ...outcome } = outcomeWith("x");
  const one = { ...report, ran: 1, events: 1, faults: { crash: 1 }, failures: [] };
  const text = reportLines({ ...outcome, report: one }, false).join("\n");
  expect(text).toMatch(/^1 case in 1\.2 s by 1 worker, .*; 1 event, /m);
  expect(text).toContain("\n1 fault: crash 1\n");
});

describe("GitHub", () => {
  test("a command is one line, and its properties end where they should", () => {
    expect(command("error", { title: "a: b, 100%" }, "50%\r\nnext: x, y")).toBe(
      "::error title=a%3A b%2C 100%25::50%25%0D%0Anext: x, y\n",
    );
    expect(command("endgroup", {}, "")).toBe("::endgroup::\n");
  });

  test("a campaign that fails: groups, an error an invariant, a summary", async () => {
    const { code, out } = await detcd(["fuzz", ...FAILING, "--reporter", "github"], {
      GITHUB_STEP_SUMMARY: join(cwd, "summary.md"),
    });
    expect(code).toBe(1);
    const lines = out.split("\n");
    const commands = lines.filter((line) => line.startsWith("::"));
    const names = commands.map((line) => /^::(\w+)/.exec(line)?.[1]);
    const errors = names.filter((name) => name === "error").length;
    expect(errors).toBeGreaterThan(0);
    const grouping = names.filter((name) => name?.endsWith("group"));
    expect(grouping.length).toBeGreaterThanOrEqual(2 * (1 + errors));
    for (const [i, name] of grouping.entries()) expect(name).toBe(i % 2 ? "endgroup" : "group");
    expect(commands[0]).toMatch(/^::group::\d+ FAILED · profile quick · seed 3 · with R3$/);
    expect(out).toMatch(
      /^::error title=detcd%3A ([\w-]+)%2C case \d+::\1: .*%0Areplay: detcd replay /m,
    );
    expect(out).toMatch(/^::warning title=detcd%3A never reached::.*alarms raised/m);
    expect(out).toMatch(/^::notice title=detcd fuzz::\d+ FAILED .*%0A\d+ cases? in /m);
    const summary = readFileSync(join(cwd, "summary.md"), "utf8");
    expect(summary).toMatch(/^### detcd fuzz: \d+ FAILED/);
    expect(summary).toMatch(/^\| \d+ \| [\w-]+ \| .* \| detcd-failures\/.*yaml \|$/m);
  });

  test("a summary keeps its table and its page, whatever a failure says", () => {
    const summary = summaryLines(outcomeWith("a | b\n<script>`x`</script>"), []).join("\n");
    expect(summary).toContain(
      "| 1 | vote-once | a \\| b &lt;script&gt;\\`x\\`&lt;/script&gt; |  |",
    );
    expect(summary).not.toContain("<script>");
  });

  test("a summary that can't be written is said, and is no failure", async () => {
    const { code, error } = await detcd(
      [
        "fuzz",
        "--profile",
        "quick",
        "--seed",
        "5",
        "--runs",
        "1",
        "--workers",
        "1",
        "--reporter",
        "github",
      ],
      { GITHUB_STEP_SUMMARY: join(cwd, "no/such/summary.md") },
    );
    expect(error).toBe("GITHUB_STEP_SUMMARY: it can't be written: there is no such folder\n");
    expect(code).toBe(0);
  });
});

describe("JUnit", () => {
  const suiteOf = (xml: string): Element => {
    const root = parseXml(xml);
    expect(root.name).toBe("testsuites");
    const [suite] = root.children;
    expect(suite?.name).toBe("testsuite");
    return suite as Element;
  };
  const casesOf = (suite: Element) => suite.children.filter(({ name }) => name === "testcase");

  test("one test case an invariant, the broken one with its failure", () => {
    const suite = suiteOf(junitXml(fuzzSuite(outcomeWith("voted for 2 & 3"), [])));
    const cases = casesOf(suite);
    expect(cases.map(({ attributes }) => attributes["name"])).toEqual([
      ...INVARIANT_NAMES,
      "campaign",
    ]);
    const { tests, failures, errors, time } = suite.attributes;
    expect([tests, failures, errors, time]).toEqual([String(cases.length), "1", "0", "1.234"]);
    const failed = cases.filter(({ children }) => children.length > 0);
    expect(failed.map(({ attributes }) => attributes["name"])).toEqual(["vote-once"]);
    const [failure] = failed[0]?.children ?? [];
    expect(failure?.attributes).toEqual({ type: "vote-once", message: "voted for 2 & 3" });
    expect(failure?.text).toBe(
      "case 1: voted for 2 & 3\ndetcd fuzz --profile quick --seed 5 --case 1",
    );
  });

  test("what XML can't hold is replaced, what it holds is escaped", () => {
    const text = `<a b="c">&amp;]]>\u0000\u001B[31m\uD800\uFFFF\r\n\t'é'😀`;
    const suite = suiteOf(junitXml(fuzzSuite(outcomeWith(text), [])));
    const [failure] = casesOf(suite).find(({ children }) => children.length > 0)?.children ?? [];
    const held = `<a b="c">&amp;]]>\uFFFD\uFFFD[31m\uFFFD\uFFFD\r\n\t'é'😀`;
    expect(failure?.attributes["message"]).toBe(held);
    expect(failure?.text).toContain(held);
  });

  test("what is missing of a campaign is its error", () => {
    const outcome = { ...outcomeWith("x"), missing: ["1 shard of 4: 3"] };
    const suite = suiteOf(junitXml(fuzzSuite(outcome, [])));
    expect(suite.attributes["errors"]).toBe("1");
    expect(casesOf(suite).at(-1)?.children[0]?.text).toBe("missing: 1 shard of 4: 3");
  });

  test("into --out, with the text on the output; or on the output alone", async () => {
    const small = ["fuzz", "--profile", "quick", "--seed", "5", "--runs", "2", "--workers", "1"];
    const file = await detcd([...small, "--reporter", "junit", "--shard", "2/2", "--out", "j"]);
    expect(file.out).toMatch(/^nothing is violated · .* · shard 2\/2 \(--shard\)\n/);
    suiteOf(readFileSync(join(cwd, "j/junit-2-of-2.xml"), "utf8"));
    const { out } = await detcd([...small, "--reporter", "junit"]);
    suiteOf(out);
  });
});

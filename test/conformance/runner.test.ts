import { describe, expect, test } from "vitest";
import { familyOf } from "../../src/conformance/family.ts";
import { rewriteFile, runConformance, runFile } from "../../src/conformance/runner.ts";
import { sameOutput } from "../../src/conformance/same-output.ts";
import { parseScript } from "../../src/conformance/script.ts";

/** Runs the text of an interaction file and gives the outputs, command by command. */
function outputs(text: string): string[] {
  const result = rewriteFile({ path: "interaction/x.txt", text });
  expect(result.report.badInput).toBeUndefined();
  return parseScript(result.text).directives.map(({ expected }) => expected);
}

describe("a file's family", () => {
  test.each([
    ["a/interaction/x.txt", "simple", "interaction"],
    ["a/quorum/x.txt", "campaign", "quorum"],
    ["quorum/testdata/x.txt", "campaign", "quorum"],
    ["quorum/more/x.txt", "campaign", "interaction"],
    ["confchange/x.txt", "campaign", "confchange"],
    ["x.txt", "vote", "quorum"],
    ["x.txt", "committed", "quorum"],
    ["x.txt", "leave-joint", "confchange"],
    ["x.txt", "add-nodes", "interaction"],
    ["x.txt", "whatever", "interaction"],
  ])("of %s with a command %s is %s", (path, command, family) => {
    expect(familyOf(path, parseScript(`${command}\n----\n`).directives)).toBe(family);
  });
});

describe("an indented line", () => {
  // What the original prints: its bufio.Scanner takes lines below 64 KiB and gives up at others.
  const indented = (data: string) => {
    const setUp = ["add-nodes 1 voters=1 index=10", "campaign 1", "stabilize log-level=none"];
    const script = [...setUp, `propose 1 ${data}`, "process-ready 1 1"];
    return outputs(script.map((command) => `${command}\n----\n\n`).join("")).pop() as string;
  };

  test.each([
    ["x", 65_516],
    ["日", 21_838],
  ])("of %s is cut where it reaches 64 KiB, and all that follows it", (char, length) => {
    const fits = indented(char.repeat(length));
    expect(fits).toContain(`  1/12 EntryNormal "${char.repeat(length)}"\n`);
    const lines = [
      "> 1 handling Ready\n  Ready MustSync=true:\n  Entries:\n",
      "> 1 handling Ready\n  Ready MustSync=false:\n",
      "  HardState Term:1 Vote:1 Commit:12\n  CommittedEntries:\n",
    ];
    expect(indented(char.repeat(length + 1))).toBe(lines.join(""));
  });
});

describe("a run", () => {
  test("compares byte for byte, but for the spaces that Go's protobuf sets by chance", () => {
    const line = (gap: string) =>
      `WARN 3 attempted to restore snapshot but it is not in the ConfState voters:1${gap}` +
      `learners:2${gap}auto_leave:false; should never happen\n`;
    expect(sameOutput(line("  "), line(" "))).toBe(true);
    expect(sameOutput(`> 3\n${line("  ")}ok\n`, `> 3\n${line(" ")}ok\n`)).toBe(true);
    expect(sameOutput(`> 3\n${line("  ")}ok\n`, `>  3\n${line(" ")}ok\n`)).toBe(false);
    expect(sameOutput(line("  "), line(" ").replace("voters:1", "voters:2"))).toBe(false);
    const report = runFile({ path: "quorum/a.txt", text: "vote\n----\nVote  Won\n" });
    expect(report.failedAt).toBeDefined();
  });

  test("stops at a file's first difference and goes on with the next file", () => {
    const report = runConformance([
      { path: "quorum/a.txt", text: "vote cfg=(1) votes=(y)\n----\nVoteWon\n" },
      {
        path: "quorum/b.txt",
        text: "vote cfg=(1) votes=(y)\n----\nVoteWon\n\nvote cfg=(1) votes=(n)\n----\nVoteWon\n\nvote\n----\nx\n",
      },
    ]);
    expect(report.totals).toEqual({ files: 2, filesPassed: 1, commands: 4, commandsPassed: 2 });
    expect(report.files[1]?.failedAt).toMatchObject({ line: 5, command: "vote" });
    expect(report.files[1]?.failedAt?.diff).toContain("  + VoteLost\n");
  });

  test("tells bad input from a difference, with line and remedy", () => {
    const report = runFile({ path: "quorum/a.txt", text: "# c\nvote cfg=(x)\n----\n" });
    expect(report.failedAt).toBeUndefined();
    expect(report.badInput).toEqual({
      line: 2,
      message: 'vote: strconv.ParseUint: parsing "x": invalid syntax',
      remedy: 'correct the arguments or the input of "vote"',
    });
  });

  test("refuses groups and quorums that it would never be done with", () => {
    const add = (count: number) => `add-nodes ${count} voters=(1,2,3) index=2\n----\n\n`;
    const nodes = runFile({ path: "interaction/a.txt", text: add(99_999_999) });
    expect(nodes.badInput?.message).toBe("add-nodes: a group has at most 100 nodes here");
    const little = rewriteFile({ path: "interaction/a.txt", text: add(99) + add(2) });
    expect(little.report.badInput?.line).toBe(4);
    const voters = Array.from({ length: 201 }, (_, i) => i + 1).join(",");
    const quorum = runFile({
      path: "quorum/a.txt",
      text: `vote cfg=(${voters}) votes=(y)\n----\n`,
    });
    expect(quorum.badInput?.message).toBe("vote: a quorum has at most 200 voters here");
  });

  test("gives a file that cannot be parsed back unchanged", () => {
    const text = "vote\n";
    const { report, text: after } = rewriteFile({ path: "quorum/a.txt", text });
    expect(report.badInput?.line).toBe(1);
    expect(after).toBe(text);
  });

  test("never fails on what a script says", () => {
    expect(outputs("nonsense\n----\n\n_breakpoint\n----\n\nlog-level loud\n----\n")).toEqual([
      "unknown command\n",
      "ok\n",
      "log levels must be either of [DEBUG INFO WARN ERROR FATAL NONE]\n",
    ]);
  });
});

describe("the quorum harness", () => {
  test.each([
    [
      "committed cfg=(1,2) idx=(1)",
      "error: mismatched input (explicit or _) for voters map[1:{} 2:{}]: [1]",
    ],
    ["committed", "<empty majority quorum>∞"],
    ["vote cfg=(1) cfgj=zero votes=(n)", "VoteLost"],
    ["vote", "VoteWon"],
  ])("%s is %s", (command, output) => {
    const { text } = rewriteFile({ path: "quorum/x.txt", text: `${command}\n----\n` });
    expect(text).toBe(`${command}\n----\n${output}\n`);
  });
});

describe("the conf change harness", () => {
  test.each([
    ["simple\nv", "unknown token v"],
    ["simple\nz1", "unknown input: z1"],
    ["simple\nr1", "removed all voters"],
    ["leave-joint\nv1", "this command takes no input"],
    ["nonsense", "unknown command"],
  ])("%j is %s", (command, output) => {
    const { text } = rewriteFile({ path: "confchange/x.txt", text: `${command}\n----\n` });
    expect(text).toBe(`${command}\n----\n${output}\n`);
  });
});

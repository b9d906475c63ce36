import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runIn } from "../cli/detcd-in.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "detcd-conformance-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Writes files below the folder. */
function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Runs the command, with the folder's name taken out of what it prints. */
async function conformance(path = "", ...options: string[]) {
  const { code, out, error } = await runIn(folder, ["conformance", join(folder, path), ...options]);
  return { code, out: out.replaceAll(folder, "."), error: error.replaceAll(folder, ".") };
}

const WON = "vote cfg=(1) votes=(y)\n----\nVoteWon\n";
const LOST = "# c\n\nvote cfg=(1) votes=(n)\n----\nVoteWon\n";

describe("detcd conformance", () => {
  test("runs all files below a folder, in order, but none that are no scripts", async () => {
    write({
      "quorum/b.txt": WON,
      "quorum/a": WON,
      "quorum/.hidden.txt": "vote\n",
      "quorum/c.txt~": "vote\n",
      "quorum/data.json": "{}",
      "README.md": "# no script",
    });
    expect(await conformance()).toEqual({
      code: 0,
      out: "pass   ./quorum/a  1 command\npass   ./quorum/b.txt  1 command\n2/2 files, 2/2 commands passed\n",
      error: "",
    });
  });

  test("shows where a file differs, and exits with 1", async () => {
    write({ "quorum/a.txt": LOST, "quorum/b.txt": WON });
    const { code, out, error } = await conformance();
    expect(code).toBe(1);
    expect(error).toBe("");
    expect(out).toBe(
      [
        "FAIL   ./quorum/a.txt  0 of 1 command",
        "./quorum/a.txt:3: vote (- expected, + actual)",
        "  - VoteWon",
        "  + VoteLost",
        `${" ".repeat(8)}^ column 5`,
        "pass   ./quorum/b.txt  1 command",
        "1/2 files, 1/2 commands passed",
        "",
      ].join("\n"),
    );
  });

  test("says what is wrong with a script, with file and line, and exits with 2", async () => {
    write({ "quorum/a.txt": "vote cfg=(1\n----\n", "quorum/b.txt": LOST });
    const { code, error } = await conformance();
    expect(code).toBe(2);
    expect(error).toBe(
      "./quorum/a.txt:1: cannot parse directive at column 10: vote cfg=(1\n" +
        "  write: command key key=value key=(value, value)\n",
    );
  });

  test.each([
    ["missing", "./missing: no such file or directory\n  give a folder or a file that exists\n"],
    [
      "empty",
      "./empty: no data-driven files in there\n" +
        "  give the folder of the data-driven files (*.txt), or one such file\n",
    ],
    ["latin1.txt", "./latin1.txt: this is not UTF-8 text\n  save the file as UTF-8\n"],
  ])("refuses %s with a remedy, and exits with 2", async (path, message) => {
    mkdirSync(join(folder, "empty"));
    writeFileSync(join(folder, "latin1.txt"), Uint8Array.from([0x63, 0xe9, 0x0a]));
    expect(await conformance(path)).toEqual({ code: 2, out: "", error: message });
  });

  test("refuses a file that cannot be read, by name, and exits with 2", async () => {
    symlinkSync(join(folder, "nowhere"), join(folder, "a.txt"));
    expect(await conformance()).toEqual({
      code: 2,
      out: "",
      error:
        "./a.txt: the file can't be read: there is no such file\n" +
        "  make the file readable, or take it out of the folder\n",
    });
  });

  test("rewrites files in place, except those that it cannot run", async () => {
    write({ "quorum/a.txt": LOST, "quorum/b.txt": "vote cfg=(x)\n----\n" });
    expect((await conformance("", "--rewrite")).code).toBe(2);
    expect(readFileSync(join(folder, "quorum/a.txt"), "utf8")).toBe(
      LOST.replace("VoteWon", "VoteLost"),
    );
    expect(readFileSync(join(folder, "quorum/b.txt"), "utf8")).toBe("vote cfg=(x)\n----\n");
    expect((await conformance("quorum/a.txt")).code).toBe(0);
  });

  test("prints one JSON report", async () => {
    write({ "quorum/a.txt": LOST, "quorum/b.txt": WON });
    const { code, out } = await conformance("", "--json");
    expect(code).toBe(1);
    const report = JSON.parse(out);
    expect(report).toMatchObject({
      ok: false,
      totals: { files: 2, filesPassed: 1, commands: 2, commandsPassed: 1 },
      files: [
        { family: "quorum", passed: 0, failedAt: { line: 3, command: "vote" } },
        { family: "quorum", passed: 1 },
      ],
    });
    expect(report.files[1].failedAt).toBeUndefined();
  });

  test("explains itself", async () => {
    const { out } = await runIn(folder, ["conformance", "--help"]);
    expect(out).toContain("--rewrite");
    expect(out).toContain("--json");
    // Nothing that only whoever wrote it has.
    expect(out).not.toContain("../");
  });

  test("of a checkout runs what lies below testdata, or looks like a script", async () => {
    write({
      "raft/testdata/interaction/a.txt": "log-level none\n----\nok\n",
      "raft/LICENSE": "Apache License\n",
      "raft/Makefile": "all:\n\tgo build\n",
      "raft/quorum/mine": WON,
      "raft/notes.txt": "remember the milk\n",
    });
    expect(await conformance()).toEqual({
      code: 0,
      out: [
        "pass   ./raft/quorum/mine  1 command",
        "pass   ./raft/testdata/interaction/a.txt  1 command",
        "2/2 files, 2/2 commands passed\n",
      ].join("\n"),
      error: "",
    });
  });

  test("a script below testdata is one, whatever it lacks", async () => {
    write({ "testdata/quorum/a.txt": "vote cfg=(1)\n" });
    const { code, error } = await conformance();
    expect(code).toBe(2);
    expect(error).toContain('./testdata/quorum/a.txt:1: "vote" has no "----" line');
  });

  test("a file without a command is the wrong file", async () => {
    write({ "empty.txt": "", "comment.txt": "# nothing\n" });
    for (const name of ["empty.txt", "comment.txt"]) {
      expect(await conformance(name)).toEqual({
        code: 2,
        out: "0/1 files, 0/0 commands passed\n",
        error: `./${name}:1: there is no command in this file\n  write a command, a line "----" and what it should print, or take the file away\n`,
      });
    }
  });
});

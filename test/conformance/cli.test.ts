import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ConformanceOptions, conformanceCommand, run } from "../../src/cli/conformance.ts";

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
function conformance(path = "", options: ConformanceOptions = {}) {
  let out = "";
  let error = "";
  const code = run(join(folder, path), options, {
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
  });
  return { code, out: out.replaceAll(folder, "."), error: error.replaceAll(folder, ".") };
}

const WON = "vote cfg=(1) votes=(y)\n----\nVoteWon\n";
const LOST = "# c\n\nvote cfg=(1) votes=(n)\n----\nVoteWon\n";

describe("detcd conformance", () => {
  test("runs all files below a folder, in order, but none that are no scripts", () => {
    write({
      "quorum/b.txt": WON,
      "quorum/a": WON,
      "quorum/.hidden.txt": "vote\n",
      "quorum/c.txt~": "vote\n",
      "quorum/data.json": "{}",
      "README.md": "# no script",
    });
    expect(conformance()).toEqual({
      code: 0,
      out: "pass   ./quorum/a  1 command\npass   ./quorum/b.txt  1 command\n2/2 files, 2/2 commands passed\n",
      error: "",
    });
  });

  test("shows where a file differs, and exits with 1", () => {
    write({ "quorum/a.txt": LOST, "quorum/b.txt": WON });
    const { code, out, error } = conformance();
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

  test("says what is wrong with a script, with file and line, and exits with 2", () => {
    write({ "quorum/a.txt": "vote cfg=(1\n----\n", "quorum/b.txt": LOST });
    const { code, error } = conformance();
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
  ])("refuses %s with a remedy, and exits with 2", (path, message) => {
    mkdirSync(join(folder, "empty"));
    writeFileSync(join(folder, "latin1.txt"), Uint8Array.from([0x63, 0xe9, 0x0a]));
    expect(conformance(path)).toEqual({ code: 2, out: "", error: message });
  });

  test("refuses a file that cannot be read, by name, and exits with 2", () => {
    symlinkSync(join(folder, "nowhere"), join(folder, "a.txt"));
    expect(conformance()).toEqual({
      code: 2,
      out: "",
      error:
        "./a.txt: the file can't be read: there is no such file\n" +
        "  make the file readable, or take it out of the folder\n",
    });
  });

  test("rewrites files in place, except those that it cannot run", () => {
    write({ "quorum/a.txt": LOST, "quorum/b.txt": "vote cfg=(x)\n----\n" });
    expect(conformance("", { rewrite: true }).code).toBe(2);
    expect(readFileSync(join(folder, "quorum/a.txt"), "utf8")).toBe(
      LOST.replace("VoteWon", "VoteLost"),
    );
    expect(readFileSync(join(folder, "quorum/b.txt"), "utf8")).toBe("vote cfg=(x)\n----\n");
    expect(conformance("quorum/a.txt").code).toBe(0);
  });

  test("prints one JSON report", () => {
    write({ "quorum/a.txt": LOST, "quorum/b.txt": WON });
    const { code, out } = conformance("", { json: true });
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

  test("explains itself", () => {
    const help = conformanceCommand().helpInformation();
    expect(help).toContain("--rewrite");
    expect(help).toContain("--json");
  });
});

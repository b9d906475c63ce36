import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { against, inTurn } from "../../bench/against.ts";
import { checkOut, commitOf } from "../../bench/checkout.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const folder = realpathSync(mkdtempSync(join(tmpdir(), "detcd-against-")));
const repository = join(folder, "repository");
const temporary = join(folder, "temporary");
mkdirSync(repository);
mkdirSync(temporary);
/** What is checked out lies here, apart from what others do on this machine at the same time. */
const { TMPDIR } = process.env;
process.env["TMPDIR"] = temporary;
afterAll(() => {
  if (TMPDIR === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = TMPDIR;
  rmSync(folder, { recursive: true });
});

const git = (...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@x", ...args], {
    ...{ cwd: repository, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
  });

function commit(files: Record<string, string>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, file)), { recursive: true });
    writeFileSync(join(repository, file), text);
  }
  git("add", "--all");
  git("commit", "--message", "x");
}

/** A bench that says which folder and which words it was called with, by a figure's name. */
const bench = (value: number): string => `
  const name = process.argv.slice(2).join(" ");
  const figure = { name, unit: "puts", measure: "per second", median: ${value} };
  console.log(JSON.stringify({ results: [figure] }));`;

git("init", "--quiet");
symlinkSync(join(ROOT, "node_modules"), join(repository, "node_modules"));
const lock = (version: number) =>
  JSON.stringify({ name: "x", version: "1.0.0", lockfileVersion: version, packages: { "": {} } });
const packages = {
  ".gitignore": "node_modules",
  "package.json": '{ "name": "x", "version": "1.0.0", "type": "module" }',
};
commit({ ...packages, "package-lock.json": lock(2), "bench/main.ts": bench(1) });
commit({ "package-lock.json": lock(3), "bench/main.ts": bench(100) });
commit({ "bench/main.ts": 'throw new Error("broken");' });
commit({ "bench/main.ts": bench(50) });
writeFileSync(join(repository, "bench/main.ts"), bench(300));

const worktrees = (): string[] =>
  git("worktree", "list", "--porcelain")
    .split("\n")
    .filter((line) => line.startsWith("worktree "));
const left = (): string[] => readdirSync(temporary).filter((name) => name.startsWith("detcd-"));

const run = (revision: string, signal = new AbortController().signal) =>
  against({
    ...{ root: repository, revision, rounds: 1, words: ["a b", "c"], signal },
    onRun() {},
  });

describe("a comparison with another revision", () => {
  test("runs both in turn", async () => {
    const runs: string[] = [];
    const rounds = await inTurn(3, async (side, round) => {
      runs.push(`${side} ${round}`);
      return [];
    });
    expect(runs).toEqual(["here 1", "there 1", "here 2", "there 2", "here 3", "there 3"]);
    expect(rounds).toHaveLength(3);
  });

  test("holds the working tree against the revision's own bench, and leaves nothing behind", async () => {
    const { figures, commit } = await run("HEAD");
    expect(figures).toMatchObject([{ name: "--json a b c", here: 300, there: 50, ratio: 6 }]);
    expect(commit).toBe(git("rev-parse", "HEAD").trim());
    expect(worktrees()).toEqual([`worktree ${repository}`]);
    expect(left()).toEqual([]);
  });

  test("nor does one whose bench fails, and it says why", async () => {
    await expect(run("HEAD~1")).rejects.toThrow(/without figures: .*Error: broken/s);
    expect(worktrees()).toEqual([`worktree ${repository}`]);
    expect(left()).toEqual([]);
  });

  test("nor one that is interrupted", async () => {
    const stop = new AbortController();
    const running = run("HEAD", stop.signal);
    stop.abort();
    await expect(running).rejects.toThrow(/abort/);
    expect(worktrees()).toEqual([`worktree ${repository}`]);
    expect(left()).toEqual([]);
  });

  test("shares the packages with a revision that wants the same ones", async () => {
    const same = await checkOut(repository, await commitOf(repository, "HEAD~2"));
    const other = await checkOut(repository, await commitOf(repository, "HEAD~3"));
    try {
      expect(lstatSync(join(same.folder, "node_modules")).isSymbolicLink()).toBe(true);
      expect(existsSync(join(same.folder, "node_modules/tsx"))).toBe(true);
      expect(existsSync(join(other.folder, "node_modules/tsx"))).toBe(false);
    } finally {
      await same.remove();
      await other.remove();
    }
    expect(existsSync(join(ROOT, "node_modules/tsx"))).toBe(true);
  });

  test("needs a revision that there is, in a repository", async () => {
    await expect(commitOf(repository, "nope")).rejects.toThrow(
      /^--against: this repository has no revision "nope" \(`git log --oneline` lists them\)$/,
    );
    await expect(commitOf(repository, "--help")).rejects.toThrow(/no revision "--help"/);
    await expect(commitOf(temporary, "HEAD")).rejects.toThrow(/is not a git checkout$/);
  });
});

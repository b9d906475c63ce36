import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readProgress } from "../../../src/cli/learn/progress-file.ts";
import { main } from "../../../src/cli/program.ts";
import { answered, NO_PROGRESS, progressText, reached } from "../../../src/learn/progress.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "detcd-learn-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

async function run(argv: readonly string[], env: Record<string, string> = {}) {
  let out = "";
  let error = "";
  const code = await main(["learn", ...argv], {
    ...ioOf(env),
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
  });
  return { code, out, error };
}

function ioOf(env: Record<string, string>) {
  const silent = () => undefined;
  return {
    out: silent,
    error: silent,
    env: { XDG_STATE_HOME: join(home, "state"), ...env },
    cwd: home,
    stdin: () => "",
    interactive: false,
    colors: false,
    clock: () => 0,
  };
}

const FILE = () => join(home, "state", "detcd", "learn.json");

function keep(text: string): void {
  mkdirSync(join(home, "state", "detcd"), { recursive: true });
  writeFileSync(FILE(), text);
}

describe("--list", () => {
  test("names all lessons, and what is done", async () => {
    const done = reached(answered(NO_PROGRESS, "timeouts", 2, true), "timeouts", 7, true);
    keep(progressText(done));
    const { code, out, error } = await run(["--list"]);
    expect(code).toBe(0);
    expect(error).toBe("");
    const lines = out.trimEnd().split("\n");
    expect(lines).toHaveLength(15);
    expect(lines[0]).toMatch(/^ {3}1 {2}Terms and votes +terms-and-votes$/);
    expect(lines[1]).toMatch(/^✓ {2}2 {2}Timeouts and split votes +timeouts 1\/1$/);
  });

  test.each([
    [{ LANG: "zh_CN.UTF-8" }, "任期与投票"],
    [{ LC_ALL: "zh_TW", LANG: "en_US.UTF-8" }, "任期与投票"],
    [{ LC_ALL: "C", LANG: "zh_CN.UTF-8" }, "Terms and votes"],
    [{ LANG: "de_DE.UTF-8" }, "Terms and votes"],
    [{}, "Terms and votes"],
  ])("speaks as the locale says: %j", async (env, title) => {
    expect((await run(["--list"], env)).out).toContain(title);
  });

  test("speaks as --lang says, whatever the locale says", async () => {
    expect((await run(["--list", "--lang", "zh"], { LANG: "en_US" })).out).toContain("日志复制");
    expect((await run(["--list", "--lang", "en"], { LANG: "zh_CN" })).out).toContain("Replication");
  });
});

describe("bad input", () => {
  test.each([
    [["99"], 'there is no lesson "99": there are 1 to 15 (`detcd learn --list`)'],
    [["0"], 'there is no lesson "0"'],
    [["replicaton"], 'there is no lesson "replicaton", did you mean "replication"?'],
    [["--lang", "fr"], "it is en or zh."],
    [["--teacher", "nosuch.yaml"], "nosuch.yaml: there is no such file"],
    [["--teacher", "x.yaml", "3"], '--teacher is a lesson by itself: leave out "3"'],
    [["--teacher", "x.yaml", "--list"], "--teacher is a lesson by itself: leave out --list"],
  ])("%j", async (argv, said) => {
    const { code, out, error } = await run(argv);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(error).toContain(said);
    expect(error.trimEnd().split("\n")).toHaveLength(1);
  });
});

describe("as text", () => {
  test("a lesson by its number or its name, in either language", async () => {
    const english = await run(["1", "--plain"]);
    expect(english.code).toBe(0);
    expect(english.out).toContain("Lesson 1 · Terms and votes");
    expect(english.out).toContain("m3  becomes leader in term 2");
    expect(english.out).toContain("Answer: two");
    const chinese = await run(["terms-and-votes", "--lang", "zh"]);
    expect(chinese.out).toContain("第 1 课 · 任期与投票");
    expect(chinese.out).toContain("答案: 两票");
    // Reading it is not doing it.
    expect(existsSync(FILE())).toBe(false);
  });
});

describe("a teacher's lesson", () => {
  const LESSON = `name: mine
title: Mine
scenario: leader-crash
pages:
  - say: Hello, class.
  - ask: Who leads at 2 s?
    about: leader
    at: 2s
    why: It was elected.
`;

  test("is told as any other", async () => {
    writeFileSync(join(home, "mine.yaml"), LESSON);
    const { code, out } = await run(["--teacher", "mine.yaml"]);
    expect(code).toBe(0);
    expect(out).toContain("Mine\n====");
    expect(out).toContain("Hello, class.");
    expect(out).toContain("Answer: m3");
  });

  test("with a question that has no answer is refused before it begins", async () => {
    writeFileSync(
      join(home, "mine.yaml"),
      LESSON.replace("    why", "    choices: [m1, m2]\n    why"),
    );
    const { code, out, error } = await run(["--teacher", "mine.yaml"]);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(error).toBe("mine.yaml:9:14 no choice is right at 2s: it is m3\n");
  });

  test("with a break of which something else comes, too", async () => {
    const page = `  - break: Now you.
    at: 2s
    choices:
      - { say: Crash it, do: { crash: m3 }, for: 300ms, expect: leader changed, why: It is gone. }
`;
    writeFileSync(join(home, "mine.yaml"), LESSON + page);
    const { code, error } = await run(["--teacher", "mine.yaml"]);
    expect(code).toBe(2);
    expect(error).toContain("mine.yaml:13:65 this does not come of it by 2.3s: there is no leader");
  });
});

describe("progress", () => {
  test("is kept where XDG says, or in the home folder", () => {
    const { progress, notice, keep } = readProgress(ioOf({}));
    expect(progress).toEqual(NO_PROGRESS);
    expect(notice).toBe("");
    const later = reached(NO_PROGRESS, "timeouts", 3, false);
    expect(keep(later)).toBe("");
    expect(readFileSync(FILE(), "utf8")).toBe(progressText(later));
    expect(readProgress(ioOf({})).progress).toEqual(later);
    // A relative path means nothing, says the specification.
    const other = readProgress(ioOf({ XDG_STATE_HOME: "state", HOME: home }));
    expect(other.progress).toEqual(NO_PROGRESS);
    expect(other.keep(later)).toBe("");
    expect(existsSync(join(home, ".local", "state", "detcd", "learn.json"))).toBe(true);
  });

  test("nothing is written where nothing was learnt", () => {
    readProgress(ioOf({})).keep(NO_PROGRESS);
    expect(existsSync(FILE())).toBe(false);
  });

  test("that is damaged is said to be so and kept aside, and one begins anew", () => {
    for (const [i, aside] of ["learn.json.damaged", "learn.json.damaged-2"].entries()) {
      keep(`{ damaged ${i}`);
      const { progress, notice } = readProgress(ioOf({}));
      expect(progress).toEqual(NO_PROGRESS);
      expect(notice).toContain("is damaged and you begin anew; it is kept as");
      expect(readFileSync(join(home, "state", "detcd", aside), "utf8")).toBe(`{ damaged ${i}`);
    }
    expect(readdirSync(join(home, "state", "detcd"))).not.toContain("learn.json");
  });

  test("that can't be kept is said once, and is no error", () => {
    writeFileSync(join(home, "state"), "no folder");
    const { progress, keep } = readProgress(ioOf({}));
    expect(progress).toEqual(NO_PROGRESS);
    expect(keep(reached(NO_PROGRESS, "a", 1, false))).toContain(
      "what you learn can't be remembered",
    );
    expect(keep(reached(NO_PROGRESS, "a", 2, false))).toBe("");
  });

  test("without a home is not kept, which is said", () => {
    const { notice, keep } = readProgress(ioOf({ XDG_STATE_HOME: "" }));
    expect(notice).toContain("there is no home folder");
    expect(keep(reached(NO_PROGRESS, "a", 1, false))).toBe("");
  });
});

import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { detcdIn } from "./detcd-in.ts";

const { cwd, detcd } = detcdIn("evidence");
const FOLDER = join(cwd, "detcd-failures");

/** It fails with every seed, but not the same way. */
const HOPELESS = `# a comment that stays
name: hopeless
title: It expects what does not happen
teaches: Nothing.
seed: 1
steps:
  - when: leader elected
expect:
  - term at least 99
`;

const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);
const read = (name: string) => readFileSync(join(cwd, name), "utf8");
const saved = () => readdirSync(FOLDER).sort();
/** What the last line of a replay says runs it again. */
const again = (out: string) => /^replay: detcd replay (.*)$/m.exec(out)?.[1] ?? "";
const traceOf = (out: string) => / · trace (\w+)/.exec(out)?.[1];

beforeEach(() => {
  rmSync(FOLDER, { recursive: true, force: true });
  write("hopeless.yaml", HOPELESS);
});

describe("a saved failure", () => {
  test("of each seed is another file, and its command replays it", async () => {
    for (const seed of ["2", "3", "4"]) {
      const { code, out } = await detcd(["replay", "hopeless.yaml", "--seed", seed]);
      expect(code).toBe(1);
      const { out: second } = await detcd(["replay", again(out)]);
      expect(second).toContain(`FAILED · seed ${seed} · `);
      expect(traceOf(second)).toBe(traceOf(out));
    }
    expect(saved().map((file) => file.replace(/-[0-9a-f]{8}\.yaml$/, ""))).toEqual([
      ...["hopeless-seed-2", "hopeless-seed-3", "hopeless-seed-4"],
    ]);
  });

  test("of another text of that name and seed is another file", async () => {
    write("other.yaml", HOPELESS.replace("99", "98"));
    for (const file of ["hopeless.yaml", "other.yaml"]) {
      await detcd(["replay", file, "--seed", "2"]);
    }
    const texts = saved().map((file) => readFileSync(join(FOLDER, file), "utf8"));
    for (const file of saved()) expect(file).toMatch(/^hopeless-seed-2-[0-9a-f]{8}\.yaml$/);
    expect(texts.map((text) => /term at least (\d+)/.exec(text)?.[1]).sort()).toEqual(["98", "99"]);
    for (const [i, file] of saved().entries()) {
      expect(texts[i]).toContain(`name: ${basename(file, ".yaml")}\n`);
      expect(texts[i]).toContain("# a comment that stays");
    }
  });

  test("with changes holds them", async () => {
    const { out } = await detcd(["replay", "hopeless.yaml", "--set", "cluster.members=1"]);
    expect(readFileSync(join(cwd, again(out)), "utf8")).toContain("members: 1");
    expect(traceOf((await detcd(["replay", again(out)])).out)).toBe(traceOf(out));
  });

  test("is replayed with its own seed, whatever DETCD_SEED says, and never written again", async () => {
    const { out } = await detcd(["replay", "hopeless.yaml", "--seed", "2"]);
    const [file] = saved();
    const text = readFileSync(join(FOLDER, file ?? ""), "utf8");
    const second = await detcd(["replay", again(out)], { DETCD_SEED: "5" });
    expect(traceOf(second.out)).toBe(traceOf(out));
    expect(second.out).toContain(`replay: detcd replay ${again(out)}`);
    await detcd(["replay", again(out), "--seed", "6"]);
    await detcd(["replay", "hopeless.yaml", "--seed", "2"]);
    expect(saved().map((name) => name.replace(/-[0-9a-f]{8}\.yaml$/, ""))).toEqual([
      ...["hopeless-seed-2", "hopeless-seed-6"],
    ]);
    expect(readFileSync(join(FOLDER, file ?? ""), "utf8")).toBe(text);
  });

  test("of a campaign has its own seed, too", async () => {
    const broken = ["--profile", "quick", "--seed", "3", "--workers", "1", "--bug", "R3"];
    const until = ["--runs", "60", "--max-failures", "1", "--shrink-time", "0s", "--out", "found"];
    const { out } = await detcd(["fuzz", ...broken, ...until]);
    const { out: second } = await detcd(["replay", again(out)], { DETCD_SEED: "999" });
    expect(traceOf(second)).toBe(/^trace (\w+)$/m.exec(out)?.[1]);
  });
});

test("the command that is printed gets the run again where DETCD_SEED is set", async () => {
  const env = { DETCD_SEED: "6" };
  const { out } = await detcd(["replay", "check-quorum", "--seed", "1"], env);
  const second = await detcd(["replay", ...again(out).split(" ")], env);
  expect(traceOf(second.out)).toBe(traceOf(out));
});

test("the command that is printed is one word a word", async () => {
  write("my hopeless.yaml", HOPELESS);
  const { out } = await detcd(["replay", "my hopeless.yaml"]);
  expect(again(out)).toBe("'my hopeless.yaml'");
});

describe("what can't be saved costs a line", () => {
  test.each([
    ["a file in its place", () => writeFileSync(FOLDER, "")],
    [
      "a folder where nobody may write",
      () => {
        // Who is root may write anywhere, but not where there is something else already.
        mkdirSync(FOLDER);
        chmodSync(FOLDER, 0o555);
        if (process.getuid?.() !== 0) return;
        rmSync(FOLDER, { recursive: true });
        symlinkSync("/proc/detcd", FOLDER);
      },
    ],
  ])("%s", async (_, prepare) => {
    prepare();
    for (const format of [["--plain"], ["--json"], ["--quiet"]]) {
      const { code, out, error } = await detcd([
        "replay",
        "hopeless.yaml",
        "--seed",
        "2",
        ...format,
      ]);
      expect(code).toBe(1);
      expect(out).toMatch(/FAILED|"verdict": "failed"/);
      expect(out).toContain("detcd replay hopeless.yaml --seed 2");
      expect(error).toMatch(
        /^detcd-failures\/hopeless-seed-2-\w+\.yaml: it can't be written: .*\n$/,
      );
      expect(error).not.toMatch(/E[A-Z]{4,}/);
    }
  });
});

describe("the input is never overwritten", () => {
  const NAMES = ["hopeless.yaml", "./hopeless.yaml", "link.yaml", "hard.yaml"];

  test.each(NAMES)("--trace %s", async (name) => {
    rmSync(join(cwd, "link.yaml"), { force: true });
    rmSync(join(cwd, "hard.yaml"), { force: true });
    symlinkSync("hopeless.yaml", join(cwd, "link.yaml"));
    linkSync(join(cwd, "hopeless.yaml"), join(cwd, "hard.yaml"));
    const { code, out, error } = await detcd(["replay", "hopeless.yaml", "--trace", name]);
    expect([code, out]).toEqual([2, ""]);
    expect(error).toBe(
      `detcd: --trace ${name}: that is the input, which would be lost: name another file\n`,
    );
    expect(read("hopeless.yaml")).toBe(HOPELESS);
  });

  test("by an export", async () => {
    await detcd(["replay", "check-quorum", "--quiet", "--trace", "run.ndjson"]);
    const text = read("run.ndjson");
    const { code, error } = await detcd([
      "export",
      "--to",
      "tla",
      "run.ndjson",
      "--out",
      "run.ndjson",
    ]);
    expect(code).toBe(2);
    expect(error).toContain("--out run.ndjson: that is the input, which would be lost");
    expect(read("run.ndjson")).toBe(text);
  });
});

test.each([
  ["no/where.ndjson", "there is no such folder"],
  ["hopeless.yaml/x", "a part of the path is no folder"],
  [".", "this is a folder"],
])("--trace %s is tried before the run", async (name, why) => {
  const { code, out, error } = await detcd(["replay", "check-quorum", "--trace", name]);
  expect([code, out]).toEqual([2, ""]);
  expect(error).toBe(`detcd: --trace ${name}: it can't be written: ${why}\n`);
});

test.skipIf(!existsSync("/dev/full"))(
  "a trace that can't be written after all costs a line",
  async () => {
    const { code, out, error } = await detcd(["replay", "check-quorum", "--trace", "/dev/full"]);
    expect(code).toBe(0);
    expect(out).toContain("held · seed 1");
    expect(error).toBe("/dev/full: the trace can't be written: no space is left on the device\n");
  },
);

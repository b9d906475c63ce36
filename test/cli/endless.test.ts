import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { detcdIn } from "./detcd-in.ts";

/** Input that a command would never be done with, or that has no end. */

const { cwd: folder, detcd } = detcdIn("endless");

const scenario = (rest: string) =>
  `name: x\ntitle: t\nteaches: t\nexpect: [one leader per term]\n${rest}\n`;

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

test.each([
  [["replay", "/dev/zero"], "detcd: /dev/zero: it is longer than 256 MiB\n"],
  [["check", "/dev/zero"], "detcd: /dev/zero: it is longer than 256 MiB\n"],
  [["when", "x.yaml", "--runs", "9007199254740991"], "from 1 to 100000."],
  [["when", "x.yaml", "--moments", "9007199254740991"], "from 2 to 100000."],
  [["fuzz", "--workers", "100000"], "from 1 to 256."],
])("%j is refused", async (argv, text) => {
  const { code, out, error } = await detcd(argv);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(error).toContain(text);
});

test("a panic is told in the story, fails the run, and is nobody's bug", async () => {
  const steps = "steps:\n  - when: leader elected\n  - remove-member: m1\n  - after: 1s";
  const name = file("x.yaml", scenario(`cluster: { members: 1 }\n${steps}`));
  const { code, out, error } = await detcd(["replay", name]);
  expect({ code, error }).toEqual({ code: 1, error: "" });
  expect(out).toMatch(/ m1 {2}panics as leader of term 2: removed all voters\n/);
  expect(out).toMatch(
    /✗ violated panic: m1 panics: removed all voters \(at 1\.\d+s, trace event \d+\)/,
  );
});

test("a run that would hold too much is bad input, and says where it stopped", async () => {
  const puts = "puts: { count: 10000, every: 0s, bytes: 4MiB, open: true }";
  const name = file(
    "x.yaml",
    scenario(`steps:\n  - when: leader elected\n  - ${puts}\n  - after: 9s`),
  );
  const { code, out, error } = await detcd(["replay", name]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(error).toMatch(/^x\.yaml stopped at virtual 1\.\d+s, with .* MiB that clients wrote/);
});

test("what an expectation told is not told again as a violation", async () => {
  const steps = "steps:\n  - when: leader elected\n  - remove-member: m1\n  - after: 1s";
  const text = scenario(`cluster: { members: 1 }\n${steps}`);
  const name = file("once.yaml", text.replace("one leader per term", "nothing is violated"));
  const { code, out } = await detcd(["replay", name, "--quiet"]);
  expect(code).toBe(1);
  expect(out.match(/m1 panics: removed all voters/g)).toHaveLength(1);
  expect(out).toContain("✗ nothing is violated — panic: m1 panics");
});

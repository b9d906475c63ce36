import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { detcdIn } from "./detcd-in.ts";

const { cwd, detcd } = detcdIn("name-unlike-file");

const scenario = (name: string) =>
  `name: ${name}\ntitle: t\nteaches: t\nseed: 1\nsteps:\n  - when: leader elected\nexpect: [term at least 99]\n`;

function write(file: string, name: string): string {
  writeFileSync(join(cwd, file), scenario(name));
  return file;
}

test("a scenario that is not called as its file is costs a line", async () => {
  const said = (file: string, name: string, own: string) =>
    `${file}: the scenario is called "${name}", not "${own}" as its file: its failures are saved under ` +
    `that name; write \`name: ${own}\` if it is another one\n`;
  const copy = write("copy.yaml", "first");
  const other = write("other.yml", "second");
  const { code, out, error } = await detcd(["replay", copy, "--quiet"]);
  expect([code, error]).toEqual([1, said("copy.yaml", "first", "copy")]);
  expect(out).toContain("FAILED");
  const both = await detcd(["replay", copy, other, "--quiet"]);
  expect(both.error).toBe(
    said("copy.yaml", "first", "copy") + said("other.yml", "second", "other"),
  );
  const report = await detcd(["replay", copy, "--json"]);
  expect(JSON.parse(report.out)).toMatchObject({ name: "first", verdict: "failed" });
});

test("nothing is said of one that is, of the library's, of standard input, of saved failures and of --set", async () => {
  const first = write("first.yaml", "first");
  const copy = write("copy.yaml", "first");
  const { out: saved } = await detcd(["replay", first, "--seed", "2", "--quiet"]);
  const failure = /^ *replay: detcd replay (\S+)$/m.exec(saved)?.[1] ?? "";
  expect(readFileSync(resolve(cwd, failure), "utf8")).toMatch(/^# Recorded by detcd/);
  // No scenario can be called so.
  const strange = write("My copy.yaml", "first");
  const lines = [
    ["replay", strange, "--quiet"],
    ["replay", first, "--quiet"],
    ["replay", "check-quorum", "--quiet"],
    ["replay", failure, "--quiet"],
    ["replay", copy, "--quiet", "--set", "cluster.members=5"],
  ];
  for (const line of lines) expect((await detcd(line)).error, line.join(" ")).toBe("");
  const piped = await detcd(["replay", "-", "--quiet"], {}, { stdin: () => scenario("first") });
  expect([piped.code, piped.error]).toEqual([1, ""]);
});

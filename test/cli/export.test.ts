import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FORMATS } from "../../src/export/catalogue.ts";
import { detcdIn } from "./detcd-in.ts";

const NAMES = FORMATS.map(({ name }) => name).join(", ");

const { cwd: FOLDER, detcd: run } = detcdIn("export");
const detcd = (...args: string[]) => run(args);

describe("detcd export", () => {
  test("alone lists the formats", async () => {
    const { code, out } = await detcd("export");
    expect(code).toBe(0);
    for (const { name, title } of FORMATS)
      expect(out).toMatch(new RegExp(`^ {2}${name} +${title.slice(0, 20)}`, "m"));
    expect(out).toContain("detcd export --to html leader-crash");
  });

  test("writes a run of the library, and a recorded one the same", async () => {
    const live = await detcd("export", "--to", "tla", "stale-lease-read");
    expect([live.code, live.error]).toEqual([0, ""]);
    expect(live.out.split("\n").length).toBeGreaterThan(100);
    await detcd("replay", "stale-lease-read", "--json", "--trace", "run.ndjson");
    const recorded = await detcd("export", "--to", "tla", "run.ndjson");
    expect(recorded.out === live.out).toBe(true);
    const { code, out } = await detcd("export", "--to", "tla", "run.ndjson", "--out", "tla.ndjson");
    expect([code, out]).toEqual([0, ""]);
    expect(readFileSync(join(FOLDER, "tla.ndjson"), "utf8") === live.out).toBe(true);
  });

  test("runs with another seed, and up to a moment", async () => {
    const first = await detcd("export", "--to", "tla", "split-vote", "--until", "1s");
    const other = await detcd(
      "export",
      "--to",
      "tla",
      "split-vote",
      "--until",
      "1s",
      "--seed",
      "9",
    );
    const whole = await detcd("export", "--to", "tla", "split-vote");
    expect(whole.out.startsWith(first.out)).toBe(true);
    expect(whole.out.length).toBeGreaterThan(first.out.length);
    expect(other.out).not.toBe(first.out);
    expect(other.code).toBe(0);
  });

  test("refuses what the specification does not model: when, where, what, and the way out", async () => {
    const { code, out, error } = await detcd("export", "--to", "tla", "joint-change");
    expect([code, out]).toEqual([2, ""]);
    expect(error).toMatch(
      /^detcd: scenarios\/joint-change\.yaml: at \d+\.\d{3}s on m\d: several members change at once; etcdraft\.tla has no step for that — change one member at a time\n$/,
    );
  });

  test.each([
    [
      ["export", "leader-crash"],
      new RegExp(`^detcd: --to is missing: the formats are ${NAMES}\n$`),
    ],
    [["export", "--to", "tla"], /^detcd: a run is missing: /],
    [
      ["export", "--to", "tlaa", "leader-crash"],
      /^detcd: unknown format "tlaa", did you mean "tla"\?/,
    ],
    [
      ["export", "--to", "perl", "leader-crash"],
      new RegExp(`^detcd: unknown format "perl", the formats are ${NAMES}\n$`),
    ],
    [["export", "--to", "tla", "leader-crush"], /did you mean "leader-crash"/],
    [["export", "--to", "tla", "missing.ndjson"], /missing\.ndjson: there is no such file/],
    [["export", "--to", "tla", "cut.ndjson"], /^cut\.ndjson:1:\d+ /],
    [
      ["export", "--to", "tla", "split-vote", "--out", "no/where"],
      /^detcd: --out no\/where: .*written: there is no such folder/,
    ],
    [["export", "--to", "tla", "split-vote", "--seed", "x"], /seed/],
    [["export", "--to", "svg", "split-vote", "--size", "wide"], /columns x rows/],
    [
      ["export", "--to", "svg", "split-vote", "--size", "20x10"],
      /split-vote\.yaml: .*need at least .* --size/,
    ],
    [
      ["export", "--to", "svg", "split-vote", "--at", "99s"],
      /--at is 99\.000s, but the run ends at \d/,
    ],
    [
      ["export", "--to", "itf", "split-vote", "--from", "99s"],
      /--from is 99\.000s, but the run ends at/,
    ],
    [
      ["export", "--to", "tla", "split-vote", "--size", "80x24"],
      /--size is for svg, asciicast, not for tla; leave it out/,
    ],
    [["export", "--to", "asciicast", "split-vote", "--cast-version", "1"], /2 or 3/],
    [["export", "--to", "mermaid", "split-vote", "--limit", "0"], /whole number from 1/],
    [["export", "--to", "svg", "split-vote", "--theme", "pink"], /dark, light/],
  ])("%j is bad input: one clear message, exit 2", async (args, says) => {
    writeFileSync(join(FOLDER, "cut.ndjson"), '{"detcd":"trace","version":1');
    const { code, out, error } = await detcd(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(error).toMatch(says);
  });

  test("a recorded run keeps its seed", async () => {
    await detcd("replay", "stale-lease-read", "--json", "--trace", "seed.ndjson");
    const { code, error } = await detcd("export", "--to", "tla", "seed.ndjson", "--seed", "3");
    expect(code).toBe(2);
    expect(error).toMatch(/leave --seed out/);
  });
});

test.each(FORMATS.map(({ name }) => name))(
  "%s: the same run, live or recorded, is the same bytes",
  async (format) => {
    await detcd("replay", "split-vote", "--json", "--trace", "same.ndjson");
    const live = await detcd("export", "--to", format, "split-vote");
    const again = await detcd("export", "--to", format, "split-vote");
    const recorded = await detcd("export", "--to", format, "same.ndjson", "--out", "same.out");
    expect([live.code, recorded.code, recorded.out]).toEqual([0, 0, ""]);
    expect(live.out.length).toBeGreaterThan(1000);
    expect(again.out === live.out).toBe(true);
    expect(readFileSync(join(FOLDER, "same.out"), "utf8") === live.out).toBe(true);
  },
);

test("the trace that is exported is the one that was recorded", async () => {
  await detcd("replay", "split-vote", "--json", "--trace", "own.ndjson");
  const { out } = await detcd("export", "--to", "ndjson", "split-vote");
  expect(out === readFileSync(join(FOLDER, "own.ndjson"), "utf8")).toBe(true);
});

test("the help has a line for each format and says which option is for which", async () => {
  const { out } = await detcd("export", "--help");
  for (const { name, title } of FORMATS) expect(out).toContain(`${name.padEnd(9)}  ${title}`);
  expect(out).toMatch(/--cast-version <number> .*\(asciicast\)/);
  // Help that was asked for twice says it once.
  expect((await detcd("export", "--help")).out).toBe(out);
});

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { formatBytes } from "../../src/scenario/read/duration.ts";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import { EVENTS_MAX, MEMORY_MAX } from "../../src/scenario/run/limits.ts";
import { type RunOptions, runScenario } from "../../src/scenario/run/run.ts";
import { sealed } from "../support/sealed.ts";

const read = (rest: string) =>
  parseScenario(
    `name: x\ntitle: t\nteaches: t\nexpect: [one leader per term]\n${rest}\n`,
    "x.yaml",
  );

const run = (rest: string, options: RunOptions = {}) =>
  sealed(() => runScenario(read(rest), options));

const puts = (argument: string, cluster = "{}") =>
  `cluster: ${cluster}\nsteps:\n  - when: leader elected\n  - puts: { ${argument} }\n  - when: puts done`;

describe("a run that takes too much is stopped", () => {
  test("after so many events, with the moment and a remedy", () => {
    const long = () => run("steps: []\nuntil: 1000s", { eventsMax: 12_000, events: false });
    expect(long).toThrow(/^x\.yaml stopped after 12,000 events at virtual \d+\.\d+s: .*`until`/);
    expect(long).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  test("where it would hold too much of what clients write, answered or not", () => {
    const large = "count: 10000, every: 0s, bytes: 1MiB";
    for (const how of [large, `${large}, open: true`]) {
      expect(() => run(puts(how), { events: false, digests: false })).toThrow(
        /^x\.yaml stopped at virtual 1\.\d+s, with \d+ MiB on disks, \d+ MiB that clients wrote/,
      );
    }
  });

  test("which is a violation where nobody asked for as much", () => {
    const ran = run("steps: []\nuntil: 1000s", { eventsMax: 1000, runaway: "violation" });
    expect(ran.violations.map(({ invariant }) => invariant)).toEqual(["runaway"]);
    expect(ran.report.events).toBe(1000);
  });
});

describe("scenarios/README.md names the bounds", () => {
  const page = readFileSync(resolve(import.meta.dirname, "../../scenarios/README.md"), "utf8");
  const steps = (count: number) => `steps:\n${"  - heal: true\n".repeat(count)}`;
  const rest = (cluster: string) => `cluster: ${cluster}\nsteps: [heal: true]`;

  test("of a run", () => {
    expect(page).toContain(`| ${EVENTS_MAX.toLocaleString("en")} (`);
    expect(page).toContain(`| ${formatBytes(MEMORY_MAX)}: `.replace("MiB", " MiB"));
  });

  // What still goes, and what is too much by a little.
  test.each([
    ["1 MiB, 10,000", steps(10_000), steps(10_001)],
    ["| 9, 32 |", rest("{ members: 9 }"), rest("{ members: 10 }")],
    [", 32 |", "steps: [get: { key: a, client: 32 }]", "steps: [get: { key: a, client: 33 }]"],
    ["| 60000m |", "steps: [after: 60000m]", "steps: [after: 60001m]"],
    ["1ms to 60m", rest("{ tick: 1ms }"), rest("{ tick: 999us }")],
    ["0s to 60m", rest("{ election: 60m }"), rest("{ election: 61m }")],
    [
      "4 MiB, 100,000",
      "steps: [puts: { count: 100000, bytes: 4MiB }]",
      "steps: [puts: { count: 100001 }]",
    ],
    [
      "| 4 MiB",
      "steps: [puts: { count: 1, bytes: 4MiB }]",
      "steps: [puts: { count: 1, bytes: 4097KiB }]",
    ],
    ["1B to 1 GiB", rest("{ segment: 1024MiB }"), rest("{ max-request: 1025MiB }")],
    [
      "| 1,000,000 |",
      "steps: [traffic: { clients: [1], count: 1000000 }]",
      "steps: [traffic: { clients: [1], count: 1000001 }]",
    ],
  ])("%s", (text, good, bad) => {
    expect(page).toContain(text);
    expect(() => read(good)).not.toThrow();
    expect(() => read(bad)).toThrow(/^x\.yaml:\d+:\d+ /);
  });

  test("of a file", () => {
    const line = "# ......................................................\n";
    const most = Math.floor((1024 * 1024) / line.length);
    expect(() => read(`steps: [heal: true]\n${line.repeat(most - 10)}`)).not.toThrow();
    expect(() => read(`steps: [heal: true]\n${line.repeat(most + 1)}`)).toThrow("1MiB at most");
  });
});

describe("puts", () => {
  test("go on at once with `every: 0s`, one answer after the other", () => {
    const { events, report } = run(puts("count: 5, every: 0s"));
    expect(report.ok).toBe(true);
    const calls = events.filter(({ kind }) => kind === "invoke" || kind === "complete");
    expect(calls.map(({ kind }) => kind)).toEqual(
      Array.from({ length: 5 }, () => ["invoke", "complete"]).flat(),
    );
    expect(
      calls
        .slice(1)
        .filter(({ kind }) => kind === "invoke")
        .map(({ at }) => at),
    ).toEqual(
      calls
        .slice(0, -1)
        .filter(({ kind }) => kind === "complete")
        .map(({ at }) => at),
    );
  });

  test("wait for the next multiple of `every` where an answer comes late", () => {
    const { events } = run(puts("count: 5, every: 3ms", "{ network: { latency: 2ms } }"));
    const from = events.find(({ kind }) => kind === "invoke")?.at ?? 0;
    const begun = events.filter(({ kind }) => kind === "invoke").map(({ at }) => at - from);
    const ended = events.filter(({ kind }) => kind === "complete").map(({ at }) => at - from);
    expect(begun).toEqual([0, ...ended.slice(0, -1).map((at) => Math.ceil(at / 3000) * 3000)]);
  });
});

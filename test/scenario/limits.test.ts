import { describe, expect, test } from "vitest";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import { type RunOptions, runScenario } from "../../src/scenario/run/run.ts";
import { sealed } from "../support/sealed.ts";

const run = (rest: string, options: RunOptions = {}) =>
  sealed(() =>
    runScenario(
      parseScenario(
        `name: x\ntitle: t\nteaches: t\nexpect: [one leader per term]\n${rest}\n`,
        "x.yaml",
      ),
      options,
    ),
  );

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

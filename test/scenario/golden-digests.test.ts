import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { GOLDEN_FILE, type Golden, goldenOf, goldenRun, scenarioNames } from "./golden.ts";

const GOLDEN: Readonly<Record<string, Golden>> = JSON.parse(readFileSync(GOLDEN_FILE, "utf8"));

const MEANT =
  "the run is another than the one recorded in test/scenario/golden-digests.json. " +
  "If you meant to change behaviour, run `npm run digests` and say so in the commit; " +
  "else something in it depends on this machine, this Node or this process";

test("a digest is recorded for every scenario of the library, and for no other", () => {
  expect(Object.keys(GOLDEN), "run `npm run digests`").toEqual(scenarioNames());
});

test.each(Object.entries(GOLDEN))(
  "%s holds, and runs as it did in another process, on another machine, on another Node",
  (name, golden) => {
    const report = goldenRun(name);
    expect(report.failure).toBeNull();
    expect(report.expectations.filter(({ ok }) => !ok)).toEqual([]);
    expect(report.ok).toBe(true);
    expect(report.traceEvents).toBeGreaterThan(50);
    expect(goldenOf(report), MEANT).toEqual(golden);
  },
);

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { CURRENT_LINE, LINES, type Line } from "../../src/profile/lines.ts";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import { runScenario } from "../../src/scenario/run/run.ts";
import { sealed } from "../support/sealed.ts";
import { scenarioNames } from "./golden.ts";

const FOLDER = resolve(import.meta.dirname, "../../scenarios");
const OTHERS = LINES.filter((line) => line !== CURRENT_LINE);

/** A scenario's file as data; `etcd` is the line, or the lines, that it is about. */
interface File {
  readonly cluster?: { readonly etcd?: unknown; readonly members?: number };
}

const fileOf = (name: string): File =>
  parse(readFileSync(join(FOLDER, `${name}.yaml`), "utf8")) as File;

/** Those that say nothing of the line, so that they must hold in each. */
const OF_ALL_LINES = scenarioNames().filter((name) => fileOf(name).cluster?.etcd === undefined);

function reportOf(name: string, line: Line) {
  const file = fileOf(name);
  const text = stringify({ ...file, cluster: { ...file.cluster, etcd: line } });
  const scenario = parseScenario(text, `scenarios/${name}.yaml`);
  return sealed(() => runScenario(scenario, { events: false })).report;
}

/** `npm run fuzz:long` runs all of them in all lines; else each runs in one other line. */
const everything = process.env["DETCD_FUZZ_RUNS"] !== undefined;
const linesFor = (at: number): readonly Line[] =>
  everything ? OTHERS : [OTHERS[at % OTHERS.length] as Line];

describe("the library holds in the lines before this one", () => {
  test.each(OF_ALL_LINES.flatMap((name, at) => linesFor(at).map((line) => [name, line] as const)))(
    "%s in %s",
    (name, line) => {
      const { ok, failure, expectations } = reportOf(name, line);
      expect(failure).toBeNull();
      expect(expectations.filter((each) => !each.ok)).toEqual([]);
      expect(ok).toBe(true);
    },
  );
});

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { mistakeById } from "../../src/museum/catalogue.ts";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import { scenarioJsonSchema } from "../../src/scenario/read/schema.ts";
import { runScenario } from "../../src/scenario/run/run.ts";
import { sealed } from "../support/sealed.ts";
import { MENDED, REGRESSIONS, RIGHTLY } from "./regressions.ts";

const FOLDER = resolve(import.meta.dirname, "../../scenarios/regressions");

const source = (name: string) => readFileSync(join(FOLDER, `${name}.yaml`), "utf8");
const read = (name: string) => parseScenario(source(name), `${name}.yaml`);
const NAMES = REGRESSIONS.map(({ name }) => name);

describe("a regression", () => {
  test.each(REGRESSIONS.map((row) => [row.name, row.shows, row] as const))(
    "%s shows %s, and is well without the mistake",
    (name, _, { shows }) => {
      const scenario = read(name);
      const { cluster } = scenario;
      const wrong = sealed(() => runScenario(scenario, { events: false }));
      expect([wrong.report.failure, wrong.report.ok]).toEqual([null, true]);
      const kinds = wrong.violations.map(({ invariant }) => invariant);
      if (shows.length > 0) expect(new Set(kinds)).toEqual(new Set(shows));
      // What it is about comes first.
      const first = [...wrong.violations].sort((a, b) => a.at - b.at)[0];
      expect(first?.invariant).toBe(shows[0]);

      const right = { ...scenario, cluster: { ...cluster, bugs: [] } };
      const run = sealed(() => runScenario(right, { events: false }));
      const broken = run.violations.map(({ invariant }) => invariant);
      expect(broken.filter((invariant) => invariant !== RIGHTLY[name]?.invariant)).toEqual([]);
      expect(run.report.failure?.text).toBe(RIGHTLY[name]?.failure);
      // It asks for what only the mistake does.
      expect(run.report.ok).toBe(false);
    },
  );

  test.each(NAMES)("%s is named after its mistake and its file, and knows its schema", (name) => {
    const text = source(name);
    expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=../scenario.schema.json");
    const { name: own, title, teaches, cluster } = read(name);
    expect(own).toBe(name);
    const [bug] = cluster.bugs;
    expect(mistakeById(bug as string)).not.toBeNull();
    expect(name.startsWith(`${bug?.toLowerCase()}-`)).toBe(true);
    // They are shown on terminals of 80 columns, indented by two.
    for (const line of [title, ...teaches.split("\n")]) {
      expect(line.length).toBeLessThanOrEqual(78);
    }
    const schema = z.fromJSONSchema(JSON.parse(scenarioJsonSchema()));
    expect(schema.safeParse(parse(text)).success).toBe(true);
  });

  test.each(MENDED)("%s was detcd's own, and holds", (name) => {
    expect(source(name).split("\n")[0]).toBe(
      "# yaml-language-server: $schema=../scenario.schema.json",
    );
    const { report } = sealed(() => runScenario(read(name), { events: false }));
    expect([report.failure, report.violations, report.ok]).toEqual([null, [], true]);
  });

  test("is each file of the folder", () => {
    const files = readdirSync(FOLDER).map((file) => file.replace(".yaml", ""));
    expect([...NAMES, ...MENDED].sort()).toEqual(files.sort());
  });
});

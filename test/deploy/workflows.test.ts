import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

/** Workflows can't be run here; but what they refer to must exist, and nothing may slip into a shell. */
const ROOT = resolve(import.meta.dirname, "../..");
const FILES = [".github/workflows", "deploy/github"].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith(".yml"))
    .map((file) => `${folder}/${file}`),
);

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
}

interface JobOf {
  readonly needs?: string | readonly string[];
  readonly outputs?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, unknown>> };
  readonly steps: readonly Step[];
  readonly "runs-on": string;
  readonly "timeout-minutes": number;
}

interface Workflow {
  readonly on: Readonly<Record<string, { readonly inputs?: object } | null>>;
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, JobOf>>;
}

const listed = (needs: JobOf["needs"]): readonly string[] =>
  needs === undefined ? [] : [needs].flat();
const expressions = (value: unknown): string =>
  [...JSON.stringify(value).matchAll(/\$\{\{(.*?)\}\}/g)].map(([, inner]) => inner).join("\n");
const references = (value: unknown, pattern: RegExp): string[][] =>
  [...expressions(value).matchAll(pattern)].map(([, ...groups]) => groups);

test("there are some", () => expect(FILES).toHaveLength(3));

describe.each(FILES)("%s", (file) => {
  const workflow: Workflow = parse(readFileSync(join(ROOT, file), "utf8"));
  const jobs = Object.entries(workflow.jobs);

  test("reads only, and every job ends some time", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    for (const [, job] of jobs) {
      expect(job["runs-on"]).toBe("ubuntu-latest");
      expect(job["timeout-minutes"]).toBeGreaterThan(0);
    }
  });

  test("jobs need jobs that are there", () => {
    const unknown = jobs.flatMap(([, { needs }]) =>
      listed(needs).filter((each) => !(each in workflow.jobs)),
    );
    expect(unknown).toEqual([]);
  });

  test("what expressions name is there", () => {
    const inputs = Object.values(workflow.on).flatMap((on) => Object.keys(on?.inputs ?? {}));
    const wrong: string[] = [];
    for (const [input = ""] of references(workflow, /\binputs\.([\w-]+)/g)) {
      if (!inputs.includes(input)) wrong.push(`inputs.${input}`);
    }
    for (const [name, job] of jobs) {
      const ids = job.steps.map(({ id }) => id);
      for (const [axis = ""] of references(job, /\bmatrix\.([\w-]+)/g)) {
        if (!(axis in (job.strategy?.matrix ?? {}))) wrong.push(`${name}: matrix.${axis}`);
      }
      for (const [id] of references(job, /\bsteps\.([\w-]+)\./g)) {
        if (!ids.includes(id)) wrong.push(`${name}: steps.${id}`);
      }
      for (const [other = "", output = ""] of references(
        job,
        /\bneeds\.([\w-]+)\.outputs\.([\w-]+)/g,
      )) {
        const there =
          listed(job.needs).includes(other) && output in (workflow.jobs[other]?.outputs ?? {});
        if (!there) wrong.push(`${name}: needs.${other}.outputs.${output}`);
      }
      for (const { id, run = "" } of job.steps) {
        const outputs = references(job.outputs ?? {}, /\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g);
        for (const [of, output] of outputs) {
          if (of === id && !run.includes(`${output}=`))
            wrong.push(`${name}: ${of} sets no ${output}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test("actions are pinned to a major version, and shells get no expressions", () => {
    for (const { uses, run } of jobs.flatMap(([, { steps }]) => steps)) {
      if (uses !== undefined) expect(uses).toMatch(/^actions\/[\w-]+@v\d+$/);
      if (run !== undefined) expect(run).not.toContain("${{");
    }
  });

  test("commands of npm are there", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    for (const { run = "" } of jobs.flatMap(([, { steps }]) => steps)) {
      for (const [, script = ""] of run.matchAll(/\bnpm run (?:-s )?([\w:-]+)/g)) {
        expect(Object.keys(scripts)).toContain(script);
      }
    }
  });

  test("shards and merge fit together", () => {
    const { shard, merge } = workflow.jobs;
    if (shard === undefined) return;
    const text = JSON.stringify([shard, merge]);
    expect(text).toContain("reports/report-*.json");
    const [, name = ""] = /"name":"([\w-]+)-\$\{\{ matrix.shard/.exec(text) ?? [];
    expect(text).toContain(`"pattern":"${name}-*"`);
  });
});

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { main } from "../../src/cli/program.ts";
import { violations } from "./json-schema.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const FOLDER = join(ROOT, "deploy/kubernetes");

interface Job {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly completionMode?: string;
    readonly completions?: number;
    readonly parallelism?: number;
    readonly backoffLimitPerIndex?: number;
    readonly podFailurePolicy: {
      readonly rules: readonly { readonly onExitCodes?: { readonly containerName: string } }[];
    };
    readonly template: {
      readonly spec: {
        readonly restartPolicy: string;
        readonly containers: readonly {
          readonly name: string;
          readonly image: string;
          readonly args: readonly string[];
          readonly env?: readonly { readonly name: string; readonly value: string }[];
          readonly resources: { readonly requests: object; readonly limits: object };
          readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
        }[];
        readonly volumes: readonly {
          readonly name: string;
          readonly persistentVolumeClaim: { readonly claimName: string };
        }[];
      };
    };
  };
}

const read = (file: string): Job => parse(readFileSync(join(FOLDER, file), "utf8"));
const JOBS = ["fuzz.yaml", "merge.yaml"];

/**
 * Where the published JSON schema of a Job is: job-batch-v1.json of a `…-standalone-strict` folder of the
 * repository yannh/kubernetes-json-schema. It is not ours to keep here.
 */
const SCHEMA = process.env["DETCD_KUBERNETES_JOB_SCHEMA"] ?? "";

describe.each(JOBS)("%s", (file) => {
  const { metadata, spec } = read(file);
  const pod = spec.template.spec;
  const [container] = pod.containers;

  test.skipIf(!existsSync(SCHEMA))(
    "is what the published schema takes (DETCD_KUBERNETES_JOB_SCHEMA says where that is)",
    () => {
      const schema = JSON.parse(readFileSync(SCHEMA, "utf8"));
      expect(violations(schema, read(file))).toEqual([]);
      const wrong = { ...read(file), spec: { ...spec, completions: "16", paralellism: 1 } };
      expect(violations(schema, wrong)).toEqual([
        '$.spec.completions is "16", not integer or null',
        "$.spec.paralellism is not known",
      ]);
    },
  );

  test("its pods end when detcd ends, and a shard that found something is not run again", () => {
    expect(pod.restartPolicy).toBe("Never");
    const named = spec.podFailurePolicy.rules.flatMap(({ onExitCodes }) => onExitCodes ?? []);
    expect(named).toEqual([{ containerName: container?.name, operator: "In", values: [1, 2, 3] }]);
  });

  test("its volumes are there, and the claim is that of reports.yaml", () => {
    const volumes = pod.volumes.map(({ name }) => name);
    expect(container?.volumeMounts.map(({ name }) => name)).toEqual(volumes);
    const claims = pod.volumes.map(({ persistentVolumeClaim }) => persistentVolumeClaim.claimName);
    expect(claims).toEqual([read("reports.yaml").metadata.name]);
    const out = container?.args[container.args.indexOf("--out") + 1] ?? "";
    expect(out.startsWith(container?.volumeMounts[0]?.mountPath ?? "?")).toBe(true);
  });

  test("it says what it needs, and its command line is one that detcd takes", async () => {
    expect(Object.keys(container?.resources.requests ?? {})).toEqual(["cpu", "memory"]);
    let said = "";
    const io = {
      out: () => {},
      error: (text: string) => {
        said += text;
      },
      stdin: () => "",
      env: {},
      cwd: FOLDER,
      interactive: false,
      colors: false,
      clock: () => 0,
    };
    // Everything is parsed before anything is run; what comes last is refused.
    expect(await main([...(container?.args ?? []), "--not-an-option"], io)).toBe(2);
    expect(said).toBe("detcd: unknown option '--not-an-option'\n");
  });

  test("its name leaves room for the last index", () => {
    const last = `${metadata.name}-${(spec.completions ?? 1) - 1}`;
    expect(last.length).toBeLessThanOrEqual(63);
  });
});

test("every pod of the Job is a shard of its own", () => {
  const { spec } = read("fuzz.yaml");
  const { completionMode, completions = 0, parallelism = 0, backoffLimitPerIndex } = spec;
  expect([completionMode, typeof backoffLimitPerIndex]).toEqual(["Indexed", "number"]);
  expect(parallelism).toBeLessThanOrEqual(completions);
  const env = spec.template.spec.containers[0]?.env ?? [];
  expect(env).toEqual([{ name: "DETCD_SHARDS", value: String(completions) }]);
});

test("the image has what it is built of, and both Jobs run it", () => {
  const docker = readFileSync(join(FOLDER, "Dockerfile"), "utf8");
  const ignored = readFileSync(join(FOLDER, "Dockerfile.dockerignore"), "utf8");
  const copied = [...docker.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, files = ""]) =>
    files.split(" "),
  );
  for (const file of copied) {
    expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
    expect(ignored).toContain(`\n!${file}\n`);
  }
  const images = JOBS.map((file) => read(file).spec.template.spec.containers[0]?.image);
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  expect(images).toEqual([`detcd:${version}`, `detcd:${version}`]);
});

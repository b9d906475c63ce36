import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import * as library from "../src/index.ts";

const ROOT = resolve(import.meta.dirname, "..");
const INDEX = readFileSync(join(ROOT, "src/index.ts"), "utf8");

interface Exported {
  readonly name: string;
  readonly kind: "type" | "value";
  /** Where it is declared, below src/. */
  readonly file: string;
}

/** What `export { type A, b } from "./x.ts"` and `export type { A } from "./x.ts"` say. */
const EXPORTED: readonly Exported[] = [
  ...INDEX.matchAll(/^export (type )?\{([^}]*)\} from "\.\/([^"]+)";$/gm),
].flatMap(([, types, names = "", file = ""]) =>
  names
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
    .map((name): Exported => {
      const type = types !== undefined || name.startsWith("type ");
      return { name: name.replace("type ", ""), kind: type ? "type" : "value", file };
    }),
);

const sorted = (kind: Exported["kind"]): string[] =>
  EXPORTED.filter((e) => e.kind === kind)
    .map(({ name }) => name)
    .sort();

describe("the package detcd", () => {
  test("exports these, and nothing else", () => {
    expect(sorted("value")).toEqual([
      "CallError",
      "Cluster",
      "CompactedError",
      "DEFAULT_CLUSTER",
      "DataMonitor",
      "EtcdError",
      "FaultError",
      "HostError",
      "InputError",
      "Layer",
      "LeaseNotFoundError",
      "LinearizabilityMonitor",
      "ListSink",
      "LockedError",
      "LostError",
      "MILLISECOND",
      "RaftMonitor",
      "SECOND",
      "SimulationError",
      "TimeoutError",
      "TraceDigest",
      "UnavailableError",
      "ViolationError",
      "compare",
      "fuzz",
      "op",
      "parseScenario",
      "plan",
      "runScenario",
      "scenario",
      "simulate",
    ]);
    expect(sorted("type")).toEqual([
      "CallOptions",
      "CampaignReport",
      "CampaignSettings",
      "Client",
      "ClientMonitorOptions",
      "ClientOptions",
      "ClusterHooks",
      "ClusterOptions",
      "CrashMode",
      "DataMonitorOptions",
      "DeleteResult",
      "DiskOptions",
      "Duration",
      "Election",
      "Entry",
      "ErrorOutcome",
      "EtcdCallOptions",
      "EtcdClient",
      "EtcdClientOptions",
      "EtcdGetOptions",
      "EtcdPutOptions",
      "EtcdWatchOptions",
      "ExpectationReport",
      "Explained",
      "FailedCase",
      "Failure",
      "Fault",
      "FaultPoint",
      "FuzzPlan",
      "FuzzResult",
      "GetAllResult",
      "GetResult",
      "Instant",
      "InvariantCheck",
      "Keys",
      "Leader",
      "Leadership",
      "Lease",
      "LinkOptions",
      "Lock",
      "LockOptions",
      "LogLine",
      "LostReason",
      "MemberReport",
      "MemberStatus",
      "MemberStatusResult",
      "MemberView",
      "MonitorOptions",
      "Outcome",
      "PlanOptions",
      "Ppm",
      "Problem",
      "PutResult",
      "RunOptions",
      "Scenario",
      "ScenarioData",
      "ScenarioReport",
      "ScenarioRun",
      "Sim",
      "SimRandom",
      "SimulationFailure",
      "SimulationOptions",
      "SimulationReplay",
      "SimulationReport",
      "StepData",
      "TakenStep",
      "Task",
      "TraceEvent",
      "TraceHeader",
      "TraceSink",
      "Txn",
      "TxnColumn",
      "TxnComparison",
      "TxnGuard",
      "TxnOp",
      "TxnOpResult",
      "TxnResult",
      "Verdict",
      "Violation",
      "ViolationLogOptions",
      "WatchOptions",
      "WatchedEvent",
      "Watcher",
    ]);
    // Nothing escaped the pattern above.
    expect(Object.keys(library).sort()).toEqual(sorted("value"));
  });

  test("marks each of them as public where it is declared, with what it is", () => {
    const unmarked = EXPORTED.filter(({ name, file }) => {
      const source = readFileSync(join(ROOT, "src", file), "utf8");
      const declared = new RegExp(
        `/\\*\\*\\n \\* [^\\n]+\\n(?: \\*[^\\n]*\\n)* \\* @public\\n \\*/\\nexport (?:class|const|(?:async )?function|interface|type) ${name}\\b`,
      );
      return !declared.test(source);
    });
    expect(unmarked).toEqual([]);
  });

  test("names for each entry the files that a build makes", () => {
    const { exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const targets = Object.values(exports).flatMap((entry) =>
      typeof entry === "string" ? [entry] : Object.values(entry as Record<string, string>),
    );
    // The build puts src/x.ts as dist/x.js with its types beside it.
    const sources = targets.map((target) =>
      target.replace(/^\.\/dist\/(.*?)(\.d\.ts|\.js)$/, "src/$1.ts"),
    );
    expect(sources).toEqual([
      ...["src/index.ts", "src/index.ts", "src/testing/index.ts", "src/testing/index.ts"],
      "./package.json",
    ]);
    expect(sources.filter((source) => !existsSync(join(ROOT, source)))).toEqual([]);
  });

  // A build takes ten seconds: `npm run test:package`.
  test.runIf(process.env["DETCD_PACKAGE"])(
    "as it is built can be imported and compiled against from elsewhere",
    () => {
      const folder = mkdtempSync(join(tmpdir(), "detcd-package-"));
      const modules = join(folder, "node_modules");
      const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
      try {
        mkdirSync(join(modules, "detcd"), { recursive: true });
        cpSync(join(ROOT, "package.json"), join(modules, "detcd/package.json"));
        for (const name of Object.keys(manifest.dependencies)) {
          mkdirSync(join(modules, name, ".."), { recursive: true });
          symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
        }
        const tsc = join(ROOT, "node_modules/.bin/tsc");
        const dist = join(modules, "detcd/dist");
        execFileSync(tsc, ["-p", join(ROOT, "tsconfig.build.json"), "--outDir", dist]);
        writeFileSync(join(folder, "user.mts"), USER);
        const strict = [
          "--strict",
          "--skipLibCheck",
          "false",
          "--lib",
          "es2023,dom",
          "--types",
          "",
        ];
        const modern = ["--module", "nodenext", "--target", "es2023"];
        execFileSync(tsc, [...strict, ...modern, "user.mts"], { cwd: folder });
        const out = execFileSync(process.execPath, ["user.mjs"], { cwd: folder, encoding: "utf8" });
        expect(out).toBe("v true\ntrue 1\n");
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

/** A cluster of one's own: a write, a crash, a read, and nothing wrong with it. The same with promises. */
const USER = `
import { Cluster, DEFAULT_CLUSTER, op, RaftMonitor, SECOND, type Task, type Violation } from "detcd";
import { type Sim, type SimulationReport, simulate } from "detcd";

const monitor = new RaftMonitor();
const cluster: Cluster = new Cluster({ ...DEFAULT_CLUSTER, members: 3, seed: 7 }, { sinks: [monitor] });
while (cluster.leader() === 0) cluster.step();
const client = cluster.client(1);
let value = "";
function* program(): Task<void> {
  yield* client.do(op.put("k", "v"));
  cluster.inject({ type: "crash", member: cluster.leader(), disk: "lose" });
  const { kvs } = yield* client.do(op.get("k"));
  value = String.fromCharCode(...(kvs[0]?.value ?? []));
}
client.run(program());
cluster.runUntil(30 * SECOND);
const violations: readonly Violation[] = monitor.violations;
console.log(value, String(violations.length === 0));

let read: string | null = null;
async function workload(sim: Sim): Promise<void> {
  await sim.client().put("a", "1");
  for await (const event of sim.client().watch({ prefix: "a" }, { revision: 1 })) {
    read = event.value;
    break;
  }
}
const report: SimulationReport = await simulate({ steps: [{ after: "1s", crash: "leader" }] }, workload);
console.log(String(report.ok), read);
`;

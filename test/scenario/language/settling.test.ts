import { expect, test } from "vitest";
import { type ScenarioData, scenario } from "../../../src/scenario/read/scenario-data.ts";
import { runScenario } from "../../../src/scenario/run/run.ts";

function data(
  steps: ScenarioData["steps"],
  cluster: ScenarioData["cluster"] = {},
  more: Partial<ScenarioData> = {},
): ScenarioData {
  const texts = { name: "settling", title: "Settling", teaches: "Nothing." };
  return { ...texts, seed: 1, cluster, steps, expect: ["nothing is violated"], ...more };
}

function violations(given: ScenarioData): readonly string[] {
  return runScenario(scenario(given)).report.violations;
}

const TROUBLE: ScenarioData["steps"] = [
  { when: "leader elected", watch: { prefix: "k", as: "W", client: 2 } },
  { puts: { count: 50, every: "5ms" } },
  { after: "100ms", isolate: "leader" },
  { after: "2s", crash: "follower" },
  { "disk-full": { member: "m1" } },
  { drift: { member: "m2", ppm: 50000 } },
  { "pause-client": 2 },
  { link: { loss: "30%" } },
];

test("a cluster in trouble comes to rest once all faults end", () => {
  const run = runScenario(scenario(data([...TROUBLE, { after: "1s", settle: "30s" }])));
  expect(run.report.violations).toEqual([]);
  expect(run.report.ok).toBe(true);
  expect(run.report.members.every(({ status }) => status === "up")).toBe(true);
  const hashes = run.report.members.map(({ stateHash }) => stateHash);
  expect(new Set(hashes).size).toBe(1);
  // As soon as it is at rest: half a minute is the most it may take.
  expect(run.report.virtualMs).toBeLessThan(20_000);
});

test("a member whose data are other than it says is found", () => {
  const steps = [
    { when: "leader elected", puts: { count: 30, every: "2ms", key: "k" } },
    { when: "puts done", corrupt: { member: "m3", key: "k", value: "vXX" } },
    { settle: "10s" },
  ];
  expect(violations(data(steps)).join("\n")).toMatch(/^same-backend: hash.*m3/m);
});

test("who restarted since a compaction tells another hash of it, and is not blamed", () => {
  const steps = [
    { when: "leader elected", puts: { count: 30, every: "2ms", key: "k" } },
    { when: "puts done", compact: { revision: "newest", physical: true } },
    { after: "6s", crash: "m3" },
    { after: "100ms", restart: "m3" },
    { settle: "10s" },
  ];
  expect(violations(data(steps))).toEqual([]);
});

test("a member whose disk has rotted does well to refuse to start", () => {
  const steps = [
    { when: "leader elected", puts: { count: 20, every: "2ms" } },
    { when: "puts done", crash: "m3" },
    { "bit-rot": { member: "m3", bits: 50 } },
    { settle: "10s" },
  ];
  const { report } = runScenario(scenario(data(steps)));
  expect(report.violations).toEqual([]);
  expect(report.members[2]).toMatchObject({ status: "refused" });
});

test("impossible steps fail the run, or are left out", () => {
  const steps = [
    { after: "100ms", restart: "m1" },
    { pause: "leader" },
    { after: "3s", crash: "leader" },
  ];
  const failing = runScenario(scenario(data(steps)));
  expect(failing.report.failure).toMatchObject({ step: 1, text: "m1 is running already" });
  const lenient = runScenario(scenario(data(steps, {}, { impossible: "skip" })));
  expect(lenient.report.failure).toBeNull();
  const faults = lenient.events.flatMap((e) => (e.kind === "fault" ? [e.fault] : []));
  expect(faults).toEqual(["crash"]);
});

test("what comes after a settle has its time, and is judged", () => {
  const steps = [{ when: "leader elected", settle: "10s" }, { put: { key: "a", value: "1" } }];
  const run = runScenario(scenario(data(steps, {}, { expect: [{ acknowledged: "a" }] })));
  expect(run.report.expectations).toMatchObject([{ ok: true }]);
});

test("a settle that leaves no time to rest is refused", () => {
  expect(() => scenario(data([{ settle: "1s" }]))).toThrow(/steps\[0\].settle: .*give it longer/);
  const rest = [{ settle: { within: "1s", rest: "2s" } }];
  expect(() => scenario(data(rest))).toThrow(/settle.rest: .*shorter/);
});

test("a run that goes in circles is stopped", () => {
  const steps = [{ when: "leader elected" }, { after: "1s", settle: "10s" }];
  const run = runScenario(scenario(data(steps)), { eventsMax: 100, runaway: "violation" });
  expect(run.report.ok).toBe(false);
  expect(run.violations).toMatchObject([{ invariant: "runaway" }]);
});

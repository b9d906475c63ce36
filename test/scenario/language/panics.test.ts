import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parseScenario } from "../../../src/scenario/read/parse.ts";
import { type RunOptions, runScenario, type ScenarioRun } from "../../../src/scenario/run/run.ts";
import { simulate } from "../../../src/simulate/simulate.ts";
import { Layer, type TraceEvent } from "../../../src/trace/events.ts";
import { storyText, tellStory } from "../../../src/trace/story/story.ts";
import { sealed } from "../../support/sealed.ts";

const run = (steps: readonly string[], cluster = "members: 1", options: RunOptions = {}) => {
  const text = `name: x
title: t
teaches: t
cluster: { ${cluster} }
steps:
${steps.map((step) => `  - ${step}`).join("\n")}
expect: [one leader per term]
`;
  return sealed(() => runScenario(parseScenario(text, "x.yaml"), options));
};

const panicLines = ({ header, events }: ScenarioRun) =>
  tellStory(header, events)
    .filter(({ text, detail }) => detail === "story" && text.startsWith("panics"))
    .map(storyText);

const REMOVED = ["when: leader elected", "remove-member: m1", "after: 1s"];

describe("a panic", () => {
  test("ends the one member that it befalls, and the run goes on", () => {
    const file = resolve(import.meta.dirname, "../../../scenarios/wrong-address.yaml");
    const scenario = parseScenario(readFileSync(file, "utf8"), "wrong-address.yaml");
    const bugs = { ...scenario, cluster: { ...scenario.cluster, bugs: ["W18"] } };
    const ran = sealed(() => runScenario(bugs));
    const [panic, ...others] = ran.violations;
    expect(panic).toMatchObject({ invariant: "panic", member: 3 });
    expect(panic?.text).toMatch(/^m3 panics: tocommit\(\d+\) is out of range \[lastIndex\(\d+\)\]/);
    expect(others).toEqual([]);
    const event = ran.events[(panic?.seq ?? 0) - 1];
    expect(event).toMatchObject({ kind: "panic", at: panic?.at, member: 3 });
    expect(panicLines(ran)).toHaveLength(1);
    // Its process is gone, the others' go on.
    const after = ran.events.filter(({ seq }) => seq > (panic?.seq ?? 0));
    expect(after[0]).toMatchObject({ kind: "crash", member: 3, cause: panic?.seq });
    expect(after.some(({ kind, member }) => kind === "wake" && member === 3)).toBe(false);
    expect(after.some(({ kind, member }) => kind === "role" && member === 2)).toBe(true);
    expect(ran.report.members.map(({ status }) => status)).toEqual(["up", "up", "down"]);
    expect(ran.report.ok).toBe(false);
  });

  test("befalls whoever comes to the same entry: a leader, and its followers after it", () => {
    const steps = ["when: leader elected", "change: { remove: [m1, m2, m3] }", "after: 3s"];
    const ran = run(steps, "members: 3");
    expect(ran.violations.map(({ text }) => text)).toEqual([
      "m3 panics: removed all voters",
      "m2 panics: removed all voters",
      "m1 panics: removed all voters",
    ]);
    expect(panicLines(ran)[0]).toMatch(/m3 {2}panics as leader of term \d+: removed all voters$/);
  });

  test("comes again when the member starts again, from what its disk says", () => {
    const ran = run([...REMOVED, "restart: m1", "after: 5s"]);
    expect(panicLines(ran)).toHaveLength(2);
    expect(ran.violations.map(({ invariant }) => invariant)).toEqual(["panic", "panic"]);
    expect(ran.report.failure).toBeNull();
  });

  test("loses who waited for an answer, as every end of a process does", () => {
    const ran = run([
      ...REMOVED.slice(0, 2),
      "put: { key: a, value: 1, as: waiting }",
      "after: 30s",
    ]);
    const ends = ran.events.filter(({ kind }) => kind === "complete");
    expect(ends).toHaveLength(1);
    expect(ends[0]).not.toMatchObject({ outcome: "ok" });
  });

  test("is not looked for where a run is held against other things, and ends the process all the same", () => {
    const ran = run(REMOVED, "members: 1", { only: ["election-safety"], stopAtViolation: true });
    expect(ran.violations).toEqual([]);
    expect(ran.report.members[0]?.status).toBe("down");
  });

  test("ends a run that ends at the first violation", () => {
    const ran = run([...REMOVED, "restart: m1", "after: 5s"], "members: 1", {
      stopAtViolation: true,
    });
    expect(ran.violations).toHaveLength(1);
    expect(ran.events.filter(({ kind }) => kind === "boot")).toHaveLength(1);
  });

  test("ends a simulation, and says whose it was", async () => {
    const steps = [{ "remove-member": "m1" }];
    const report = await simulate(
      { cluster: { members: 1 }, steps, throws: false, settle: false },
      (sim) => sim.sleep(5000),
    );
    expect(report.failure?.kind).toBe("violation");
    expect(report.failure?.text).toMatch(/^panic: m1 panics: removed all voters/);
  });
});

describe("what is no member's fault", () => {
  const broken = {
    layers: Layer.All,
    event({ kind }: TraceEvent): void {
      if (kind === "commit") throw new TypeError("this listener is broken");
    },
  };

  test("is thrown on: a listener that fails while a member steps", () => {
    expect(() => run(REMOVED, "members: 1", { sinks: [broken] })).toThrow(
      "this listener is broken",
    );
  });
});

import { describe, expect, test } from "vitest";
import { InputError } from "../../../src/scenario/read/input-error.ts";
import { parseScenario } from "../../../src/scenario/read/parse.ts";
import { runScenario, type ScenarioRun } from "../../../src/scenario/run/run.ts";

function source(steps: readonly string[], cluster: string): string {
  return `
name: test
title: A test
teaches: Nothing.
cluster: { ${cluster} }
steps:
  - at: 200ms
    campaign: m1
  - when: m1 is leader
${steps.map((step) => `  - ${step}`).join("\n")}
expect: [one leader per term]
`;
}

function run(steps: readonly string[], cluster = "members: 3"): ScenarioRun {
  const scenario = parseScenario(source(steps, cluster), "test.yaml");
  const ran = runScenario(scenario);
  // Each twice: chance is the seed's alone.
  expect(runScenario(scenario).report.traceDigest).toBe(ran.report.traceDigest);
  return ran;
}

function complaint(step: string): string {
  try {
    parseScenario(source([step], "members: 3"), "test.yaml");
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return "";
}

const faultsOf = ({ events }: ScenarioRun) =>
  events.flatMap((event) => (event.kind === "fault" ? [event.text] : []));
const crashesOf = ({ events }: ScenarioRun) =>
  events.flatMap((event) => (event.kind === "crash" ? [event.text] : []));

test.each(["rewind", "forget", "scatter"])("a crash that leaves the disk as with %s", (disk) => {
  const ran = run(
    [
      "puts: { count: 60, every: 5ms, bytes: 200B }",
      "after: 250ms\n    crash: { member: m2, disk: DISK }".replace("DISK", disk),
      "when: puts done",
      "settle: 20s",
    ],
    "members: 3, snapshot-entries: 10, catch-up-entries: 2, segment: 2KiB",
  );
  expect(ran.report.ok).toBe(true);
  expect(crashesOf(ran)).toHaveLength(1);
});

describe("crash-at", () => {
  test("a point of the code ends the process when it comes there", () => {
    const ran = run([
      "crash-at: { member: m2, point: walBeforeSync, count: 3 }",
      "puts: { count: 5, every: 20ms }",
      "when: puts done",
      "settle: 20s",
    ]);
    expect(ran.report.ok).toBe(true);
    expect(crashesOf(ran)[0]).toMatch(/^at walBeforeSync; /);
    expect(faultsOf(ran)[1]).toBe(
      "m2 will crash at walBeforeSync, when it comes there for time 3 from now",
    );
  });

  test("the end of all faults takes back what has not come yet", () => {
    const ran = run([
      "crash-at: { member: all, point: defragBeforeRename }",
      "settle: 20s",
      "defrag: all",
      "after: 1s\n    expect: { acknowledged: defrag }",
    ]);
    expect(ran.report.ok).toBe(true);
    expect(crashesOf(ran)).toEqual([]);
  });

  test.each([
    ["point: walBeforSync", 'unknown fault point "walBeforSync", did you mean "walBeforeSync"?'],
    [
      "point: beforeStartDBTxn",
      "there is no such moment as beforeStartDBTxn here: the backend has no transaction",
    ],
    ["operations: 3, point: walAfterSync", "say where: either `operations` or `point`"],
    ["disk: keep", "say where: either `operations` or `point`"],
    ["operations: 3, count: 2", "`count` is how often it comes to a `point`"],
    ["point: 3", "expected a fault point such as walBeforeSync, found 3"],
  ])("%s is refused", (argument, text) => {
    expect(complaint(`crash-at: { member: m2, ${argument} }`)).toContain(text);
  });
});

import { InputError } from "../../../src/scenario/read/input-error.ts";
import { parseScenario } from "../../../src/scenario/read/parse.ts";
import type { ClientCall } from "../../../src/scenario/run/client-call.ts";
import { runScenario, type ScenarioRun } from "../../../src/scenario/run/run.ts";
import type { World } from "../../../src/scenario/run/world.ts";

function source(steps: readonly string[], cluster: string, end: readonly string[]): string {
  const lines = [...["at: 200ms\n    campaign: m1", "when: m1 is leader"], ...steps];
  return `
name: test
title: A test
teaches: Nothing.
cluster: { ${cluster} }
steps:
${lines.map((line) => `  - ${line}`).join("\n")}
expect:
${end.map((line) => `  - ${line}`).join("\n")}
`;
}

interface Options {
  readonly cluster?: string;
  readonly expect?: readonly string[];
}

/** What a run leaves behind for a test to look at. */
export interface SmallRun extends ScenarioRun {
  readonly world: World;
  /** What a client asked for under this name. */
  named(name: string): ClientCall;
}

/** Runs these steps once m1 leads; nothing that was not expected may happen. */
export function smallRun(steps: readonly string[], options: Options = {}): SmallRun {
  const { cluster = "members: 3", expect = ["one leader per term"] } = options;
  const scenario = parseScenario(source(steps, cluster, expect), "test.yaml");
  const seen: World[] = [];
  // The first step shows the world, which a run keeps for itself.
  const [first, ...rest] = scenario.steps;
  if (first === undefined) throw new Error("there are steps");
  const act = (world: World): void => {
    seen.push(world);
    first.act?.(world);
  };
  const run = runScenario({ ...scenario, steps: [{ ...first, act }, ...rest] });
  const { failure, violations, expectations } = run.report;
  const failed = expectations.filter(({ ok }) => !ok);
  if (failure !== null || violations.length + failed.length > 0) {
    throw new Error(JSON.stringify({ failure, violations, failed }, null, 2));
  }
  const world = seen[0] as World;
  const named = (name: string): ClientCall => {
    const call = world.clients.named.get(name);
    if (call === undefined) throw new Error(`nobody asked for ${name}`);
    return call;
  };
  return { ...run, world, named };
}

/** What is said about a step that is no good; nothing if it is read. */
export function complaints(...steps: readonly string[]): string[] {
  try {
    parseScenario(source(steps, "members: 3", ["logs equal"]), "bad.yaml");
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message.split("\n").map((line) => line.replace(/^bad\.yaml:\d+:\d+ /, ""));
  }
  return [];
}

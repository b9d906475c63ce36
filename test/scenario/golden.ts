import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import type { ScenarioReport } from "../../src/scenario/run/report.ts";
import { runScenario } from "../../src/scenario/run/run.ts";
import { sealed } from "../support/sealed.ts";

const SCENARIOS = resolve(import.meta.dirname, "../../scenarios");

export const GOLDEN_FILE = join(import.meta.dirname, "golden-digests.json");

/** What a run comes down to: equal on every machine and every Node, until behaviour is changed. */
export interface Golden {
  readonly seed: number;
  readonly events: number;
  readonly traceDigest: string;
  readonly stateDigest: string;
}

/** The library's scenarios by name, sorted. */
export function scenarioNames(): string[] {
  return readdirSync(SCENARIOS)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.replace(/\.yaml$/, ""))
    .sort();
}

/** The scenario's run, where ambient time and chance throw. */
export function goldenRun(name: string): ScenarioReport {
  const text = readFileSync(join(SCENARIOS, `${name}.yaml`), "utf8");
  const scenario = parseScenario(text, `scenarios/${name}.yaml`);
  return sealed(() => runScenario(scenario, { events: false })).report;
}

export function goldenOf({ seed, events, traceDigest, stateDigest }: ScenarioReport): Golden {
  return { seed, events, traceDigest, stateDigest };
}

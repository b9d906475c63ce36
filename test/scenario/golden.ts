import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseScenario } from "../../src/scenario/read/parse.ts";
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

export function goldenOf(name: string): Golden {
  const text = readFileSync(join(SCENARIOS, `${name}.yaml`), "utf8");
  const scenario = parseScenario(text, `scenarios/${name}.yaml`);
  const { report } = sealed(() => runScenario(scenario, { events: false }));
  const { seed, events, traceDigest, stateDigest } = report;
  return { seed, events, traceDigest, stateDigest };
}

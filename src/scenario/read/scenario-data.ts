import { stringify } from "yaml";
import type { Path } from "../language/names.ts";
import type { Scenario } from "../scenario.ts";
import { InputError } from "./input-error.ts";
import { pathText } from "./path-text.ts";
import { isComplaints, readScenario } from "./read-scenario.ts";

/**
 * One step of a scenario, as in a file: a word and its argument, and when it comes. `{after: "20ms",
 * crash: "leader"}`.
 *
 * @public
 */
export type StepData = Readonly<Record<string, unknown>>;

/**
 * A scenario as plain data: what a file holds, key by key (scenarios/README.md).
 *
 * @public
 */
export interface ScenarioData {
  readonly name: string;
  readonly title: string;
  readonly teaches: string;
  readonly seed: number;
  readonly cluster: Readonly<Record<string, unknown>>;
  readonly impossible?: "fail" | "skip";
  readonly until?: string;
  readonly steps: readonly StepData[];
  readonly expect: readonly unknown[];
}

/**
 * Reads a scenario that is given as data. Throws InputError with all that is wrong with it, each with
 * its place: `steps[2].crash: …`. `outsiders` are clients that ask for something, though no step says so.
 *
 * @public
 */
export function scenario(data: ScenarioData, outsiders: readonly number[] = []): Scenario {
  const words = (path: Path): string => wordsOf(valueAt(data, path));
  const read = readScenario(data, {
    file: data.name,
    words,
    phrase: (path) => words(path).replace(/^\{(.*)\}$/, "$1"),
    line: () => 0,
    text: () => scenarioYaml(data),
    outsiders,
  });
  if (!isComplaints(read)) return read;
  throw new InputError(
    read.map(({ path, text }) => ({
      file: "",
      line: 0,
      column: 0,
      text: `${pathText(path)}: ${text}`,
    })),
  );
}

/** The file that means the same. */
export function scenarioYaml(data: ScenarioData): string {
  return stringify(data, { lineWidth: 0, flowCollectionPadding: false });
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(wordsOf).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const pairs = Object.entries(value).map(([key, item]) => `${key}: ${wordsOf(item)}`);
    return `{${pairs.join(", ")}}`;
  }
  return value === undefined ? "" : String(value);
}

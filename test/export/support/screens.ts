import { join } from "node:path";
import { scenarioRun } from "./runs.ts";
import { written } from "./traces.ts";

export const SCREENS = join(import.meta.dirname, "../../../docs/screens");

/** The pictures of the documentation, by file. */
export function screens(): ReadonlyMap<string, string> {
  return new Map([
    ["leader-crash.svg", written("svg", scenarioRun("leader-crash"), { at: 3_526_500 }).text],
  ]);
}

import { parse } from "yaml";
import type { Scenario } from "../scenario.ts";
import type { ScenarioData } from "./scenario-data.ts";

/** A scenario that was read from a file as the data that stand there, with this seed. */
export function dataOf({ source }: Scenario, seed: number): ScenarioData {
  return { cluster: {}, ...parse(source), seed };
}

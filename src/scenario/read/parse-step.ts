import { parse } from "yaml";
import type { StepData } from "./scenario-data.ts";
import { yamlProblem } from "./yaml-problem.ts";

/** One step as somebody types it: `crash: leader`. Returns a sentence if it is none; its words are not checked. */
export function parseStep(text: string): StepData | string {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    return yamlProblem(error);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as StepData;
  }
  return 'a step is a word and what it is about, e.g. "crash: leader"';
}

import type { Instant } from "../base/time.ts";
import type { ScenarioData, StepData } from "../scenario/read/scenario-data.ts";
import type { ScenarioRun } from "../scenario/run/run.ts";

/** One course of events of a session: a scenario, and the run that follows from it. */
export interface Branch {
  /** What was done last, in the words of a scenario; of the first branch its scenario's title. */
  readonly title: string;
  readonly data: ScenarioData;
  readonly run: ScenarioRun;
  /** The number of the branch whose past it shares up to `forkedAt`; null: it began by itself. */
  readonly parent: number | null;
  readonly forkedAt: Instant;
  /** Steps from this one on (from 0) were taken by hand. */
  readonly written: number;
  /** What it was before its last step; null: nothing can be undone. */
  readonly before: Branch | null;
}

/** `crash: leader`, `drop-next: {from: m1, to: m2}`: as in a file. */
export function stepText(step: StepData): string {
  return Object.entries(step)
    .filter(([key]) => key !== "at")
    .map(([key, value]) => `${key}: ${valueText(value)}`)
    .join(", ");
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const pairs = Object.entries(value).map(([key, inner]) => `${key}: ${valueText(inner)}`);
  return `{${pairs.join(", ")}}`;
}

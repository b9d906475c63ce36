import { parseScenario } from "../scenario/read/parse.ts";
import { type ScenarioData, scenarioYaml } from "../scenario/read/scenario-data.ts";
import { runScenario } from "../scenario/run/run.ts";
import { storyText, tellStory } from "../trace/story/story.ts";
import type { CampaignSettings } from "./report.ts";
import type { Shrunk } from "./shrink/shrink.ts";

/**
 * A failure that can be kept: a scenario file, and what to say of it.
 *
 * @public
 */
export interface Failure {
  /** Of the scenario, and of its file. */
  readonly name: string;
  readonly yaml: string;
  readonly invariant: string;
  /** What is violated, as the replay says it. */
  readonly text: string;
  /** What led to it: the last lines of the story before it. */
  readonly story: readonly string[];
  /** Of the trace of the whole run, as the replay prints it. */
  readonly traceDigest: string;
  /** The file, read and run, breaks the same invariant. */
  readonly confirmed: boolean;
}

/** Lines of the story that are shown: all of a failure is to fit on a screen. */
const STORY_LINES = 14;

/** Writes a shrunk case down as a file that `detcd replay` runs, and runs that to be sure. */
export function describeFailure(
  { scenario, violation }: Shrunk,
  number: number,
  { profile, seed }: CampaignSettings,
): Failure {
  const { invariant } = violation;
  const name = `${invariant}-${seed}-${number}`;
  const data: ScenarioData = {
    ...scenario,
    name,
    title: `${invariant} is broken`,
    teaches: `Found by the ${profile} campaign with seed ${seed} in case ${number}, and made smaller. ${sentence(violation.text)}\n`,
  };
  const yaml = scenarioYaml(data);
  const read = parseScenario(yaml, `${name}.yaml`);
  // What a broken cluster does afterwards is in the digest, and may be without end: a leader sends what a follower
  // lost that had acknowledged it again and again, as fast as the network is. Nobody tells that.
  const run = runScenario(read, { events: false, runaway: "violation" });
  const upTo = { stopAtViolation: true, only: [invariant], runaway: "violation" } as const;
  const { header, events, violations } = runScenario(read, upTo);
  const found = violations.find((each) => each.invariant === invariant);
  const at = found?.at ?? violation.at;
  const story = tellStory(header, events)
    .filter(({ detail, at: told }) => detail === "story" && told <= at)
    .map(storyText);
  return {
    name,
    yaml,
    invariant,
    text: run.report.violations.find((text) => text.startsWith(`${invariant}:`)) ?? violation.text,
    story: story.slice(-STORY_LINES),
    traceDigest: run.report.traceDigest,
    confirmed: found !== undefined,
  };
}

function sentence(text: string): string {
  const one = text.replace(/\s+/g, " ").trim();
  return `${one.charAt(0).toUpperCase()}${one.slice(1)}${/[.!?]$/.test(one) ? "" : "."}`;
}

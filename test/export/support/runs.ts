import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tlaLines } from "../../../src/export/tla.ts";
import { drawCase } from "../../../src/fuzz/draw/case.ts";
import { profileNamed } from "../../../src/fuzz/profiles.ts";
import { parseScenario } from "../../../src/scenario/read/parse.ts";
import { type ScenarioData, scenario } from "../../../src/scenario/read/scenario-data.ts";
import { runScenario } from "../../../src/scenario/run/run.ts";
import type { TraceEvent, TraceHeader } from "../../../src/trace/events.ts";
import { sealed } from "../../support/sealed.ts";

const SCENARIOS = join(import.meta.dirname, "../../../scenarios");

const EVENTS_MAX = 100_000;

export interface Recorded {
  readonly header: TraceHeader;
  readonly events: readonly TraceEvent[];
}

/** A run of a scenario of the library; `edit` changes its text before. */
export function scenarioRun(name: string, edit: (text: string) => string = (text) => text) {
  const file = join(SCENARIOS, `${name}.yaml`);
  const text = readFileSync(file, "utf8");
  return runScenario(parseScenario(edit(text), file));
}

/** A run of a case of the campaign about raft. */
export function caseRun(data: ScenarioData, bugs: readonly string[] = []): Recorded {
  const read = scenario({ ...data, cluster: { ...data.cluster, bugs } });
  // A mistake may make a run go in circles.
  return sealed(() => runScenario(read, { eventsMax: EVENTS_MAX, runaway: "violation" }));
}

/** The first cases of that campaign. */
export function raftCases(seed: number, count: number): readonly ScenarioData[] {
  const profile = profileNamed("raft");
  return Array.from({ length: count }, (_, number) => drawCase(profile, seed, number).scenario);
}

/** What the specification has no steps for: snapshots at any time, and changes that members may refuse. */
const WILD = ["snapshot", "member-promote", "member-remove", "member-update"];

/** The case without that, and with one change of the membership at a time. */
export function tame(data: ScenarioData): ScenarioData {
  const { cluster, steps } = data;
  // Of several members that a change adds the first comes: nobody speaks of the others.
  const absent = steps.flatMap(({ change }) => (change as Change | undefined)?.add.slice(1) ?? []);
  return {
    ...data,
    cluster: { ...cluster, "snapshot-entries": 100_000, "catch-up-entries": 100_000 },
    steps: steps
      .filter((step) => !WILD.some((word) => word in step))
      .filter(
        (step) =>
          !absent.some((id) => JSON.stringify(step).includes(`"${id}"`)) || "change" in step,
      )
      .map(({ change, link, ...step }) => {
        if (change !== undefined) return { ...step, "add-member": (change as Change).add[0] };
        return link === undefined ? step : { ...step, link: { ...link, duplicate: "0%" } };
      }),
  };
}

interface Change {
  readonly add: readonly string[];
}

/** The text of the export. Throws UnmodelledError. */
export function exported({ header, events }: Recorded): string {
  return [...tlaLines(header, events)].join("\n");
}

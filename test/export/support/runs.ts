import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tlaLines } from "../../../src/export/tla.ts";
import { parseScenario } from "../../../src/scenario/read/parse.ts";
import { runScenario } from "../../../src/scenario/run/run.ts";
import type { TraceEvent, TraceHeader } from "../../../src/trace/events.ts";
import { ListSink } from "../../../src/trace/recorder.ts";
import { runPlan } from "../../property/run-plan.ts";
import type { Plan } from "../../property/schedule.ts";
import { sealed } from "../../support/sealed.ts";

const SCENARIOS = join(import.meta.dirname, "../../../scenarios");

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

/** A run of a drawn plan, as far as it goes. */
export function planRun(plan: Plan, bugs: readonly string[] = []): Recorded {
  const sink = new ListSink();
  const { members, seed } = plan.options;
  try {
    sealed(() => runPlan(plan, { check: false, sinks: [sink], unsettled: true, bugs }));
  } catch (error) {
    // A mistake may end in a failed assertion: what came before is a run too.
    if (bugs.length === 0) throw error;
  }
  const header: TraceHeader = {
    detcd: "trace",
    version: 1,
    name: "drawn",
    title: "",
    teaches: "",
    seed,
    members: Array.from({ length: members }, (_, i) => i + 1),
    tickUs: 100_000,
    electionTicks: 10,
  };
  return { header, events: sink.events };
}

/** The plan without what the specification has no steps for. */
export function tame({ options, steps }: Plan): Plan {
  return {
    options: { ...options, snapshotEntries: 100_000, catchUpEntries: 100_000 },
    steps: steps
      .filter(({ action }) => action.do !== "replace" && action.do !== "snapshot")
      .map((step) =>
        step.action.do === "bad-links"
          ? { ...step, action: { ...step.action, duplicate: 0 } }
          : step,
      ),
  };
}

/** The text of the export. Throws UnmodelledError. */
export function exported({ header, events }: Recorded): string {
  return [...tlaLines(header, events)].join("\n");
}

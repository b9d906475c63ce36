import type { ScenarioData } from "../../scenario/read/scenario-data.ts";
import { scenario } from "../../scenario/read/scenario-data.ts";
import { headerOf } from "../../scenario/run/run.ts";
import { isRefusal, refusalText } from "../../serve/control/refusal.ts";
import type { Pacer } from "../../serve/pacer.ts";
import { stepText } from "../../session/branch.ts";
import { Layer, type TraceEvent } from "../../trace/events.ts";
import type { TraceSink } from "../../trace/trace.ts";
import type { Live } from "../../ui/workbench.ts";
import type { Io } from "../io.ts";
import { outsideOf } from "../replay/outside.ts";

/** More than that nobody looks at, and a picture takes as long as there are events. */
const EVENTS_MAX = 200_000;

/** The beginning of a session, for the screen. */
export class ScreenSink implements TraceSink {
  readonly layers = Layer.All;
  readonly keeps = true;
  readonly events: TraceEvent[] = [];

  event(event: TraceEvent): void {
    if (this.events.length < EVENTS_MAX) this.events.push(event);
  }

  get isFull(): boolean {
    return this.events.length === EVENTS_MAX;
  }
}

/** Shows the session on the terminal while it goes on, until the person quits. */
export async function showSession(
  sink: ScreenSink,
  pacer: Pacer,
  data: ScenarioData,
  soFar: () => ScenarioData,
  io: Io,
): Promise<void> {
  const { startLive } = await import("../../ui/start.ts");
  const live: Live = {
    data: soFar,
    act: (step) => {
      try {
        pacer.take({ kind: "step", step });
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return { done: false, text: refusalText(error).split("\n")[0] ?? "" };
      }
      pacer.onProgress();
      const more = sink.isFull ? " (the screen shows the session's beginning: it is full)" : "";
      return { done: true, text: `${stepText(step)}${more}` };
    },
  };
  const command = "detcd replay FILE (--trace FILE writes the session down)";
  const header = headerOf(scenario(data), data.seed);
  await startLive({ header, events: sink.events, live, outside: outsideOf(command, io) });
}

import type { ScenarioReport } from "../../scenario/run/report.ts";
import type { TraceEvent, TraceHeader } from "../../trace/events.ts";
import type { BrokenRule } from "../../trace/story/broken-rules.ts";

/** Draws a run on the terminal until the person quits. The drawing code is only loaded here. */
export async function visualize(
  run: {
    readonly header: TraceHeader;
    readonly events: readonly TraceEvent[];
    readonly violations?: readonly BrokenRule[];
    readonly report?: ScenarioReport;
  },
  speed: number | undefined,
): Promise<void> {
  const { startVisualizer } = await import("../../ui/start.ts");
  await startVisualizer({ ...run, ...(speed === undefined ? {} : { speed }) });
}

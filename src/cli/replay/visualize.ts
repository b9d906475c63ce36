import { InputError } from "../../scenario/read/input-error.ts";
import type { Moment } from "../../scenario/read/moment.ts";
import type { ScenarioReport } from "../../scenario/run/report.ts";
import type { Session } from "../../session/session.ts";
import type { TraceEvent, TraceHeader } from "../../trace/events.ts";
import type { BrokenRule } from "../../trace/story/broken-rules.ts";
import type { Io } from "../io.ts";

/** What is shown, and from where on. */
export interface Shown {
  readonly header: TraceHeader;
  readonly events: readonly TraceEvent[];
  readonly violations?: readonly BrokenRule[];
  readonly report?: ScenarioReport;
}

export interface Showing {
  readonly speed?: number | undefined;
  readonly at?: Moment | undefined;
  readonly mouse?: boolean | undefined;
  /** How to get the run again. */
  readonly command: string;
  /** What it was made from; absent: a recorded trace. */
  readonly session?: Session;
  /** The branch that is shown beside it. */
  readonly beside?: number;
}

/** Draws a run on the terminal until the person quits. The drawing code is only loaded here. */
export async function visualize(run: Shown, showing: Showing, io: Io): Promise<void> {
  const { startVisualizer } = await import("../../ui/start.ts");
  const { outsideOf } = await import("./outside.ts");
  const { speed, at, mouse, session, beside } = showing;
  if (at !== undefined) await checkMoment(run, at);
  await startVisualizer({
    ...run,
    outside: outsideOf(showing.command, io),
    ...(session === undefined ? {} : { session }),
    ...(beside === undefined ? {} : { beside }),
    ...(speed === undefined ? {} : { speed }),
    ...(at === undefined ? {} : { at }),
    ...(mouse === undefined ? {} : { mouse }),
  });
}

/** Throws InputError if the run has no such moment. */
async function checkMoment({ header, events }: Shown, at: Moment): Promise<void> {
  const { placeAt } = await import("../../ui/place-at.ts");
  const { Recording } = await import("../../ui/recording.ts");
  const place = placeAt(new Recording(header, events), at);
  if (typeof place === "string") throw InputError.plain(place);
}

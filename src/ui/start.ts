import { createElement } from "react";
import type { Moment } from "../scenario/read/moment.ts";
import type { ScenarioReport } from "../scenario/run/report.ts";
import type { Session } from "../session/session.ts";
import type { TraceEvent, TraceHeader } from "../trace/events.ts";
import type { BrokenRule } from "../trace/story/broken-rules.ts";
import { App } from "./app.tsx";
import { type DrawOptions, drawOn } from "./draw-on.ts";
import { placeAt } from "./place-at.ts";
import { openingState, type PlayerState } from "./player.ts";
import { Recording } from "./recording.ts";
import { verdictRows } from "./verdict.ts";
import { type Live, type Outside, recordingOf, workbench } from "./workbench.ts";

export interface VisualizerOptions extends DrawOptions {
  /** What the run was made from, so that it can be gone on with by hand; absent: a recorded trace. */
  readonly session?: Session;
  /** The branch of it that is shown beside; absent: none. */
  readonly beside?: number;
  readonly outside?: Outside;
  /** The moment that is opened first; absent: the beginning, which plays. */
  readonly at?: Moment;
  readonly header: TraceHeader;
  readonly events: readonly TraceEvent[];
  /** What checkers found in it; absent: nothing. */
  readonly violations?: readonly BrokenRule[];
  /** How the run was judged: shown once it was played to its end. */
  readonly report?: ScenarioReport;
  /** Virtual seconds a second; 1 if absent. */
  readonly speed?: number;
}

/**
 * Shows a recorded run in the terminal until the user quits, and gives the terminal back. Import
 * this lazily: ink takes half a second to load.
 */
export async function startVisualizer(options: VisualizerOptions): Promise<void> {
  const { header, events, violations = [], report, session, speed = 1 } = options;
  const recording =
    session === undefined ? new Recording(header, events, violations) : recordingOf(session.branch);
  const bench = workbench(session ?? null, recording, opened(options, recording, speed));
  await drawOn(options, (terminal) =>
    createElement(App, {
      start: { ...bench, beside: options.beside ?? null },
      outside: options.outside ?? NOTHING_OUTSIDE,
      verdict: report === undefined ? [] : verdictRows(report),
      ...terminal,
    }),
  );
}

/** A run that goes on while it is looked at. */
export interface LiveOptions extends DrawOptions {
  readonly header: TraceHeader;
  readonly live: Live;
  readonly outside: Outside;
  /** All events so far: the same array, longer each time. */
  readonly events: readonly TraceEvent[];
}

/** A picture of a live run costs as much as it is long: so much of the time at most goes into pictures. */
const SHARE = 0.2;
const PICTURE_MS = 250;

/** Shows a live run in the terminal, its end first, until the user quits. */
export async function startLive(options: LiveOptions): Promise<void> {
  const { header, events, live, outside } = options;
  const now = () => new Recording(header, events.slice());
  const first = now();
  const player: PlayerState = {
    ...openingState(first, 1),
    ...{ position: first.length, now: first.end, playing: false, lesson: false, view: "cluster" },
  };
  const onGrown = (listener: (recording: Recording) => void) => {
    let shown = first.length;
    let timer: NodeJS.Timeout;
    const look = () => {
      const began = performance.now();
      if (events.length !== shown) {
        shown = events.length;
        listener(now());
      }
      timer = setTimeout(look, Math.max(PICTURE_MS, (performance.now() - began) / SHARE));
    };
    timer = setTimeout(look, PICTURE_MS);
    return () => clearTimeout(timer);
  };
  const start = workbench(null, first, player, live);
  await drawOn(options, (terminal) =>
    createElement(App, { start, outside, onGrown, verdict: [], ...terminal }),
  );
}

const NOTHING_OUTSIDE: Outside = {
  save: () => "nothing can be saved here",
  command: (_, moment) => moment,
};

function opened({ at }: VisualizerOptions, recording: Recording, speed: number): PlayerState {
  const state = openingState(recording, speed);
  const place = at === undefined ? "" : placeAt(recording, at);
  if (typeof place === "string") return state;
  return { ...state, lesson: false, playing: false, ...place };
}

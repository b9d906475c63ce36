import { render } from "ink";
import { createElement } from "react";
import type { Moment } from "../scenario/read/moment.ts";
import type { ScenarioReport } from "../scenario/run/report.ts";
import type { Session } from "../session/session.ts";
import type { TraceEvent, TraceHeader } from "../trace/events.ts";
import type { BrokenRule } from "../trace/story/broken-rules.ts";
import { App } from "./app.tsx";
import { wantsAscii } from "./ascii.ts";
import { openingState, type PlayerState } from "./player.ts";
import { Recording } from "./recording.ts";
import { ScreenStream, type TerminalOutput } from "./screen-stream.ts";
import { verdictRows } from "./verdict.ts";
import { type Outside, recordingOf, workbench } from "./workbench.ts";

export interface VisualizerOptions {
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
  /** The terminal; `process.stdout` and `process.stdin` if absent. */
  readonly stdout?: TerminalOutput;
  readonly stdin?: NodeJS.ReadStream;
  /** No sign beyond ASCII; absent: as the locale and TERM say. */
  readonly ascii?: boolean;
  /** Colours; absent: unless NO_COLOR is set. */
  readonly colour?: boolean;
}

/**
 * Shows a recorded run in the terminal until the user quits, and gives the terminal back. Import
 * this lazily: ink takes half a second to load.
 */
export async function startVisualizer(options: VisualizerOptions): Promise<void> {
  const { header, events, violations = [], report, speed = 1 } = options;
  const { NO_COLOR } = process.env;
  const colour = options.colour ?? (NO_COLOR === undefined || NO_COLOR === "");
  const ascii = options.ascii ?? wantsAscii(process.env);
  const screen = new ScreenStream(options.stdout ?? process.stdout, ascii);
  const recording =
    options.session === undefined
      ? new Recording(header, events, violations)
      : recordingOf(options.session.branch);
  const leave = () => screen.leave();
  const app = createElement(App, {
    start: {
      ...workbench(options.session ?? null, recording, opened(options, recording, speed)),
      beside: options.beside ?? null,
    },
    outside: options.outside ?? NOTHING_OUTSIDE,
    verdict: report === undefined ? [] : verdictRows(report),
    colour,
    size: screen.size,
    onResize: screen.onResize,
    onLeave: leave,
  });
  process.once("exit", leave);
  screen.enter();
  try {
    const ink = render(app, {
      stdout: screen as unknown as NodeJS.WriteStream,
      ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
      debug: true, // whole pictures: see ScreenStream
      patchConsole: false,
    });
    await ink.waitUntilExit();
  } finally {
    process.off("exit", leave);
    leave();
  }
}

const NOTHING_OUTSIDE: Outside = {
  save: () => "nothing can be saved here",
  command: (_, moment) => moment,
};

function opened({ at }: VisualizerOptions, recording: Recording, speed: number): PlayerState {
  const state = openingState(recording, speed);
  if (at === undefined) return state;
  const position = Math.min(at.position ?? recording.frames.positionAt(at.at), recording.length);
  return {
    ...state,
    lesson: false,
    playing: false,
    position,
    now: Math.max(at.at, recording.timeAt(position)),
  };
}

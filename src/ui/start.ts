import { render } from "ink";
import { createElement } from "react";
import type { ScenarioReport } from "../scenario/run/report.ts";
import type { TraceEvent, TraceHeader } from "../trace/events.ts";
import type { BrokenRule } from "../trace/story/broken-rules.ts";
import { App } from "./app.tsx";
import { wantsAscii } from "./ascii.ts";
import { openingState } from "./player.ts";
import { Recording } from "./recording.ts";
import { ScreenStream, type TerminalOutput } from "./screen-stream.ts";
import { verdictRows } from "./verdict.ts";

export interface VisualizerOptions {
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
  const recording = new Recording(header, events, violations);
  const leave = () => screen.leave();
  const app = createElement(App, {
    recording,
    start: openingState(recording, speed),
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

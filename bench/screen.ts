import type { TraceEvent, TraceHeader } from "../src/trace/events.ts";
import { startState } from "../src/ui/player.ts";
import type { ViewName } from "../src/ui/player-state.ts";
import { Recording } from "../src/ui/recording.ts";
import { screenRows } from "../src/ui/screen.ts";
import type { Bench } from "./measure.ts";
import { longRun } from "./screen-run.ts";

/** What somebody waits for who opens a long run and goes to and fro in it. */
const SIZE = { columns: 160, rows: 50 };

const runs = new Map<number, { header: TraceHeader; events: readonly TraceEvent[] }>();

function runOf(count: number) {
  const run = runs.get(count) ?? longRun(count);
  runs.set(count, run);
  return run;
}

export function screenLoadBench(count: number): Bench {
  let run: ReturnType<typeof longRun> | undefined;
  return {
    name: `screen: load a run of ${count.toLocaleString("en-US")} events`,
    unit: "runs",
    target: 2_000,
    measure: "ms",
    run() {
      run ??= runOf(count);
      return new Recording(run.header, run.events).length;
    },
  };
}

/**
 * Any moments, far from each other: each is folded anew from the nearest one that is kept. The view of the
 * store has the most to look through.
 */
export function screenDrawBench(count: number, view: ViewName = "story"): Bench {
  let recording: Recording | undefined;
  let place = 1;
  return {
    name: `screen: draw a moment of ${count.toLocaleString("en-US")} events (${view}), 160×50`,
    unit: "pictures",
    target: 33,
    measure: "ms",
    run() {
      if (recording === undefined) {
        const run = runOf(count);
        recording = new Recording(run.header, run.events);
      }
      place = (place * 48_271) % 2_147_483_647;
      const position = place % (recording.length + 1);
      const now = recording.timeAt(position);
      screenRows(recording, { ...startState(), view, position, now }, SIZE, []);
      return 1;
    },
  };
}

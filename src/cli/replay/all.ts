import { setImmediate as turn } from "node:timers/promises";
import { EXIT } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { exitCodeOf } from "./one.ts";
import type { ReplayOptions } from "./options.ts";
import { type Planned, runPlanned } from "./planned.ts";
import { replayReporter } from "./reporters.ts";
import { tryTrace } from "./trace-file.ts";

/** So many failures are saved; the others are named by their seed. */
const SAVED_MAX = 10;

/** From the worst on. */
const WORST = [EXIT.nondeterminism, EXIT.failed, EXIT.stopped] as const;

/** Makes all runs, one after the other, and tells them. The exit code is the worst of theirs. */
export async function replayAll(
  planned: readonly Planned[],
  options: ReplayOptions,
  io: Io,
): Promise<number> {
  if (planned[0] !== undefined) tryTrace(options, planned[0].source, io);
  const reporter = replayReporter(options, io);
  const counts = { held: 0, failed: 0, stopped: 0, differed: 0 };
  const codes = new Set<number>();
  const { plain, all, reporter: named } = options;
  // Of many runs the events are a lot to remember, if nobody looks at them.
  const events = all === true;
  const story = !all && (plain === true || named === "github");
  const started = io.clock();
  for (const each of planned) {
    const ran = runPlanned(each, options, { events, story, saved: counts.failed < SAVED_MAX }, io);
    counts[ran.difference === null ? ran.run.report.verdict : "differed"]++;
    codes.add(exitCodeOf(ran));
    reporter.ran(ran);
    // Signals, and readers that went away, are noticed in between.
    await turn();
  }
  const ms = options.times ? Math.round(io.clock() - started) : null;
  reporter.ended({ runs: planned.length, counts, ms });
  return WORST.find((code) => codes.has(code)) ?? EXIT.held;
}

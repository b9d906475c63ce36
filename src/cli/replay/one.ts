import { renderStory } from "../../trace/story/story-text.ts";
import { EXIT } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import type { ReplayOptions } from "./options.ts";
import { jsonOf, type Planned, type Ran, runPlanned } from "./planned.ts";
import { tryTrace, writeTrace } from "./trace-file.ts";
import { verdictLines } from "./verdict-text.ts";
import { visualize } from "./visualize.ts";

/** Replays one scenario for whoever looks at it; the exit code. */
export async function replayOne(planned: Planned, options: ReplayOptions, io: Io): Promise<number> {
  tryTrace(options, planned.source, io);
  const ran = runPlanned(planned, options, { events: true, saved: true }, io);
  writeTrace(options, ran.run, io);
  const { json, plain, all, quiet } = options;
  if (json) io.out(`${JSON.stringify(jsonOf(ran, options), null, 2)}\n`);
  else {
    if (io.interactive && !plain && !all && !quiet) {
      const { dataOf } = await import("../../scenario/read/data-of.ts");
      const { Session } = await import("../../session/session.ts");
      const session = Session.from(dataOf(planned.scenario, planned.seed), ran.run);
      const { speed, at } = options;
      await visualize(ran.run, { speed, at, session, command: ran.command }, io);
    } else if (options.at !== undefined) {
      const { pictureAt } = await import("./picture.ts");
      io.out(`${pictureAt(ran.run, options.at)}\n`);
    } else if (!quiet) io.out(`${storyLines(ran, options).join("\n")}\n`);
    const telling = { colors: io.colors, brief: quiet === true, verify: options.verify === true };
    io.out(`${verdictLines(ran, telling).join("\n")}\n`);
  }
  if (ran.difference !== null) io.error(`not deterministic: ${ran.difference}\n`);
  return exitCodeOf(ran);
}

export function storyLines({ run }: Ran, { all }: ReplayOptions): string[] {
  return renderStory(run.header, run.events, {
    detail: all ? "all" : "story",
    broken: run.violations,
  });
}

export function exitCodeOf({ run, difference }: Ran): number {
  return difference === null ? EXIT[run.report.verdict] : EXIT.nondeterminism;
}

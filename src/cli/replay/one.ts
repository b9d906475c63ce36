import { renderLines, renderStory } from "../../trace/story/story-text.ts";
import { EXIT } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import type { ReplayOptions } from "./options.ts";
import { jsonOf, type Planned, type Ran, runPlanned, type Wanted } from "./planned.ts";
import { tryTrace } from "./trace-file.ts";
import { verdictLines } from "./verdict-text.ts";
import { type Shown, visualize } from "./visualize.ts";

/** Replays one scenario for whoever looks at it; the exit code. */
export async function replayOne(planned: Planned, options: ReplayOptions, io: Io): Promise<number> {
  tryTrace(options, planned.source, io);
  const telling = tellingOf(options, io);
  const ran = runPlanned(planned, options, wantedFor(telling), io);
  if (telling === "json") io.out(`${JSON.stringify(jsonOf(ran, options), null, 2)}\n`);
  else {
    if (telling === "shown") await show(ran, options, io);
    else if (telling === "picture") await tellMoment(ran, options, io);
    else if (telling === "why") await tellWhy(ran.run, options, io);
    else if (telling !== "quiet") io.out(`${storyLines(ran).join("\n")}\n`);
    const brief = telling === "quiet";
    const how = { colors: io.colors, brief, verify: options.verify === true };
    io.out(`${verdictLines(ran, how).join("\n")}\n`);
  }
  if (ran.difference !== null) io.error(`not deterministic: ${ran.difference}\n`);
  return exitCodeOf(ran);
}

/** In which form a run is told. */
type Telling = "json" | "quiet" | "every step" | "story" | "shown" | "picture" | "why";

function tellingOf(
  { json, quiet, all, plain, at, why }: ReplayOptions,
  { interactive }: Io,
): Telling {
  if (why !== undefined) return "why";
  if (json) return "json";
  if (quiet) return "quiet";
  if (all) return "every step";
  if (interactive && !plain) return "shown";
  return at === undefined ? "story" : "picture";
}

/** The run as what can be gone on with by hand. */
async function show({ run, planned, command }: Ran, options: ReplayOptions, io: Io): Promise<void> {
  const { dataOf } = await import("../../scenario/read/data-of.ts");
  const { Session } = await import("../../session/session.ts");
  const session = Session.from(dataOf(planned.scenario, planned.seed), run);
  const { speed, at, mouse } = options;
  await visualize(run, { speed, at, mouse, session, command }, io);
}

async function tellMoment({ run }: Ran, { at }: ReplayOptions, io: Io): Promise<void> {
  const { pictureAt } = await import("./picture.ts");
  if (at !== undefined) io.out(`${pictureAt(run, at)}\n`);
}

export async function tellWhy(run: Shown, { at, why }: ReplayOptions, io: Io): Promise<void> {
  const { whyText } = await import("./why.ts");
  if (why !== undefined) io.out(`${whyText(run, why, at)}\n`);
}

/** Only who looks back needs the events. */
function wantedFor(telling: Telling): Wanted {
  const back = ["shown", "every step", "picture", "why"].includes(telling);
  return { events: back, story: telling === "story", saved: true };
}

/** The story of what matters, if somebody was told it, else every step. */
export function storyLines({ run, told }: Ran): string[] {
  const { header, events, violations: broken } = run;
  return told === null
    ? renderStory(header, events, { detail: "all", broken })
    : renderLines(header, told.lines(broken));
}

export function exitCodeOf({ run, difference }: Ran): number {
  return difference === null ? EXIT[run.report.verdict] : EXIT.nondeterminism;
}

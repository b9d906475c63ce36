import { InputError } from "../../scenario/read/input-error.ts";
import { digestOf } from "../../trace/digest.ts";
import { renderStory } from "../../trace/story/story-text.ts";
import { EXIT } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { readRecorded } from "../sources/recorded-run.ts";
import type { Source } from "../sources/source.ts";
import { counted, shellWord } from "../text.ts";
import { tellWhy } from "./one.ts";
import type { ReplayOptions } from "./options.ts";
import { visualize } from "./visualize.ts";

/** What makes or judges a run, and a recorded one was made and judged already. */
const OF_A_RUN = ["seed", "set", "trace", "verify", "reporter"] as const;

/** Shows a recorded run. It is not judged again: the report was made when it ran. */
export async function showTrace(source: Source, options: ReplayOptions, io: Io): Promise<number> {
  for (const name of OF_A_RUN) {
    if (options[name] === undefined) continue;
    throw InputError.plain(
      `${source.label}: --${name} is for a run, and this one is recorded already`,
    );
  }
  const { header, events: shown } = readRecorded(source, options.until);
  if (options.json) {
    const { name, title, seed } = header;
    const virtualMs = (shown.at(-1)?.at ?? 0) / 1000;
    const traceDigest = digestOf(shown);
    const report = { name, title, seed, traceEvents: shown.length, virtualMs, traceDigest };
    io.out(`${JSON.stringify(report, null, 2)}\n`);
    return EXIT.held;
  }
  const { plain, all, quiet, why } = options;
  if (why !== undefined) {
    await tellWhy({ header, events: shown }, options, io);
    return EXIT.held;
  }
  if (io.interactive && !plain && !all && !quiet) {
    const command = `detcd replay ${shellWord(source.label)}`;
    await visualize(
      { header, events: shown },
      { speed: options.speed, at: options.at, mouse: options.mouse, command },
      io,
    );
    return EXIT.held;
  }
  if (!quiet) {
    const detail = all ? "all" : "story";
    io.out(`${renderStory(header, shown, { detail }).join("\n")}\n\n`);
  }
  const events = counted(shown.length, "trace event");
  io.out(`recorded · seed ${header.seed} · ${events} · trace ${digestOf(shown)}\n`);
  return EXIT.held;
}

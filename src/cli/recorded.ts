import { InputError } from "../scenario/read/input-error.ts";
import { digestOf } from "../trace/digest.ts";
import { parseTrace } from "../trace/ndjson.ts";
import { renderStory } from "../trace/story/story-text.ts";
import { EXIT } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import type { Source } from "./library.ts";
import type { ReplayOptions } from "./options.ts";
import { visualize } from "./visualize.ts";

/** A trace, whatever its file is called: its first line says so. */
export function isTrace({ label, text }: Source): boolean {
  return label.endsWith(".ndjson") || text.startsWith('{"detcd"');
}

/** Shows a recorded run. It is not judged again: the report was made when it ran. */
export async function showTrace(source: Source, options: ReplayOptions, io: Io): Promise<number> {
  for (const name of ["seed", "trace"] as const) {
    if (options[name] === undefined) continue;
    throw InputError.plain(
      `${source.label}: --${name} is for a run, and this one is recorded already`,
    );
  }
  const { header, events } = parseTrace(source.text, source.label);
  const { until } = options;
  const shown = until === undefined ? events : events.filter(({ at }) => at <= until);
  if (options.json) {
    const { name, title, seed } = header;
    const virtualMs = (shown.at(-1)?.at ?? 0) / 1000;
    const traceDigest = digestOf(shown);
    const report = { name, title, seed, traceEvents: shown.length, virtualMs, traceDigest };
    io.out(`${JSON.stringify(report, null, 2)}\n`);
  } else if (io.interactive && !options.plain && !options.all) {
    await visualize({ header, events: shown }, options.speed);
  } else {
    const detail = options.all ? "all" : "story";
    io.out(`${renderStory(header, shown, { detail }).join("\n")}\n`);
    io.out(`\nrecorded · seed ${header.seed} · trace ${digestOf(shown)}\n`);
  }
  return EXIT.held;
}

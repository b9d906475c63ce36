import type { FormatName } from "../../../src/export/catalogue.ts";
import { WRITERS } from "../../../src/export/formats.ts";
import type { FormatOptions } from "../../../src/export/options.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import type { Recorded } from "./runs.ts";

/** The text of an export, and what it said of itself. */
export function written(
  format: FormatName,
  run: Recorded,
  options: FormatOptions = {},
): { readonly text: string; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const pieces = [...WRITERS[format](run, options, (note) => notes.push(note))];
  return { text: pieces.join(""), notes };
}

/** The same run again and again, one after the other: a long trace that takes no time to make. */
export function repeated({ header, events }: Recorded, times: number): Recorded {
  const count = events.length;
  const lasts = (events.at(-1)?.at ?? 0) + 1;
  const again = Array.from({ length: times }, (_, round) =>
    events.map((event) => ({
      ...event,
      seq: event.seq + round * count,
      cause: event.cause === 0 ? 0 : event.cause + round * count,
      at: event.at + round * lasts,
      ...("op" in event ? { op: event.op + round * 1_000_000 } : {}),
    })),
  );
  return { header, events: again.flat() as TraceEvent[] };
}

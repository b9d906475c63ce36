import type { Instant } from "../base/time.ts";
import { timeText } from "../trace/names.ts";
import { ExportError } from "./export-error.ts";
import type { FormatOptions, Run } from "./options.ts";

/** Throws ExportError if a moment that was asked for is not in the run. */
export function checkMoments({ events }: Run, { at, from }: FormatOptions): void {
  const end = events.at(-1)?.at ?? 0;
  within("--at", at, end);
  within("--from", from, end);
}

function within(option: string, at: Instant | undefined, end: Instant): void {
  if (at === undefined || at <= end) return;
  throw new ExportError(
    `${option} is ${timeText(at)}, but the run ends at ${timeText(end)} — name a moment before that`,
  );
}

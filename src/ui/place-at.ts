import type { Instant } from "../base/time.ts";
import type { Moment } from "../scenario/read/moment.ts";
import { timeText } from "../trace/names.ts";
import type { Recording } from "./recording.ts";

/** Where a moment that somebody was told is in a run. Returns a sentence if the run has none such. */
export function placeAt(
  recording: Recording,
  { at, position }: Moment,
): { readonly position: number; readonly now: Instant } | string {
  const { end, length } = recording;
  if (at > end) {
    return `--at is ${timeText(at)}, but the run ends at ${timeText(end)}: name a moment before that`;
  }
  if (position === null) return { position: recording.frames.positionAt(at), now: at };
  if (position > length) return `--at names event ${position}, but the run has ${length}`;
  const [from, to] = [recording.timeAt(position), recording.timeAt(position + 1)];
  // An instant may have several events, and what is shown is after some of them.
  if (at < from || (position < length && at > to)) {
    return `--at is ${timeText(at)}, but event ${position} is at ${timeText(from)}: leave one of them out`;
  }
  return { position, now: at };
}

import type { Instant } from "../../base/time.ts";
import { formatDuration, parseDuration } from "./duration.ts";

/** `3.526416s#1516`: a virtual time, and how many events had happened by then. */
export function momentText(now: Instant, position: number): string {
  return `${formatDuration(Math.floor(now))}#${position}`;
}

/** A moment as somebody was told it; the events may be left out. */
export interface Moment {
  readonly at: Instant;
  readonly position: number | null;
}

/** Returns a sentence if the text names no moment. */
export function parseMoment(text: string): Moment | string {
  const [time = "", events, ...more] = text.split("#");
  const at = parseDuration(time);
  const counted = events === undefined || /^[0-9]{1,9}$/.test(events);
  if (typeof at === "string" || at < 0 || !counted || more.length > 0) {
    return `"${text}" is no moment; write e.g. 3.526s, or 3.526416s#1516 as Y tells it`;
  }
  return { at, position: events === undefined ? null : Number(events) };
}

import type { Instant } from "../../base/time.ts";
import { formatDuration } from "../read/duration.ts";

/** What a run may take at most: far more than any scenario that is about something, and a minute's work. */
export const EVENTS_MAX = 5_000_000;

/**
 * What a run may take of the process's memory, as it is estimated: a byte on a disk, and one that a client
 * asked to write, is in more than one place (the file, the store, what is on its way); an event of the
 * trace is an object with its fields.
 */
export const MEMORY_MAX = 384 * 1024 * 1024;
const COPIES = 3;
const EVENT_BYTES = 448;

/** What a run holds of which. */
export interface Holdings {
  /** Bytes on the disks of its members. */
  readonly disks: number;
  /** Bytes that clients asked to write. */
  readonly asked: number;
  /** Events of the trace that somebody keeps. */
  readonly events: number;
}

export function memoryOf({ disks, asked, events }: Holdings): number {
  return COPIES * (disks + asked) + EVENT_BYTES * events;
}

/** How far a run goes at most. */
export interface RunLimits {
  readonly until: Instant;
  /** Of the simulator's queue. */
  readonly events: number;
  /** Of memory, as estimated. */
  readonly bytes: number;
  /** What is thrown where it goes further. */
  beyond(text: string): Error;
}

/** A run has come as far as it may, and has not ended: a violation, where nobody asked for as much. */
export class RunawayError extends Error {
  override name = "RunawayError";
}

/** `stopped after 5,000,000 events at virtual 83000s: …` */
export function tooManyEvents(events: number, at: Instant): string {
  return (
    `stopped after ${thousands(events)} events at virtual ${formatDuration(at)}: a run takes no more; ` +
    "let it end earlier (`until`, `within`), or let less happen in it (clients, ticks, checks)"
  );
}

/** `stopped at virtual 12.5s: 40 MiB on disks, …` */
export function tooManyBytes({ disks, asked, events }: Holdings, at: Instant): string {
  const [onDisks, written] = [disks, asked].map((bytes) => `${Math.ceil(bytes / 1024 / 1024)} MiB`);
  return (
    `stopped at virtual ${formatDuration(at)}, with ${onDisks} on disks, ${written} that clients wrote and ` +
    `${thousands(events)} events kept: a run may hold no more; let it end earlier (\`until\`), write less, ` +
    "or don't keep its events (replay with --json or --plain)"
  );
}

function thousands(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

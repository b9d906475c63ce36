import type { Instant } from "../base/time.ts";
import type { TraceEvent, TraceHeader } from "../trace/events.ts";
import { FrameIndex } from "../trace/frames/frames.ts";
import type { BrokenRule } from "../trace/story/broken-rules.ts";
import { type StoryLine, tellStory } from "../trace/story/story.ts";

/** What became of a sent message: when it arrived or was lost. */
export interface Fate {
  readonly at: Instant;
  readonly lost: boolean;
}

/**
 * A whole run, prepared for showing: any moment of it, its story, and the places to jump to.
 * Positions count events: position n is after the n-th.
 */
export class Recording {
  readonly header: TraceHeader;
  readonly events: readonly TraceEvent[];
  readonly frames: FrameIndex;
  /** Every line, and those of level `story` alone; sorted by seq. */
  readonly all: readonly StoryLine[];
  readonly story: readonly StoryLine[];
  /** Positions right after an election was won, and after a fault; ascending. */
  readonly elections: readonly number[];
  readonly faults: readonly number[];
  readonly #fates = new Map<number, Fate>();

  /** @param broken what checkers found in it */
  constructor(
    header: TraceHeader,
    events: readonly TraceEvent[],
    broken: readonly BrokenRule[] = [],
  ) {
    this.header = header;
    this.events = events;
    this.frames = new FrameIndex(header, events);
    this.all = tellStory(header, events, broken);
    this.story = this.all.filter((line) => line.detail === "story");
    const elections: number[] = [];
    const led = new Map<number, number>();
    for (const event of events) {
      if (
        event.kind === "role" &&
        event.role === "leader" &&
        led.get(event.member) !== event.term
      ) {
        led.set(event.member, event.term);
        elections.push(event.seq);
      }
      if (event.kind === "deliver" || event.kind === "drop") {
        this.#fates.set(event.cause, { at: event.at, lost: event.kind === "drop" });
      }
    }
    this.elections = elections;
    this.faults = this.story
      .filter((line) => line.topic === "fault" || line.topic === "alarm")
      .map((line) => line.seq);
  }

  get length(): number {
    return this.events.length;
  }

  /** The time of the last event. */
  get end(): Instant {
    return this.timeAt(this.length);
  }

  /** The time of the event at `position`; 0 at the start. */
  timeAt(position: number): Instant {
    return this.events[position - 1]?.at ?? 0;
  }

  /** When the message sent by event `seq` arrives or is lost; undefined if the run ends before. */
  fate(seq: number): Fate | undefined {
    return this.#fates.get(seq);
  }

  /** The position of the first story line behind `position`; the end if there is none. */
  nextStop(position: number): number {
    return this.story[countUpTo(this.story, position)]?.seq ?? this.length;
  }

  /** The position of the last story line before `position`; 0 if there is none. */
  previousStop(position: number): number {
    return this.story[countUpTo(this.story, position - 1) - 1]?.seq ?? 0;
  }

  /** The last `count` lines told at `position`, oldest first. */
  told(position: number, count: number, detail: "story" | "all"): readonly StoryLine[] {
    const lines = detail === "all" ? this.all : this.story;
    const end = countUpTo(lines, position);
    return lines.slice(Math.max(0, end - count), end);
  }

  /** The line that tells event `seq`, if there is one. */
  lineOf(seq: number): StoryLine | undefined {
    const line = this.all[countUpTo(this.all, seq) - 1];
    return line?.seq === seq ? line : undefined;
  }
}

/** How many of the lines, sorted by seq, have a seq of at most `position`. */
function countUpTo(lines: readonly StoryLine[], position: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((lines[middle] as StoryLine).seq <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}

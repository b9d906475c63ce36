import { countWhile } from "../../base/count-while.ts";
import type { TraceEvent, TraceHeader } from "../events.ts";
import type { Frame } from "../frames/frame.ts";
import { FrameIndex } from "../frames/frames.ts";
import { type BrokenRule, tellBroken, withBroken } from "./broken-rules.ts";
import { matters, type StoryLine } from "./line.ts";
import { RenewalsSoFar } from "./renewals-so-far.ts";
import { Narrator, type NarratorPlace, wholeRun } from "./story.ts";

/** Chunks whose every step was told last, and are kept. */
const CHUNKS_KEPT = 4;

/**
 * The story of a run to look things up in. What matters is told once, at the beginning. Every single
 * step would be most of the memory that a long run takes: steps are told again where they are looked at,
 * chunk by chunk, each from where the narrator stood at its beginning.
 */
export class StoryIndex {
  /** The lines of level `story`, sorted by seq; `told` says how one is told at a moment. */
  readonly lines: readonly StoryLine[];
  readonly frames: FrameIndex;
  readonly #every: number;
  /** Where the narrator stood before each chunk. */
  readonly #places: readonly NarratorPlace[];
  readonly #narrator: Narrator;
  readonly #events: readonly TraceEvent[];
  readonly #broken: readonly StoryLine[];
  readonly #renewals: RenewalsSoFar;
  readonly #chunks = new Map<number, readonly StoryLine[]>();

  constructor(
    header: TraceHeader,
    events: readonly TraceEvent[],
    broken: readonly BrokenRule[] = [],
  ) {
    const every = chunkOf(events.length);
    const narrator = new Narrator(header, wholeRun(events));
    const lines: StoryLine[] = [];
    const places: NarratorPlace[] = [];
    const keyframes: Frame[] = [];
    for (const [i, event] of events.entries()) {
      if (i % every === 0) {
        places.push(narrator.place());
        keyframes.push(narrator.frame);
      }
      const line = narrator.tell(event);
      if (line !== null && matters(line)) lines.push(line);
    }
    this.#broken = tellBroken(broken, events);
    this.lines = withBroken(lines, this.#broken.filter(matters));
    this.frames = new FrameIndex(header, events, every, keyframes);
    this.#every = every;
    this.#places = places;
    this.#narrator = narrator;
    this.#events = events;
    this.#renewals = new RenewalsSoFar(events);
  }

  /** A line as it is told at `position`: with nothing that comes later. */
  told(line: StoryLine, position: number): StoryLine {
    return this.#renewals.told(line, position);
  }

  /** The last `count` lines of every level that tell events up to `position`, oldest first. */
  steps(position: number, count: number): readonly StoryLine[] {
    let found: readonly StoryLine[] = [];
    for (let i = this.#chunkAt(position); i >= 0 && found.length < count; i--) {
      const chunk = this.#chunk(i);
      found = [...chunk.slice(0, storyUpTo(chunk, position)), ...found];
    }
    return found.slice(-count).map((line) => this.told(line, position));
  }

  /** The first line of any level behind `position`. */
  stepAfter(position: number): StoryLine | undefined {
    for (let i = this.#chunkAt(position); i < this.#places.length; i++) {
      const chunk = this.#chunk(i);
      const line = chunk[storyUpTo(chunk, position)];
      if (line !== undefined) return this.told(line, line.seq);
    }
    return undefined;
  }

  /** The line that tells event `seq`, if there is one. */
  lineOf(seq: number): StoryLine | undefined {
    const line = this.steps(seq, 1)[0];
    return line?.seq === seq ? line : undefined;
  }

  #chunkAt(position: number): number {
    return Math.min(Math.floor(position / this.#every), this.#places.length - 1);
  }

  #chunk(index: number): readonly StoryLine[] {
    const known = this.#chunks.get(index);
    if (known !== undefined) return known;
    this.#narrator.goTo(this.#places[index] as NarratorPlace);
    const begin = index * this.#every;
    const end = Math.min(this.#events.length, begin + this.#every);
    const lines = this.#events
      .slice(begin, end)
      .map((event) => this.#narrator.tell(event))
      .filter((line) => line !== null);
    const from = storyUpTo(this.#broken, begin);
    const chunk = withBroken(lines, this.#broken.slice(from, storyUpTo(this.#broken, end)));
    if (this.#chunks.size >= CHUNKS_KEPT) {
      this.#chunks.delete(this.#chunks.keys().next().value as number);
    }
    this.#chunks.set(index, chunk);
    return chunk;
  }
}

/** Going anywhere costs a chunk at most; all chunks' beginnings are kept: both stay small. */
function chunkOf(length: number): number {
  let every = 256;
  while (length / every > 2048) every *= 2;
  return every;
}

/** How many of the lines, sorted by seq, have a seq of at most `position`. */
export function storyUpTo(lines: readonly { readonly seq: number }[], position: number): number {
  return countWhile(
    lines.length,
    (place) => (lines[place] as { readonly seq: number }).seq <= position,
  );
}

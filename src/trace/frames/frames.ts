import { assert } from "../../base/assert.ts";
import { countWhile } from "../../base/count-while.ts";
import type { Instant } from "../../base/time.ts";
import type { TraceEvent, TraceHeader } from "../events.ts";
import { foldFrame } from "./fold.ts";
import { type Frame, firstFrame } from "./frame.ts";

const KEYFRAME_EVERY = 256;

/**
 * Any moment of a run. Moments are counted in events: position 0 is before the first, position n
 * after the n-th. Every 256th frame (or another) is kept once it was folded, so that going anywhere behind
 * the furthest point seen costs at most 255 folds.
 */
export class FrameIndex {
  readonly events: readonly TraceEvent[];
  readonly #keyframes: Frame[];
  readonly #every: number;
  #current: Frame;
  #position = 0;

  /** @param keyframes those at 0, `every`, 2 · `every` …, as far as they are known already */
  constructor(
    header: TraceHeader,
    events: readonly TraceEvent[],
    every = KEYFRAME_EVERY,
    keyframes: readonly Frame[] = [],
  ) {
    assert(every > 0, "keyframes need a distance");
    this.events = events;
    this.#every = every;
    this.#current = firstFrame(header);
    this.#keyframes = keyframes.length === 0 ? [this.#current] : keyframes.slice();
  }

  /** The number of events: the last position. */
  get length(): number {
    return this.events.length;
  }

  /** The frame after the first `position` events; beyond the end, the last. */
  seek(position: number): Frame {
    const wanted = position < 0 ? 0 : position > this.length ? this.length : position;
    const nearest = Math.min(Math.floor(wanted / this.#every), this.#keyframes.length - 1);
    if (wanted < this.#position || nearest * this.#every > this.#position) {
      this.#position = nearest * this.#every;
      this.#current = this.#keyframes[nearest] as Frame;
    }
    while (this.#position < wanted) this.#fold();
    return this.#current;
  }

  /** The frame after all events at or before `at`. */
  seekTime(at: Instant): Frame {
    return this.seek(this.positionAt(at));
  }

  /** How many events happened at or before `at`. */
  positionAt(at: Instant): number {
    return countWhile(this.length, (place) => (this.events[place] as TraceEvent).at <= at);
  }

  #fold(): void {
    this.#current = foldFrame(this.#current, this.events[this.#position] as TraceEvent);
    this.#position++;
    if (this.#position === this.#keyframes.length * this.#every) {
      this.#keyframes.push(this.#current);
    }
  }
}

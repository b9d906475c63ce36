import { countUpTo } from "../base/count-while.ts";
import type { Instant } from "../base/time.ts";

/** What even two moments at the same time are apart, in roots of µs: a stop may be told from the next. */
const LEAST = 60;

/** The closest that is zoomed in: to so many stops at the same time. */
const FEWEST = 8;

/** A part of the line, 0 … 1. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * Time as a line from 0 to 1 on which what is told has room: a stretch between two stops takes as much as the
 * root of its length, so that a second of silence does not hide the four milliseconds of an election.
 */
export class TimeScale {
  readonly #times: Float64Array;
  readonly #places: Float64Array;

  /** @param stops ascending times */
  constructor(stops: readonly Instant[], end: Instant) {
    const times = new Float64Array(stops.length + 2);
    const places = new Float64Array(stops.length + 2);
    for (let i = 1; i < times.length; i++) {
      const at = i <= stops.length ? (stops[i - 1] as Instant) : end;
      const before = times[i - 1] as number;
      times[i] = at > before ? at : before;
      places[i] = (places[i - 1] as number) + LEAST + Math.sqrt((times[i] as number) - before);
    }
    this.#times = times;
    this.#places = places;
  }

  /** How often the line may be zoomed in, each time to half of what is shown. */
  get zooms(): number {
    return Math.max(0, Math.floor(Math.log2(this.#whole / (FEWEST * LEAST))));
  }

  /** What is shown of the line that is zoomed in `zoom` times around a moment: all of it at 0. */
  around(at: Instant, zoom: number): Stretch {
    const size = 0.5 ** zoom;
    const from = Math.max(0, Math.min(1 - size, this.part(at) - size / 2));
    return { from, to: from + size };
  }

  /** The moment at a place of the line, µs with a fraction: what `part` says, the other way round. */
  at(part: number): number {
    const place = Math.max(0, Math.min(1, part)) * this.#whole;
    const places = this.#places;
    // The first stop behind the place.
    const low = Math.max(1, Math.min(places.length - 1, countUpTo(places, place)));
    const [from, to] = [this.#times[low - 1] as number, this.#times[low] as number];
    const [start, end] = [places[low - 1] as number, places[low] as number];
    return from + (to - from) * Math.min(1, (place - start) / (end - start));
  }

  get #whole(): number {
    return this.#places.at(-1) as number;
  }

  /** Where a moment lies, 0 … 1. */
  part(at: Instant): number {
    const times = this.#times;
    const low = countUpTo(times, at);
    const whole = this.#whole;
    if (low === times.length) return 1;
    if (low === 0) return 0;
    const from = times[low - 1] as number;
    const to = times[low] as number;
    const start = this.#places[low - 1] as number;
    const length = (this.#places[low] as number) - start;
    return (start + length * ((at - from) / (to - from))) / whole;
  }
}

import type { Instant } from "../base/time.ts";

/** What even two moments at the same time are apart, in roots of µs: a stop may be told from the next. */
const LEAST = 60;

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

  /** Where a moment lies, 0 … 1. */
  part(at: Instant): number {
    const times = this.#times;
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((times[middle] as number) <= at) low = middle + 1;
      else high = middle;
    }
    const whole = this.#places[times.length - 1] as number;
    if (low === times.length) return 1;
    if (low === 0) return 0;
    const from = times[low - 1] as number;
    const to = times[low] as number;
    const start = this.#places[low - 1] as number;
    const length = (this.#places[low] as number) - start;
    return (start + length * ((at - from) / (to - from))) / whole;
  }
}

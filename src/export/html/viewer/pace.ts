import type { Model } from "./model.ts";

/** Virtual µs a real millisecond while such messages fly: slow enough to see them. */
const PACES = { election: 1.2, snapshot: 2, other: 4, heartbeat: 60 } as const;
/** While nothing flies at all. */
const IDLE = 700;
/** A line is held for so many ms at speed 1, by its weight: routine, told, an election won, a fault. */
const HOLDS = [0, 900, 1300, 1100] as const;

export const SPEEDS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100] as const;

/** How fast time goes in the run: slowly where there is something to see, and standing where to read. */
export class Pace {
  readonly #model: Model;
  speed = 1;
  #hold = 0;

  constructor(model: Model) {
    this.#model = model;
  }

  faster(by: 1 | -1): void {
    const next =
      by === 1
        ? SPEEDS.find((speed) => speed > this.speed)
        : SPEEDS.findLast((speed) => speed < this.speed);
    this.speed = next ?? this.speed;
  }

  /** A line of that weight was reached. */
  hold(weight: number): void {
    const ms = (HOLDS[weight] ?? 0) / this.speed;
    this.#hold = this.speed > 20 ? 0 : ms;
  }

  release(): void {
    this.#hold = 0;
  }

  /** The run's time `ms` real milliseconds after `time`, at most `stop`. */
  after(time: number, ms: number, stop: number): number {
    const held = Math.min(ms, this.#hold);
    this.#hold -= held;
    const left = ms - held;
    if (left <= 0) return time;
    let pace: number = IDLE;
    for (const { kind } of this.#model.flights(time)) pace = Math.min(pace, PACES[kind]);
    let next = time + left * pace * this.speed;
    // Nothing that is sent meanwhile is jumped over, unless it is to go very fast.
    if (pace === IDLE && this.speed <= 10) next = Math.min(next, this.#nextSent(time, next));
    return Math.min(next, stop);
  }

  #nextSent(time: number, most: number): number {
    const { messages } = this.#model;
    let low = 0;
    let high = messages.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((messages[middle]?.sent ?? 0) <= time) low = middle + 1;
      else high = middle;
    }
    for (let i = low; i < messages.length; i++) {
      const message = messages[i];
      if (message === undefined || message.sent > most) break;
      if (message.kind !== "heartbeat") return message.sent;
    }
    return most;
  }
}

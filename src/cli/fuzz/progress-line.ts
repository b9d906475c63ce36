import { SOMETIMES } from "../../check/coverage.ts";
import type { Progress } from "../../fuzz/workers/campaign.ts";
import type { Io } from "../io.ts";
import { count, counted } from "../text.ts";

/** How often the line is drawn anew, in real ms. */
const EVERY = 250;
const CLEAR = "\r\u001B[2K";

/** One line at the bottom of a terminal that says how far a campaign has come. Without one: nothing. */
export class ProgressLine {
  readonly #io: Io;
  readonly #elapsed: () => number;
  #shownAt = -EVERY;
  #shown = false;

  /** @param elapsed real ms since the campaign began */
  constructor(io: Io, elapsed: () => number) {
    this.#io = io;
    this.#elapsed = elapsed;
  }

  show(progress: Progress): void {
    const ms = this.#elapsed();
    if (!this.#io.interactive || ms < this.#shownAt + EVERY) return;
    this.#shownAt = ms;
    this.#shown = true;
    this.#io.error(`${CLEAR}${progressText(progress, ms)}`);
  }

  clear(): void {
    if (this.#shown) this.#io.error(CLEAR);
  }
}

export function progressText(progress: Progress, ms: number): string {
  const { ran, virtualUs, faults, failures, reached } = progress;
  return [
    counted(ran, "case"),
    `${perSecond(ran, ms)}/s`,
    `${hours(virtualUs)} simulated`,
    counted(faults, "fault"),
    `${reached} of ${SOMETIMES.length} reached`,
    ...(failures === 0 ? [] : [`${failures} FAILED`]),
  ].join(" · ");
}

export function perSecond(ran: number, ms: number): string {
  const rate = ms === 0 ? 0 : (ran * 1000) / ms;
  return rate >= 10 ? count(Math.round(rate)) : rate.toFixed(1);
}

/** Virtual time: `12.5 h`, `90 s`. */
export function hours(us: number): string {
  const seconds = us / 1_000_000;
  if (seconds < 600) return `${Math.round(seconds)} s`;
  return seconds < 36_000
    ? `${(seconds / 3600).toFixed(1)} h`
    : `${count(Math.round(seconds / 3600))} h`;
}

import { assert } from "../../base/assert.ts";
import type { Duration, Instant, Ppm, WallTime } from "../../base/time.ts";

const MILLION = 1_000_000;
const TIME_MAX = 2 ** 51;

/** What every wall clock shows when a run begins: 2026-01-01T00:00:00Z. */
export const EPOCH: WallTime = 1_767_225_600 * MILLION;

/**
 * A machine's own clock over the world's: it may run fast or slow (drift), and its wall clock may be
 * off (skew). Local time is monotonic; only wall time jumps. Both come from one oscillator, so that
 * drift shows in both. Integer arithmetic throughout: with a rate of r local µs per second, local =
 * base + floor(elapsed * r / 10^6).
 */
export class LocalClock {
  /** By how much the wall clock has jumped ahead, all in all. */
  skew: Duration = 0;
  /** Local µs that pass in one second of the world. */
  private rate = MILLION;
  private baseGlobal: Instant = 0;
  private baseLocal: Instant = 0;

  /** How much faster (negative: slower) it runs, in parts per million. */
  get drift(): Ppm {
    return this.rate - MILLION;
  }

  /** Local time at the world's time `global`, which is not before the last change of drift. */
  local(global: Instant): Instant {
    const elapsed = global - this.baseGlobal;
    assert(elapsed >= 0 && elapsed < TIME_MAX, "a local clock is read forwards");
    // An exact clock is the rule, and every input of every member asks for the time.
    if (this.rate === MILLION) return this.baseLocal + elapsed;
    // Whole seconds apart, or the product would pass 2^53 after two hours.
    const seconds = Math.floor(elapsed / MILLION);
    const rest = elapsed - seconds * MILLION;
    return this.baseLocal + seconds * this.rate + Math.floor((rest * this.rate) / MILLION);
  }

  /**
   * The first moment of the world at which local time is `local` or later (never before the last
   * change of drift): when a timer set for `local` is to fire.
   */
  globalFor(local: Instant): Instant {
    const wanted = local - this.baseLocal;
    if (wanted <= 0) return this.baseGlobal;
    assert(wanted < TIME_MAX, "local times are safe integers");
    if (this.rate === MILLION) return this.baseGlobal + wanted;
    // floor(e * rate / 10^6) >= wanted, solved for the smallest e, again seconds apart.
    const seconds = Math.floor(wanted / this.rate);
    const rest = wanted - seconds * this.rate;
    return this.baseGlobal + seconds * MILLION + Math.ceil((rest * MILLION) / this.rate);
  }

  /** Lets the clock run `ppm` faster from `global` on. -999,999 <= ppm <= 1,000,000. */
  setDrift(global: Instant, ppm: Ppm): void {
    assert(Number.isInteger(ppm) && ppm > -MILLION && ppm <= MILLION, "drift is above -100 %");
    this.baseLocal = this.local(global);
    this.baseGlobal = global;
    this.rate = MILLION + ppm;
  }

  /** What the machine's wall clock shows. */
  wall(global: Instant): WallTime {
    return EPOCH + this.local(global) + this.skew;
  }

  /** The wall clock jumps by `us` (negative: back). */
  jump(us: Duration): void {
    assert(Number.isSafeInteger(us), "a jump is in whole µs");
    this.skew += us;
  }
}

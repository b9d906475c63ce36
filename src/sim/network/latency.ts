import { assert } from "../../base/assert.ts";
import type { Duration } from "../../base/time.ts";

/**
 * Exponentially distributed durations without Math.log, whose last bits differ between engines.
 *
 * A draw x is a uniform number u = x / 2^32, and -ln(u) is exponential with mean 1. Shifting x
 * left by k until its top bit is set gives u = m / 2^k with a mantissa m in [1/2, 1), so
 * -ln(u) = k ln 2 - ln m; -ln m is read from a table and interpolated.
 */

/** Table and results are fixed-point numbers with 16 fraction bits. */
const ONE = 1 << 16;
/** The table is computed with 40 fraction bits: sums of a thousand terms stay exact in the upper 16. */
const FINE = 2 ** 40;
const STEPS = 1024;

/** 2 atanh(1/n) = ln((n+1)/(n-1)), by its series, in FINE units. */
function logRatio(n: number): number {
  let sum = 0;
  let power = Math.floor(FINE / n);
  for (let k = 1; power > 0; k += 2) {
    sum += Math.floor(power / k);
    power = Math.floor(power / (n * n));
  }
  return 2 * sum;
}

/** NEGATIVE_LOG[i] = -ln((1024 + i) / 2048), for i = 0…1024. */
const NEGATIVE_LOG = new Int32Array(STEPS + 1);
for (let i = STEPS - 1, fine = 0; i >= 0; i--) {
  fine += logRatio(2 * (STEPS + i) + 1);
  NEGATIVE_LOG[i] = Math.floor(fine / (FINE / ONE));
}
const LN_2 = NEGATIVE_LOG[0] as number;

/** -ln(draw / 2^32) with 16 fraction bits: exponential with mean 1 (65536), at most 22.2. */
export function exponential(draw: number): number {
  assert(draw >= 0 && draw <= 0xffff_ffff, "a draw is an unsigned 32-bit integer");
  // 0 has no logarithm; it counts as 1.
  const shift = draw === 0 ? 31 : Math.clz32(draw);
  const mantissa = draw === 0 ? 1 << 31 : draw << shift;
  const index = (mantissa >>> 21) & (STEPS - 1);
  const fraction = mantissa & 0x1f_ffff;
  const low = NEGATIVE_LOG[index] as number;
  const step = low - (NEGATIVE_LOG[index + 1] as number);
  return shift * LN_2 + low - ((step * fraction) >>> 21);
}

/** `min + exponential(mean - min)`, cut at `max`, from one uniform 32-bit draw. All in µs. */
export function drawLatency(
  minUs: Duration,
  meanUs: Duration,
  maxUs: Duration,
  draw: number,
): Duration {
  assert(minUs >= 0 && minUs <= meanUs && meanUs <= maxUs, "a latency has 0 <= min <= mean <= max");
  const spread = meanUs - minUs;
  if (spread === 0) return minUs;
  const latency = minUs + Math.floor((spread * exponential(draw)) / ONE);
  return latency < maxUs ? latency : maxUs;
}

import { assert } from "./assert.ts";
import type { Random } from "./random.ts";
import type { Ppm } from "./time.ts";

/**
 * Chance without a stream: the draw for event number `n` and purpose `salt` is a function of the
 * key and those two alone. Whether one draw is made never changes another, so taking a fault out
 * of a plan leaves the fate of every other event as it was. Shrinking depends on it.
 */
export class KeyedDraws {
  private key1: number;
  private key2: number;

  /** Takes two numbers from `random`, which should be a fork of its own, and others when it is reseeded. */
  constructor(random: Random) {
    this.key1 = random.uint32() | 0;
    this.key2 = random.uint32() | 0;
    random.onReseed(() => {
      this.key1 = random.uint32() | 0;
      this.key2 = random.uint32() | 0;
    });
  }

  /** A uniform integer in [0, 2^32). `n` counts events from 0 to 2^32 - 1; `salt` is a small integer. */
  draw(n: number, salt: number): number {
    assert(n >= 0 && n <= 0xffff_ffff, "a keyed draw numbers its events in 32 bits");
    // The golden ratio spreads consecutive numbers; an odd multiplier keeps them distinct.
    const numbered = mix32((Math.imul(n, 0x9e37_79b1) + this.key1) | 0);
    return mix32(numbered ^ (Math.imul(salt, 0xc2b2_ae3d) + this.key2)) >>> 0;
  }

  /** Whether something of the given probability happens to event `n`. */
  chance(n: number, salt: number, probability: Ppm): boolean {
    return probability > 0 && withinPpm(this.draw(n, salt), probability);
  }
}

/** Whether a uniform 32-bit draw falls within `probability`. Exact: both products stay below 2^53. */
function withinPpm(draw: number, probability: Ppm): boolean {
  return draw * 1_000_000 < probability * 0x1_0000_0000;
}

/** A bijection of 32-bit integers in which each input bit flips each output bit half the time (murmur3's finaliser). */
function mix32(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return h ^ (h >>> 16);
}

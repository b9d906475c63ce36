import seedrandom from "seedrandom";
import { assert } from "./assert.ts";
import type { Ppm } from "./time.ts";

/** A stream of chance. Streams are forked by name, so that drawing more from one never shifts another. */
export interface Random {
  /** The path of forks that led here, e.g. `42/network/1→2`. */
  readonly path: string;
  /** A uniform integer in [0, 2^32). */
  uint32(): number;
  /** A uniform integer in [0, n); 1 <= n <= 2^32. */
  below(n: number): number;
  /** A uniform integer in [low, high], both included. */
  between(low: number, high: number): number;
  chance(probability: Ppm): boolean;
  /** One element of a non-empty list. */
  pick<T>(from: readonly T[]): T;
  /** A new stream that depends on this one's path and the name alone, not on what was drawn. */
  fork(name: string): Random;
}

const UINT32_SPAN = 0x1_0000_0000;
const MILLION = 1_000_000;

/** A stream over Baagøe's Alea generator, seeded with its path. */
class PathRandom implements Random {
  readonly path: string;
  private readonly int32: () => number;

  constructor(path: string) {
    assert(path !== "", "an unseeded stream would be ambient chance");
    this.path = path;
    this.int32 = seedrandom.alea(path).int32;
  }

  uint32(): number {
    return this.int32() >>> 0;
  }

  below(n: number): number {
    assert(Number.isInteger(n) && n >= 1 && n <= UINT32_SPAN, "below: n is in [1, 2^32]");
    // The last, incomplete run of n values is drawn again, or small results would be likelier.
    const limit = UINT32_SPAN - (UINT32_SPAN % n);
    let drawn = this.int32() >>> 0;
    while (drawn >= limit) drawn = this.int32() >>> 0;
    return drawn % n;
  }

  between(low: number, high: number): number {
    assert(Number.isSafeInteger(low) && low <= high, "between: low <= high, both integers");
    return low + this.below(high - low + 1);
  }

  chance(probability: Ppm): boolean {
    assert(probability >= 0 && probability <= MILLION, "chance: parts per million");
    // Drawn even where the answer is certain: changing a probability must not shift later draws.
    return this.below(MILLION) < probability;
  }

  pick<T>(from: readonly T[]): T {
    assert(from.length > 0, "pick: from a non-empty list");
    return from[this.below(from.length)] as T;
  }

  fork(name: string): Random {
    assert(name !== "", "fork: a stream needs a name");
    return new PathRandom(`${this.path}/${name}`);
  }
}

/** The one source of chance of a run. `seed` is a safe integer; equal seeds give equal streams. */
export function rootRandom(seed: number): Random {
  assert(Number.isSafeInteger(seed), "a seed is a safe integer");
  return new PathRandom(String(seed));
}

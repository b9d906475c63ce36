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
  /**
   * Whoever drew from this stream once and works with the result from then on is told when it
   * becomes another stream, and has to draw anew. It is kept as long as the root.
   */
  onReseed(listener: () => void): void;
}

/** The stream that all others of a run are forked from. */
export interface RootRandom extends Random {
  /**
   * Makes other streams of this one and of all its forks, those to come among them: their paths
   * stay, and what they draw from now on depends on the path and on this seed. What was drawn
   * stays as it is.
   */
  reseed(seed: number): void;
}

const UINT32_SPAN = 0x1_0000_0000;
const MILLION = 1_000_000;

/** What all streams of a root share. They look at it when they draw: nobody keeps a list of them. */
interface Root {
  /** How often it was reseeded. */
  generation: number;
  /** What is put before each path since then. */
  prefix: string;
  readonly listeners: (() => void)[];
}

/** A stream over Baagøe's Alea generator, seeded with its path. */
class PathRandom implements RootRandom {
  readonly path: string;
  private readonly root: Root;
  private generation: number;
  private int32: () => number;

  constructor(path: string, root: Root) {
    assert(path !== "", "an unseeded stream would be ambient chance");
    this.path = path;
    this.root = root;
    this.generation = root.generation;
    this.int32 = seedrandom.alea(root.prefix + path).int32;
  }

  uint32(): number {
    if (this.generation !== this.root.generation) this.begin();
    return this.int32() >>> 0;
  }

  /** The root was reseeded since the last draw. */
  private begin(): void {
    this.generation = this.root.generation;
    this.int32 = seedrandom.alea(this.root.prefix + this.path).int32;
  }

  below(n: number): number {
    assert(Number.isInteger(n) && n >= 1 && n <= UINT32_SPAN, "below: n is in [1, 2^32]");
    // The last, incomplete run of n values is drawn again, or small results would be likelier.
    const limit = UINT32_SPAN - (UINT32_SPAN % n);
    let drawn = this.uint32();
    while (drawn >= limit) drawn = this.uint32();
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
    return new PathRandom(`${this.path}/${name}`, this.root);
  }

  onReseed(listener: () => void): void {
    this.root.listeners.push(listener);
  }

  reseed(seed: number): void {
    assert(Number.isSafeInteger(seed), "a seed is a safe integer");
    this.root.generation++;
    // No path of a stream begins like this.
    this.root.prefix = `reseeded ${seed}: `;
    for (const listener of this.root.listeners) listener();
  }
}

/** The one source of chance of a run. `seed` is a safe integer; equal seeds give equal streams. */
export function rootRandom(seed: number): RootRandom {
  assert(Number.isSafeInteger(seed), "a seed is a safe integer");
  return new PathRandom(String(seed), { generation: 0, prefix: "", listeners: [] });
}

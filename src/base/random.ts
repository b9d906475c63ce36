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

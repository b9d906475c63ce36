import { type Random, rootRandom } from "../../base/random.ts";

/**
 * The stream of chance that a case is drawn from, in the form that fast-check asks for. Its own seeds have 32
 * bits; this one depends on the campaign's seed and the number of the case, whatever they are.
 */
export class CaseRandom {
  private readonly path: string;
  private readonly seed: number;
  private drawn: number;
  /** Made when it is first drawn from: fast-check makes many clones that it never uses. */
  private stream: Random | null = null;

  constructor(seed: number, path: string, drawn = 0) {
    this.seed = seed;
    this.path = path;
    this.drawn = drawn;
  }

  clone(): CaseRandom {
    return new CaseRandom(this.seed, this.path, this.drawn);
  }

  /** A uniform integer in [-2^31, 2^31). */
  next(): number {
    this.stream ??= this.opened();
    this.drawn++;
    return this.stream.uint32() | 0;
  }

  /** fast-check jumps from one case to the next; there is but one here. */
  jump(): void {
    // It stays where it is.
  }

  getState(): readonly number[] {
    return [this.seed, this.drawn];
  }

  private opened(): Random {
    const stream = rootRandom(this.seed).fork(this.path);
    for (let i = 0; i < this.drawn; i++) stream.uint32();
    return stream;
  }
}

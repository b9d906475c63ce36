/** Shares rows out to what overlaps in time: each takes the lowest that is free. */
export class Lanes {
  readonly #busy: boolean[] = [];
  readonly #of = new Map<number, number>();

  /** How many rows there ever were. */
  get count(): number {
    return this.#busy.length;
  }

  /** A row, from 0, for what is called `id`, until it is left. */
  take(id: number): number {
    const free = this.#busy.indexOf(false);
    const lane = free < 0 ? this.#busy.length : free;
    this.#busy[lane] = true;
    this.#of.set(id, lane);
    return lane;
  }

  /** The row that was taken for `id`, which is free now; undefined: none was. */
  leave(id: number): number | undefined {
    const lane = this.#of.get(id);
    if (lane === undefined) return undefined;
    this.#of.delete(id);
    this.#busy[lane] = false;
    return lane;
  }

  /** Leaves all rows; gives them. */
  clear(): number[] {
    const taken = [...this.#of.keys()];
    return taken.map((id) => this.leave(id) as number);
  }
}

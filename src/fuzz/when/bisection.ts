/** How many continuations of a moment failed; `index` is its place among all that could be looked at. */
export interface Measured {
  readonly index: number;
  readonly failed: number;
}

/** Two moments that were looked at, with none between them that was. */
export interface Interval {
  readonly from: Measured;
  readonly to: Measured;
}

/**
 * Which moment to look at next: first the ends, then the middle of the interval that is most worth it. That is
 * where the number of failures jumps most; what has few moments left to tell apart counts for less, by the
 * halvings that it would take. The jump counts by its square, less what dice make of it by themselves (two
 * moments of the same probability differ by up to `runs / 2`, squared, on average). Where nothing jumps, long
 * intervals are halved.
 *
 * @param measured ascending by index
 * @param count of moments that could be looked at
 * @param runs continuations of each
 * @returns null: there is none left between two others
 */
export function nextMoment(
  measured: readonly Measured[],
  count: number,
  runs: number,
): number | null {
  if (measured.length === 0) return 0;
  if (measured.at(-1)?.index !== count - 1) return count - 1;
  let best: Interval | null = null;
  let most = 0;
  for (const each of intervals(measured)) {
    const jump = Math.max(0.5, jumpOf(each) ** 2 - runs / 2);
    const worth = jump * halvings(each.to.index - each.from.index);
    if (worth > most) [best, most] = [each, worth];
  }
  return best === null ? null : Math.floor((best.from.index + best.to.index) / 2);
}

export function intervals(measured: readonly Measured[]): Interval[] {
  return measured.slice(1).map((to, i) => ({ from: measured[i] as Measured, to }));
}

/** Where failures become more frequent at once, most of all; null: nowhere. The first of several. */
export function largestJump(measured: readonly Measured[]): Interval | null {
  let best: Interval | null = null;
  for (const each of intervals(measured)) {
    if (jumpOf(each) > (best === null ? 0 : jumpOf(best))) best = each;
  }
  return best;
}

/** After which all of `runs` failed, and kept failing; null: they always did, or not even at the end. */
export function becameInevitable(measured: readonly Measured[], runs: number): Interval | null {
  return intervals(measured)[measured.findLastIndex(({ failed }) => failed < runs)] ?? null;
}

function jumpOf({ from, to }: Interval): number {
  return to.failed - from.failed;
}

/** How often an interval of so many moments can be halved. */
function halvings(width: number): number {
  let count = 0;
  for (let left = width; left > 1; left = Math.ceil(left / 2)) count++;
  return count;
}

import type { Permission } from "../api/requests.ts";
import { assert } from "../base/assert.ts";

/** As of a range request: every key from the first on. */
export const OPEN_END = "\0";

/**
 * Whether a permission may be granted on this range: a key, a key and a greater end, or a key and
 * the open end (server/auth/range_perm_cache.go, isValidPermissionRange).
 */
export function isValidPermissionRange(key: string, rangeEnd: string): boolean {
  if (key === "") return false;
  return rangeEnd === "" || rangeEnd === OPEN_END || key < rangeEnd;
}

/** Keys low <= key < high; `high` null: to the end. */
interface Interval {
  readonly low: string;
  high: string | null;
}

/**
 * A set of keys as disjoint intervals that do not touch, in order: what a user may read, or write,
 * by all of its roles together. A range that two grants cover between them is covered.
 */
export class KeyRanges {
  private readonly intervals: readonly Interval[];

  /** Takes the ranges of those permissions that `counts` accepts. */
  constructor(permissions: readonly Permission[], counts: (permission: Permission) => boolean) {
    this.intervals = merge(permissions.filter(counts).map(intervalOf));
  }

  hasKey(key: string): boolean {
    const interval = this.lastFrom(key);
    return interval !== null && (interval.high === null || key < interval.high);
  }

  /**
   * Whether every key of the range is in the set. `rangeEnd` as of a range request. A range that
   * ends before it begins holds no key: it counts as the key that it begins with. (So it is in etcd
   * where there is one interval; where there are several its answer hangs on the shape of its tree.)
   */
  hasRange(key: string, rangeEnd: string): boolean {
    if (rangeEnd === "") return this.hasKey(key);
    const interval = this.lastFrom(key);
    if (interval === null) return false;
    const { high } = interval;
    if (rangeEnd === OPEN_END) return high === null;
    if (rangeEnd <= key) return this.hasKey(key);
    return high === null || (key < high && rangeEnd <= high);
  }

  /** The last interval that begins at or before `key`. */
  private lastFrom(key: string): Interval | null {
    const { intervals } = this;
    let from = 0;
    let to = intervals.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((intervals[middle] as Interval).low <= key) from = middle + 1;
      else to = middle;
    }
    return from === 0 ? null : (intervals[from - 1] as Interval);
  }
}

function intervalOf({ key, rangeEnd }: Permission): Interval {
  if (rangeEnd === "") return { low: key, high: `${key}\0` };
  return { low: key, high: rangeEnd === OPEN_END ? null : rangeEnd };
}

function merge(intervals: Interval[]): Interval[] {
  const sorted = intervals
    // An old etcd granted ranges that end before they begin; an empty key it took for the last of all.
    .filter(({ low, high }) => low !== "" && (high === null || low < high))
    .sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  const merged: Interval[] = [];
  for (const next of sorted) {
    const last = merged.at(-1);
    if (last === undefined || (last.high !== null && last.high < next.low)) {
      merged.push({ ...next });
    } else if (last.high !== null && (next.high === null || next.high > last.high)) {
      last.high = next.high;
    }
  }
  assert(
    merged.every(({ high }, i) => i === merged.length - 1 || high !== null),
    "only the last interval is open",
  );
  return merged;
}

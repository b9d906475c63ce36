/** Case numbers `from`, …, `to`, both included. */
export type CaseRange = readonly [from: number, to: number];

/** The ranges with one number more; ascending, with gaps between them. */
export function addRange(ranges: readonly CaseRange[], number: number): readonly CaseRange[] {
  const last = ranges.at(-1);
  if (last !== undefined && last[1] + 1 === number) {
    return [...ranges.slice(0, -1), [last[0], number]];
  }
  const all = joined([...ranges, [number, number]]);
  if (typeof all === "number") throw new Error(`case ${all} was run twice`);
  return all;
}

/** Ranges of several reports as few; or a number that two of them hold. */
export function joined(ranges: readonly CaseRange[]): readonly CaseRange[] | number {
  const ascending = [...ranges].sort(([a], [b]) => a - b);
  const all: CaseRange[] = [];
  for (const [from, to] of ascending) {
    const last = all.at(-1);
    if (last !== undefined && from <= last[1]) return from;
    if (last !== undefined && from === last[1] + 1) all[all.length - 1] = [last[0], to];
    else all.push([from, to]);
  }
  return all;
}

/** Which of the cases 0, …, `runs` - 1 are in no range. */
export function missing(ranges: readonly CaseRange[], runs: number): readonly CaseRange[] {
  const gaps: CaseRange[] = [];
  let next = 0;
  for (const [from, to] of ranges) {
    if (from > next) gaps.push([next, from - 1]);
    next = to + 1;
  }
  if (next < runs) gaps.push([next, runs - 1]);
  return gaps;
}

export function sizeOfRanges(ranges: readonly CaseRange[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

/** `3, 5–9 and 12 more ranges`. */
export function rangesText(ranges: readonly CaseRange[], most = 8): string {
  const shown = ranges
    .slice(0, most)
    .map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`));
  const more = ranges.length - shown.length;
  return `${shown.join(", ")}${more === 0 ? "" : ` and ${more} more ranges`}`;
}

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

/** Counts one more of `bucket`. */
export function count(counts: number[], bucket: number): void {
  counts[bucket] = (counts[bucket] ?? 0) + 1;
}

/**
 * How far counts are from even, in standard deviations of Pearson's statistic (its mean is the
 * degrees of freedom k, its variance 2k). Below 5 is what chance gives.
 */
export function unevenness(counts: readonly number[]): number {
  const expected = counts.reduce((sum, each) => sum + each, 0) / counts.length;
  const statistic = counts.reduce((sum, each) => sum + (each - expected) ** 2 / expected, 0);
  const freedom = counts.length - 1;
  return freedom === 0 ? 0 : (statistic - freedom) / Math.sqrt(2 * freedom);
}

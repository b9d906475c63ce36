import type { Shard } from "./shard.ts";

const WHOLE: Shard = { index: 1, count: 1 };

/**
 * The cases of a shard. Of so many runs it has one run of numbers that stand side by side; where time is the
 * limit every N-th number without end. Either way no two shards have one in common.
 */
export function* caseNumbers(runs: number | null, shard: Shard = WHOLE): Generator<number> {
  const { index, count } = shard;
  if (runs === null) {
    for (let number = index - 1; ; number += count) yield number;
  }
  const from = Math.floor(((index - 1) * runs) / count);
  const to = Math.floor((index * runs) / count);
  for (let number = from; number < to; number++) yield number;
}

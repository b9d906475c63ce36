import type { Model } from "./model.ts";
import type { Operation } from "./operation.ts";
import { Search, type SearchProgress, type Verdict } from "./search.ts";

/** How much a check may take. */
export interface CheckLimits {
  /** Asked after every few thousand steps; true: give up. */
  readonly stop: () => boolean;
  /** For what was seen, all partitions together, in bytes. */
  readonly maxBytes: number;
}

/** What came of the operations on one key. */
export interface PartitionResult<Input, Output> extends SearchProgress {
  readonly partition: string;
  readonly verdict: Verdict;
  readonly operations: readonly Operation<Input, Output>[];
  /** The state at the end of `order`, for people. */
  readonly stateText: string;
}

export interface HistoryResult<Input, Output> {
  /** `illegal`: at least one partition is; `unknown`: none is, but some were not decided. */
  readonly verdict: Verdict;
  readonly partitions: readonly PartitionResult<Input, Output>[];
  /** The most bytes that were in use for what was seen. */
  readonly bytes: number;
}

/** A search that has not come to an end goes on after so many steps of the others. */
const TURN = 16_384;

/**
 * Is this history linearizable? The partitions are searched in turns, so that one that is wrong is found
 * even where others would take for ever; the first one that is wrong ends the check.
 */
export function checkHistory<Input, Output>(
  operations: readonly Operation<Input, Output>[],
  model: Model<Input, Output>,
  limits: CheckLimits,
): HistoryResult<Input, Output> {
  const parts = partitions(operations, model).map(([partition, own]) => {
    const machine = model.machine(own);
    const search = new Search(own, machine, limits.maxBytes);
    return { partition, operations: own, machine, search, verdict: "unknown" as Verdict };
  });
  let open = parts;
  let bytes = 0;
  while (open.length > 0 && !parts.some(({ verdict }) => verdict === "illegal")) {
    let stopped = false;
    for (const part of open) {
      stopped = limits.stop();
      if (stopped) break;
      part.verdict = part.search.run(TURN);
      if (part.verdict === "illegal") break;
    }
    const inUse = open.reduce((sum, { search }) => sum + search.bytes, 0);
    bytes = Math.max(bytes, inUse);
    open = open.filter(({ verdict, search }) => verdict === "unknown" && !search.full);
    if (stopped || inUse > limits.maxBytes) break;
  }
  const verdicts = parts.map(({ verdict }) => verdict);
  return {
    verdict:
      verdicts.find((each) => each === "illegal") ??
      verdicts.find((each) => each === "unknown") ??
      "ok",
    partitions: parts.map(({ partition, operations: own, machine, search, verdict }) => {
      const progress = search.progress();
      const stateText = machine.stateText(progress.state);
      return { partition, verdict, operations: own, ...progress, stateText };
    }),
    bytes,
  };
}

function partitions<Input, Output>(
  operations: readonly Operation<Input, Output>[],
  model: Model<Input, Output>,
): [string, Operation<Input, Output>[]][] {
  const parts = new Map<string, Operation<Input, Output>[]>();
  for (const operation of operations) {
    const partition = model.partition(operation.input);
    const own = parts.get(partition);
    if (own === undefined) parts.set(partition, [operation]);
    else own.push(operation);
  }
  return [...parts];
}

import type { Progress } from "../raft/tracker/progress.ts";

/** One line a node, `1: StateReplicate match=11 next=12`, in the order given (by id). */
export function describeProgress(list: Iterable<Progress>): string {
  let text = "";
  for (const progress of list) text += `${progress.id}: ${progress.describe()}\n`;
  return text;
}

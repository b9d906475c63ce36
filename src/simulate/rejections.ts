import { context } from "./context.ts";
import type { HostedRun } from "./hosted-run.ts";

/** The runs under way. */
const runs = new Set<HostedRun>();

/**
 * A rejected promise that nobody awaits ends a process of Node. One of a workload's ends its run instead. Not
 * every Node tells whose it is: then it is blamed on the one run that is under way, if there is just one.
 */
function onRejection(reason: unknown): void {
  const [only] = runs;
  const run = context.getStore() ?? (runs.size === 1 ? only : undefined);
  if (run !== undefined) run.unhandled(reason);
  // A listener takes Node's own way from it; with others beside it that way was taken already.
  else if (process.listenerCount("unhandledRejection") === 1) throw reason;
}

/** From now on, until what it returns is called, rejections of the run's workload are its own. */
export function ownRejections(run: HostedRun): () => void {
  if (runs.size === 0) process.on("unhandledRejection", onRejection);
  runs.add(run);
  return () => {
    runs.delete(run);
    if (runs.size === 0) process.off("unhandledRejection", onRejection);
  };
}

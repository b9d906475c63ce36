import { AsyncLocalStorage } from "node:async_hooks";
import type { HostedRun } from "./hosted-run.ts";

/** Whose workload is running, through all its awaits and callbacks; undefined outside of every workload. */
export const context = new AsyncLocalStorage<HostedRun>();

/** The run whose workload asks now, while it counts. */
export function currentRun(): HostedRun | undefined {
  const run = context.getStore();
  return run === undefined || run.over ? undefined : run;
}

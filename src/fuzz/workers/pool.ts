import { fileURLToPath } from "node:url";
import { Tinypool } from "tinypool";
import type { TaskInput, TaskName, TaskResult } from "./tasks.ts";
import work from "./worker.ts";

/** Runs parts of a whole, several at a time. */
export interface WorkerPool {
  /** How many it runs at a time. */
  readonly workers: number;
  run<Name extends TaskName>(task: Name, input: TaskInput<Name>): Promise<TaskResult<Name>>;
  close(): Promise<void>;
}

/** The worker beside this file: TypeScript in a checkout, JavaScript in the package. */
const WORKER = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./from-source.mjs" : "./worker.js", import.meta.url),
);

/** A worker's heap; a case takes some ten. */
const HEAP_MB = 256;

export function workerPool(workers: number): WorkerPool {
  return workers === 1 ? ALONE : poolOf(workers);
}

/** In this very thread; between two parts whoever wants to be heard is. */
const ALONE: WorkerPool = {
  workers: 1,
  run: async (task, input) => {
    await new Promise((resolve) => setImmediate(resolve));
    return work({ task, input });
  },
  close: () => Promise.resolve(),
};

function poolOf(workers: number): WorkerPool {
  const pool = new Tinypool({
    filename: WORKER,
    minThreads: workers,
    maxThreads: workers,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  return {
    workers,
    run: (task, input) => pool.run({ task, input }),
    close: () => pool.destroy(),
  };
}

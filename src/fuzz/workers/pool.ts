import { fileURLToPath } from "node:url";
import { Tinypool } from "tinypool";
import { type Chunk, type ChunkResult, runChunk } from "../chunk.ts";

/** Runs chunks, several at a time. */
export interface ChunkRunner {
  /** How many it runs at a time. */
  readonly workers: number;
  run(chunk: Chunk): Promise<ChunkResult>;
  close(): Promise<void>;
}

/** The worker beside this file: TypeScript in a checkout, JavaScript in the package. */
const WORKER = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./from-source.mjs" : "./worker.js", import.meta.url),
);

/** A worker's heap; a case takes some ten. */
const HEAP_MB = 256;

export function chunkRunner(workers: number): ChunkRunner {
  return workers === 1 ? ALONE : poolOf(workers);
}

/** In this very thread; between two chunks whoever wants to be heard is. */
const ALONE: ChunkRunner = {
  workers: 1,
  run: async (chunk) => {
    await new Promise((resolve) => setImmediate(resolve));
    return runChunk(chunk);
  },
  close: () => Promise.resolve(),
};

function poolOf(workers: number): ChunkRunner {
  const pool = new Tinypool({
    filename: WORKER,
    minThreads: workers,
    maxThreads: workers,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  return {
    workers,
    run: (chunk) => pool.run(chunk) as Promise<ChunkResult>,
    close: () => pool.destroy(),
  };
}

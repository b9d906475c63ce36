import { type Chunk, type ChunkResult, runChunk } from "../chunk.ts";

/** What a worker of the pool runs: a thread of its own, which shares nothing with the others. */
export default function work(chunk: Chunk): ChunkResult {
  return runChunk(chunk);
}

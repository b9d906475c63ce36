import { runChunk } from "../chunk.ts";
import { runContinuations } from "../when/continuations.ts";

/** What workers can do, by name: plain data in, plain data out, and nothing else that counts. */
export const TASKS = { cases: runChunk, continuations: runContinuations } as const;

export type TaskName = keyof typeof TASKS;
export type TaskInput<Name extends TaskName> = Parameters<(typeof TASKS)[Name]>[0];
export type TaskResult<Name extends TaskName> = ReturnType<(typeof TASKS)[Name]>;

import { TASKS, type TaskInput, type TaskName, type TaskResult } from "./tasks.ts";

/** What a worker of the pool is given. */
export interface Job<Name extends TaskName = TaskName> {
  readonly task: Name;
  readonly input: TaskInput<Name>;
}

/** What a worker of the pool runs: a thread of its own, which shares nothing with the others. */
export default function work<Name extends TaskName>({ task, input }: Job<Name>): TaskResult<Name> {
  // TypeScript does not see that a task and its input belong together.
  const run = TASKS[task] as (input: TaskInput<Name>) => TaskResult<Name>;
  return run(input);
}

import { assert } from "../base/assert.ts";

/**
 * Programs that wait, without promises: a task is a generator that yields what it waits for and goes on
 * when that has happened. `yield*` calls one task from another.
 *
 * @public
 */
export type Task<T> = Generator<Eventual<unknown>, T, unknown>;

/** Something that happens once, whatever its value. */
export interface Happening {
  readonly settled: boolean;
  /** Calls back when it has happened, at once if it has; returns how to stop listening. */
  listen(listener: () => void): () => void;
}

/** Something that will have a value once. */
export class Eventual<T> implements Happening {
  settled = false;
  private result: T | undefined;
  private readonly listeners = new Set<(value: T) => void>();
  /** Called when whoever waited for it gives up. */
  private readonly abandoned: (() => void) | null;

  constructor(abandoned: (() => void) | null = null) {
    this.abandoned = abandoned;
  }

  get value(): T {
    assert(this.settled, "an eventual is read once it has a value");
    return this.result as T;
  }

  settle(value: T): void {
    if (this.settled) return;
    this.settled = true;
    this.result = value;
    const listeners = [...this.listeners];
    this.listeners.clear();
    for (const listener of listeners) listener(value);
  }

  /** Calls `listener` with the value, at once if there is one; returns how to stop listening. */
  listen(listener: (value: T) => void): () => void {
    if (this.settled) {
      listener(this.result as T);
      return () => undefined;
    }
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  abandon(): void {
    if (!this.settled) this.abandoned?.();
  }
}

/** Waits for a value. */
export function* until<T>(eventual: Eventual<T>): Task<T> {
  if (!eventual.settled) yield eventual as Eventual<unknown>;
  return eventual.value;
}

/** Has a value as soon as one of both has: which, is for the caller to look up. */
export function either(a: Happening, b: Happening): Eventual<null> {
  const stop: (() => void)[] = [];
  const leave = () => {
    for (const quit of stop) quit();
  };
  const first = new Eventual<null>(leave);
  for (const happening of [a, b]) {
    if (first.settled) break;
    stop.push(
      happening.listen(() => {
        leave();
        first.settle(null);
      }),
    );
  }
  return first;
}

/** Thrown into a task that is cancelled, where it waits. It may clean up, and wait while it does. */
export class Cancelled extends Error {
  override name = "Cancelled";
}

/** A failure that a task's caller can be expected to meet; everything else is a mistake of the program. */
export class TaskError extends Error {
  override name = "TaskError";
}

export type RunState = "running" | "done" | "failed" | "cancelled";

/** A task under way. `soon` calls back in a step of its own, when the client's process runs. */
export class Running<T> {
  state: RunState = "running";
  value: T | undefined;
  error: TaskError | null = null;
  /** Has a value when the task has ended, however it did. */
  readonly ended = new Eventual<RunState>();
  private readonly task: Task<T>;
  private readonly soon: (resume: () => void) => void;
  private waiting: { readonly on: Eventual<unknown>; readonly stop: () => void } | null = null;
  private cancelling = false;

  constructor(task: Task<T>, soon: (resume: () => void) => void) {
    this.task = task;
    this.soon = soon;
    soon(() => this.resume(() => task.next()));
  }

  /** Ends it where it waits. */
  cancel(): void {
    if (this.state !== "running") return;
    this.cancelling = true;
    const { waiting } = this;
    // Otherwise its next step is due already.
    if (waiting === null) return;
    waiting.stop();
    this.waiting = null;
    waiting.on.abandon();
    this.soon(() => this.resume(() => this.task.next()));
  }

  private resume(step: () => IteratorResult<Eventual<unknown>, T>): void {
    let result: IteratorResult<Eventual<unknown>, T>;
    try {
      if (this.cancelling) {
        this.cancelling = false;
        result = this.task.throw(new Cancelled("cancelled"));
      } else result = step();
    } catch (error) {
      if (error instanceof Cancelled) this.end("cancelled");
      else if (error instanceof TaskError) {
        this.error = error;
        this.end("failed");
      } else throw error;
      return;
    }
    if (result.done === true) {
      this.value = result.value;
      this.end("done");
      return;
    }
    const on = result.value;
    const go = () => {
      this.waiting = null;
      this.soon(() => this.resume(() => this.task.next(on.value)));
    };
    // A value that is there already still takes a step of its own.
    if (on.settled) go();
    else this.waiting = { on, stop: on.listen(go) };
  }

  private end(state: RunState): void {
    this.state = state;
    this.ended.settle(state);
  }
}

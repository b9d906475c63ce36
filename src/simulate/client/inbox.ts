import type { Engine } from "../engine.ts";

/** What came and was not taken yet, for a loop `for await`. */
export class Inbox<T> implements AsyncIterator<T, undefined> {
  readonly #engine: Engine;
  /** What is waited for, as a person says it. */
  readonly #what: string;
  readonly #left: () => void;
  readonly #items: T[] = [];
  readonly #waiting: (() => void)[] = [];
  #ended = false;
  #error: Error | null = null;

  /** @param left is called when the loop is left before its end */
  constructor(engine: Engine, what: string, left: () => void) {
    this.#engine = engine;
    this.#what = what;
    this.#left = left;
  }

  push(item: T): void {
    if (this.#ended) return;
    this.#items.push(item);
    this.#waiting.shift()?.();
  }

  /** No more comes; with an error, whoever takes the last item gets that next. */
  end(error: Error | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#items.length > 0 || this.#ended) {
      return this.#error !== null && this.#items.length === 0
        ? Promise.reject(this.#takeError())
        : Promise.resolve(this.#take());
    }
    return this.#engine.promise(this.#what, ({ resolve, reject }) => {
      this.#waiting.push(() => {
        if (this.#items.length === 0 && this.#error !== null) reject(this.#takeError());
        else resolve(this.#take());
      });
    });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#left();
    this.#items.length = 0;
    this.end(null);
    return Promise.resolve({ done: true, value: undefined });
  }

  #take(): IteratorResult<T, undefined> {
    const item = this.#items.shift();
    return item === undefined ? { done: true, value: undefined } : { done: false, value: item };
  }

  /** An iterator throws once, and is over. */
  #takeError(): Error {
    const error = this.#error as Error;
    this.#error = null;
    return error;
  }
}

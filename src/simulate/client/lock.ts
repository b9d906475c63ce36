import type { Client } from "../../client/client.ts";
import { Mutex } from "../../client/recipes/mutex.ts";
import { Session } from "../../client/recipes/session.ts";
import type { Task } from "../../client/task.ts";
import type { Calls } from "./calls.ts";
import { type LostReason, lost } from "./lease.ts";
import { textOf } from "./text.ts";
import type { TxnGuard } from "./txn.ts";

/**
 * How a lock is asked for.
 *
 * @public
 */
export interface LockOptions {
  /** Of the lease that the lock stands on, in seconds; default 10. */
  readonly ttl?: number;
  /** Give up after so many milliseconds, with a {@link TimeoutError}; default: never. */
  readonly timeout?: number;
}

export const TTL_DEFAULT = 10;

/**
 * A lock that is held: until it is given back, or lost with its lease, which may go unnoticed for a while.
 * That is what its fencing token is for: `fence` grows from holder to holder, and `guard` lets a
 * transaction fail once another may hold it.
 *
 * @public
 */
export class Lock implements TxnGuard {
  readonly name: string;
  /** The key it is held by. */
  readonly key: string;
  /** The revision at which that was made: who comes later has a greater one. */
  readonly fence: number;
  readonly #calls: Calls;
  readonly #mutex: Mutex;

  constructor(calls: Calls, name: string, mutex: Mutex) {
    this.#calls = calls;
    this.#mutex = mutex;
    this.name = name;
    this.key = textOf(mutex.key);
    this.fence = mutex.revision;
    this.compare = mutex.isOwner();
  }

  /** For a transaction: `client.txn().if(lock).then(…)`. */
  readonly compare: TxnGuard["compare"];

  /** Whether it is held as far as its client knows. */
  get isHeld(): boolean {
    return this.#mutex.held;
  }

  /** Waits until it is not held any more. */
  lost(): Promise<LostReason> {
    return lost(this.#calls.engine, `lock ${this.name}`, this.#mutex.session.done);
  }

  /** Gives it back. */
  async unlock(): Promise<void> {
    const mutex = this.#mutex;
    await this.#calls.program(`unlock ${this.name}`, function* (): Task<void> {
      yield* mutex.unlock();
      yield* mutex.session.close();
    });
  }
}

/** Takes a lock in a session of its own, which is closed where that comes to nothing. */
export function* take(core: Client, prefix: string, ttl: number, wait: boolean): Task<Mutex> {
  const session = yield* Session.open(core, ttl);
  let held = false;
  try {
    const mutex = new Mutex(session, prefix);
    if (wait) yield* mutex.lock();
    else yield* mutex.tryLock();
    held = true;
    return mutex;
  } finally {
    if (!held) yield* session.close();
  }
}

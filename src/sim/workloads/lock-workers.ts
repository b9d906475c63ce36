import { op } from "../../api/build.ts";
import { bytesToBinary } from "../../base/bytes.ts";
import { type Duration, MILLISECOND } from "../../base/time.ts";
import type { Client } from "../../client/client.ts";
import { CallError } from "../../client/client.ts";
import { Mutex } from "../../client/recipes/mutex.ts";
import { Session } from "../../client/recipes/session.ts";
import type { Task } from "../../client/task.ts";
import { type ClientSource, Workers } from "./workers.ts";

export interface LockPlan {
  readonly clients: readonly number[];
  readonly name: string;
  /** Of the sessions, in seconds. */
  readonly ttl: number;
  readonly holdUs: Duration;
  /** How often each takes the lock. */
  readonly rounds: number;
  /** Whether writes are guarded by the fencing token. */
  readonly fenced: boolean;
}

const PAUSE_US: Duration = 100 * MILLISECOND;

/**
 * Clients that take a lock, read a counter, take their time, and write it back raised by one. As most
 * programs, they don't look again whether they still hold the lock. If two of them ever work at once, a
 * step gets lost, unless the writes are fenced.
 */
export class LockWorkers extends Workers {
  readonly plan: LockPlan;
  /** Writes of the counter that succeeded, and those of which nobody knows. */
  raised = 0;
  inDoubt = 0;
  /** Writes that the fence refused: their client had lost the lock without knowing it. */
  refused = 0;

  constructor(source: ClientSource, plan: LockPlan) {
    super();
    this.plan = plan;
    for (const id of plan.clients) {
      const client = source.client(id);
      this.start(client, this.work(client));
    }
  }

  get counterKey(): string {
    return `${this.plan.name}.counter`;
  }

  private *work(client: Client): Task<void> {
    for (let round = 0; round < this.plan.rounds && !this.stopping; round++) {
      if (!(yield* this.attempt(this.round(client)))) yield* client.sleep(PAUSE_US);
    }
  }

  private *round(client: Client): Task<void> {
    const { name, ttl } = this.plan;
    const session = yield* Session.open(client, ttl);
    try {
      const mutex = new Mutex(session, name);
      yield* mutex.lock();
      yield* this.raise(client, mutex);
      yield* mutex.unlock();
    } finally {
      yield* session.close();
    }
  }

  private *raise(client: Client, mutex: Mutex): Task<void> {
    const { kvs } = yield* client.do(op.get(this.counterKey));
    const before = kvs[0] === undefined ? 0 : Number(bytesToBinary(kvs[0].value));
    yield* client.sleep(this.plan.holdUs);
    const guards = this.plan.fenced ? [mutex.isOwner()] : [];
    try {
      const write = op.txn(guards, [op.put(this.counterKey, String(before + 1))]);
      if ((yield* client.do(write)).succeeded) this.raised++;
      else this.refused++;
    } catch (error) {
      if (error instanceof CallError && error.outcome === "ambiguous") this.inDoubt++;
      throw error;
    }
  }
}

import { compare, op } from "../../api/build.ts";
import { Errors } from "../../api/errors.ts";
import { leaseIdHex } from "../../api/lease-id.ts";
import type { Compare, TxnResponse } from "../../api/requests.ts";
import { assert } from "../../base/assert.ts";
import { CallError } from "../client.ts";
import { Cancelled, type Task, TaskError } from "../task.ts";
import { Holding } from "./holding.ts";
import { type Session, SessionExpired } from "./session.ts";
import { firstCreated, waitDeletes } from "./wait.ts";

/** Another session holds the lock. */
export class Locked extends TaskError {
  override name = "Locked";
}

/**
 * A lock that the oldest key under a prefix holds (client/v3/concurrency/mutex.go). Its create revision is
 * the fencing token: a session that was lost without noticing it can still be told apart by it.
 */
export class Mutex {
  readonly session: Session;
  readonly name: string;
  /** "" while it neither holds the lock nor waits for it. */
  key = "";
  /** The create revision of the key. */
  revision = 0;
  private readonly prefix: string;
  private holding: Holding | null = null;

  constructor(session: Session, name: string) {
    this.session = session;
    this.name = name;
    this.prefix = `${name}/`;
  }

  get held(): boolean {
    return this.holding?.held ?? false;
  }

  /** Guards a transaction: it fails once the lock is not ours any more, whether we know it or not. */
  isOwner(): Compare {
    return compare.created(this.key, "EQUAL", this.revision);
  }

  /** Waits for the lock. */
  *lock(): Task<void> {
    const { client } = this.session;
    const tried = yield* this.tryAcquire();
    if (!this.isFirst(tried)) {
      try {
        yield* waitDeletes(client, this.prefix, this.revision - 1);
        yield* this.session.checkKey(this.key);
      } catch (error) {
        if (error instanceof SessionExpired) throw error;
        if (error instanceof Cancelled || error instanceof TaskError) yield* this.withdraw();
        throw error;
      }
    }
    this.acquired();
  }

  /** Takes the lock if nobody has it; else throws {@link Locked}. */
  *tryLock(): Task<void> {
    const tried = yield* this.tryAcquire();
    if (this.isFirst(tried)) this.acquired();
    else {
      yield* this.withdraw();
      throw new Locked("mutex: Locked by another session");
    }
  }

  *unlock(): Task<void> {
    if (this.key === "") throw new TaskError("mutex: lock has already been released");
    this.holding?.release();
    this.holding = null;
    yield* this.withdraw();
  }

  /** Puts the session's key in the queue, and looks who is first in it, in one go. */
  private *tryAcquire(): Task<TxnResponse> {
    const { client, lease } = this.session;
    this.key = this.prefix + leaseIdHex(lease);
    const owner = { type: "range", request: firstCreated(this.prefix) } as const;
    const response = yield* client.do(
      op.txn(
        [compare.created(this.key, "EQUAL", 0)],
        [op.put(this.key, "", { lease }), owner],
        [op.get(this.key), owner],
      ),
    );
    this.revision = response.header.revision;
    const own = response.responses[0];
    // The session is in the queue already, or holds the lock.
    if (own?.type === "range") this.revision = own.response.kvs[0]?.createRevision ?? 0;
    return response;
  }

  private isFirst({ responses }: TxnResponse): boolean {
    const owner = responses[1];
    assert(owner?.type === "range", "the transaction asks for the owner");
    const first = owner.response.kvs[0];
    return first === undefined || first.createRevision === this.revision;
  }

  private acquired(): void {
    if (!this.held) this.holding = new Holding(this.session, this.name, this.revision);
  }

  private *withdraw(): Task<void> {
    const { key } = this;
    this.key = "";
    try {
      yield* this.session.client.do(op.delete(key));
    } catch (error) {
      // The key goes with the lease at last.
      if (!(error instanceof CallError) || error.reason === Errors.canceled) throw error;
    }
  }
}

import { compare, op } from "../../api/build.ts";
import { Errors } from "../../api/errors.ts";
import type { Compare } from "../../api/requests.ts";
import { assert } from "../../base/assert.ts";
import { CallError } from "../client.ts";
import { Cancelled, type Task, TaskError } from "../task.ts";
import { claimKey, keyOf, waitUntilFirst } from "./claim-key.ts";
import { Holding } from "./holding.ts";
import { type Session, SessionExpired } from "./session.ts";
import { firstCreated } from "./wait.ts";

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
    const { session, prefix } = this;
    if (!(yield* this.tryAcquire())) {
      try {
        yield* waitUntilFirst(session, prefix, this.key, this.revision);
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
    if (yield* this.tryAcquire()) this.acquired();
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

  /** Claims the session's key, and looks in the same go whether it is the oldest. */
  private *tryAcquire(): Task<boolean> {
    const { session, prefix } = this;
    this.key = keyOf(session, prefix);
    const oldest = { type: "range", request: firstCreated(prefix) } as const;
    const { revision, also } = yield* claimKey(session, this.key, "", [oldest]);
    this.revision = revision;
    const owner = also[0];
    assert(owner?.type === "range", "the transaction asks for the owner");
    const first = owner.response.kvs[0];
    return first === undefined || first.createRevision === revision;
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

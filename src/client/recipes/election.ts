import { compare, op } from "../../api/build.ts";
import type { KeyValue } from "../../api/requests.ts";
import { binaryToBytes, bytesToBinary, equalBytes } from "../../base/bytes.ts";
import { Cancelled, type Task, TaskError } from "../task.ts";
import { claimKey, keyOf, waitUntilFirst } from "./claim-key.ts";
import { Holding } from "./holding.ts";
import { observeLeaders } from "./leaders.ts";
import type { Session } from "./session.ts";
import { firstCreated } from "./wait.ts";

export class NotLeader extends TaskError {
  override name = "NotLeader";
}

/** A leader as observers see it: the key it holds the leadership by, and what it proclaims. */
export interface Leader {
  readonly key: string;
  readonly value: string;
  /** The create revision of the key: grows from leader to leader. */
  readonly fence: number;
}

/** Leadership among sessions: the oldest key under a prefix has it (client/v3/concurrency/election.go). */
export class Election {
  readonly session: Session;
  readonly name: string;
  /** "" while it is no candidate. */
  key = "";
  revision = 0;
  private readonly prefix: string;
  private holding: Holding | null = null;

  constructor(session: Session, name: string) {
    this.session = session;
    this.name = name;
    this.prefix = `${name}/`;
  }

  /** Leads as far as it knows. */
  get leads(): boolean {
    return this.holding?.held ?? false;
  }

  /** Waits to be elected. */
  *campaign(value: string): Task<void> {
    const { session, prefix } = this;
    this.key = keyOf(session, prefix);
    const { revision, found } = yield* claimKey(session, this.key, value);
    this.revision = revision;
    try {
      const stale = found !== null && !equalBytes(found.value, binaryToBytes(value));
      if (stale) yield* this.proclaim(value);
      yield* waitUntilFirst(session, prefix, this.key, revision);
    } catch (error) {
      if (error instanceof Cancelled || error instanceof TaskError) yield* this.resign();
      throw error;
    }
    if (!this.leads) this.holding = new Holding(session, this.name, revision);
  }

  /** Lets the leader announce a new value. */
  *proclaim(value: string): Task<void> {
    if (this.key === "") throw new NotLeader("election: not leader");
    const { client, lease } = this.session;
    const { succeeded } = yield* client.do(
      op.txn([this.isOwner()], [op.put(this.key, value, { lease })]),
    );
    if (succeeded) return;
    this.key = "";
    throw new NotLeader("election: not leader");
  }

  /** Guards a transaction: it fails once somebody else may lead. */
  isOwner() {
    return compare.created(this.key, "EQUAL", this.revision);
  }

  *resign(): Task<void> {
    const { key } = this;
    if (key === "") return;
    this.holding?.release();
    this.holding = null;
    const owner = this.isOwner();
    this.key = "";
    yield* this.session.client.do(op.txn([owner], [op.delete(key)]));
  }

  /** Who leads now; null: nobody. */
  *leader(): Task<Leader | null> {
    const request = firstCreated(this.prefix);
    const { kvs } = yield* this.session.client.do({ type: "range", request });
    return kvs[0] === undefined ? null : leaderOf(kvs[0]);
  }

  /**
   * Tells of each leader and of what it proclaims, not necessarily of all, but always of the last one.
   * Goes on until it is cancelled, or fails.
   */
  *observe(onLeader: (leader: Leader) => void): Task<never> {
    return yield* observeLeaders(this.session.client, this.prefix, (kv) => onLeader(leaderOf(kv)));
  }
}

function leaderOf({ key, value, createRevision }: KeyValue): Leader {
  return { key, value: bytesToBinary(value), fence: createRevision };
}

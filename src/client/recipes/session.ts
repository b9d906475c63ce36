import { rangeRequest } from "../../api/build.ts";
import type { Client } from "../client.ts";
import { CallError } from "../client.ts";
import type { KeepAlive, LeaseEnd } from "../lease/keep-alive-channel.ts";
import { type Eventual, type Task, TaskError } from "../task.ts";

/** A session's key went with its lease while it waited for others to go. */
export class SessionExpired extends TaskError {
  override name = "SessionExpired";
}

/** concurrency/session.go defaultSessionTTL, in seconds. */
const DEFAULT_TTL = 60;

/**
 * A lease that is kept alive for as long as the client lives (client/v3/concurrency/session.go). What is
 * held under it is held until `done`; then it may be somebody else's.
 */
export class Session {
  readonly client: Client;
  readonly lease: bigint;
  private readonly keepAlive: KeepAlive;

  /** Keeps a granted lease alive. */
  constructor(client: Client, lease: bigint) {
    this.client = client;
    this.lease = lease;
    this.keepAlive = client.keepAlive(lease);
  }

  static *open(client: Client, ttl = DEFAULT_TTL): Task<Session> {
    const granted = yield* client.do({ type: "leaseGrant", request: { ttl, id: 0n } });
    return new Session(client, granted.id);
  }

  /** Has a value when the lease is, or may be, no more, or is not kept alive any longer. */
  get done(): Eventual<LeaseEnd> {
    return this.keepAlive.ended;
  }

  /**
   * To be asked after a long wait: the lease may have ended meanwhile, and the key with it (issue 11456).
   * Throws {@link SessionExpired}.
   */
  *checkKey(key: string): Task<void> {
    // Known mistake L11: whoever has waited long enough has what it waited for. Its own key may have
    // gone with its lease, like those before it.
    if (this.client.mistakes.skipsSessionCheck) return;
    const { kvs } = yield* this.client.do({ type: "range", request: rangeRequest(key) });
    if (kvs.length === 0) throw new SessionExpired("session is expired");
  }

  /** Leaves the lease to its time. */
  orphan(): void {
    this.keepAlive.stop();
  }

  /** Gives the lease back, and with it all that was held. */
  *close(): Task<void> {
    this.orphan();
    try {
      yield* this.client.do({ type: "leaseRevoke", request: { id: this.lease } });
    } catch (error) {
      // It may have expired, or a first attempt may have done it.
      if (!(error instanceof CallError) || error.reason.code !== "NotFound") throw error;
    }
  }
}

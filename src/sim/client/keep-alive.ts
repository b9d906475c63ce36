import type { LeaseKeepAliveResponse } from "../../api/requests.ts";
import { type Duration, type Instant, MILLISECOND, SECOND } from "../../base/time.ts";
import type { Call } from "./call.ts";
import type { Caller } from "./caller.ts";
import { isStaleToken } from "./certainty.ts";
import { Eventual } from "./task.ts";

/** clientv3's retryConnWait: how often it looks whether something is to be sent, and tries again. */
const RETRY_US: Duration = 500 * MILLISECOND;
/** Before the first answer nobody knows the TTL (clientv3's defaultTTL). */
const FIRST_TIMEOUT_US: Duration = 5 * SECOND;

/** What a keep-alive needs of its client. */
export interface KeepAliveHost {
  readonly caller: Caller;
  /** The client's own time. */
  readonly now: Instant;
  /** Calls `fire` after so long by the client's clock; returns how to prevent it. */
  after(us: Duration, fire: () => void): () => void;
  /** Sends one keep-alive, once. */
  renew(id: bigint, done: (call: Call) => void): Call;
  cancel(call: Call): void;
}

/** Why a lease is no longer kept alive. */
export type LeaseEnd =
  /** The member said that there is no such lease. */
  | "gone"
  /** Its time passed without an answer: it may have expired. */
  | "unanswered"
  /** Its user stopped it. */
  | "stopped";

/**
 * Keeps one lease alive (client/v3/lease.go): every third of its TTL, and every half second while no
 * answer comes, at whatever member answers. It judges by the client's own clock, which may drift or stand
 * still; and it looks at the deadline when that has come, where clientv3 looks once a second.
 */
export class KeepAlive {
  readonly id: bigint;
  /** When the lease may have expired, by the client's clock. */
  deadline: Instant;
  /** Why and when it ended; the user is told so. */
  readonly ended = new Eventual<LeaseEnd>();
  private readonly host: KeepAliveHost;
  private readonly heard: ((response: LeaseKeepAliveResponse) => void) | null;
  private call: Call | null = null;
  private stopNext: () => void = () => undefined;
  private stopDeadline: () => void = () => undefined;

  constructor(
    host: KeepAliveHost,
    id: bigint,
    heard: ((response: LeaseKeepAliveResponse) => void) | null,
  ) {
    this.host = host;
    this.id = id;
    this.heard = heard;
    this.deadline = host.now + FIRST_TIMEOUT_US;
    this.expectBy(FIRST_TIMEOUT_US);
    this.send();
  }

  /** Whether the lease is alive as far as the client knows. */
  get unexpired(): boolean {
    return !this.ended.settled && this.deadline > this.host.now;
  }

  /** Lets the lease run out by itself. */
  stop(): void {
    this.end("stopped");
  }

  private send(): void {
    this.call = this.host.renew(this.id, (call) => {
      this.call = null;
      if (!this.ended.settled) this.answered(call);
    });
  }

  private answered({ response, error }: Call): void {
    if (response?.type !== "leaseKeepAlive") {
      const { caller } = this.host;
      // Known mistake C7: an error that was not expected ends it (etcd PR 7023).
      if (caller.bugs.has("C7")) {
        this.end("unanswered");
        return;
      }
      // clientv3 signs in anew for the next stream that it opens.
      if (error !== null && isStaleToken(error, caller.credentials !== null)) {
        caller.signedIn = false;
      }
      this.next(RETRY_US);
      return;
    }
    const { ttl } = response.response;
    if (ttl <= 0) {
      // Known mistake C5: it goes on as if nothing had been said.
      if (this.host.caller.bugs.has("C5")) this.next(RETRY_US);
      else this.end("gone");
      return;
    }
    this.deadline = this.host.now + ttl * SECOND;
    this.expectBy(ttl * SECOND);
    this.next(Math.floor((ttl * SECOND) / 3));
    this.heard?.(response.response);
  }

  private next(us: Duration): void {
    this.stopNext = this.host.after(us, () => this.send());
  }

  private expectBy(us: Duration): void {
    this.stopDeadline();
    this.stopDeadline = this.host.after(us, () => {
      // Known mistake C5: nobody learns that the lease may be lost.
      if (!this.host.caller.bugs.has("C5")) this.end("unanswered");
    });
  }

  private end(why: LeaseEnd): void {
    if (this.ended.settled) return;
    this.stopNext();
    this.stopDeadline();
    this.ended.settle(why);
    if (this.call !== null) this.host.cancel(this.call);
  }
}

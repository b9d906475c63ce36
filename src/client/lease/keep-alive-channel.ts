import type { LeaseKeepAliveResponse } from "../../api/requests.ts";
import type { Instant } from "../../base/time.ts";
import { Eventual } from "../task.ts";

/** Why a lease is no longer kept alive. clientv3 closes a channel, and does not say. */
export type LeaseEnd =
  /** The member said that there is no such lease. */
  | "gone"
  /** Its time passed without an answer: it may have expired. */
  | "unanswered"
  /** It was to end where no leader is seen, and the member sees none. */
  | "no leader"
  /** Its user stopped it. */
  | "stopped";

/** Called for each answer, as a user who takes them from the channel at once. */
export type OnRenewed = (response: LeaseKeepAliveResponse) => void;

/**
 * What a user has of a lease that its client keeps alive: the channel that clientv3's KeepAlive returns.
 * Several may want the same lease; it is renewed as long as one of them does.
 */
export class KeepAlive {
  readonly id: bigint;
  /** Why and when it ended; the user is told so. */
  readonly ended = new Eventual<LeaseEnd>();
  readonly onRenewed: OnRenewed | null;
  /** End it where the member that serves it loses sight of a leader (clientv3.WithRequireLeader). */
  readonly requireLeader: boolean;
  private readonly kept: KeptLease;
  private readonly now: () => Instant;

  constructor(
    kept: KeptLease,
    onRenewed: OnRenewed | null,
    requireLeader: boolean,
    now: () => Instant,
  ) {
    this.id = kept.id;
    this.kept = kept;
    this.onRenewed = onRenewed;
    this.requireLeader = requireLeader;
    this.now = now;
    kept.users = [...kept.users, this];
  }

  /** Whether the lease is alive as far as the client knows (clientv3's Unexpired). */
  get unexpired(): boolean {
    return !this.ended.settled && this.kept.deadline > this.now();
  }

  /** Lets the lease run out by itself, unless others keep it. */
  stop(): void {
    this.end("stopped");
  }

  end(why: LeaseEnd): void {
    if (this.ended.settled) return;
    this.kept.users = this.kept.users.filter((user) => user !== this);
    this.ended.settle(why);
  }
}

/** A lease that a client keeps alive, by the client's own clock. */
export interface KeptLease {
  readonly id: bigint;
  /** Those that want it; none: it is renewed no more. */
  users: readonly KeepAlive[];
  /** When it may have expired. */
  deadline: Instant;
  /** From when on it is to be renewed. */
  nextAt: Instant;
}

import { type Duration, type Instant, SECOND } from "../../base/time.ts";
import type { History } from "../model/history.ts";
import type { LeaseModel } from "./model.ts";

/** No time at all: before every instant. */
const NEVER_YET: Instant = -1;

/**
 * How long a lessor may let a lease live at most.
 *
 * The leader's lessor starts a lease when it applies the grant or renews it, with the TTL. A new
 * leader's starts it again, with what the last checkpoint left, if there is one, and an election
 * timeout on top for the time that nobody led; where many leases would end at once some are put off
 * (server/lease/lessor.go Promote, Lease.refresh). A checkpoint is an entry of the log: who is
 * promoted after it was applied anywhere has it, since a leader holds all that was committed before
 * its term and is promoted when that is applied. And since etcd issue 13508 it survives restarts
 * (--experimental-enable-lease-checkpoint-persist, always on in 3.6).
 */
export class LeaseLimits {
  readonly #history: History;
  readonly #electionUs: Duration;
  /** Members whose lessors decide: a deposed leader may not have heard of its end yet. */
  readonly #lessors = new Set<number>();
  /** When a member last became the leader. */
  readonly #ledSince: Instant[] = [];
  #promotedAt: Instant = NEVER_YET;

  constructor(history: History, electionUs: Duration) {
    this.#history = history;
    this.#electionUs = electionUs;
  }

  leads(member: number, at: Instant): void {
    this.#ledSince[member] = at;
  }

  /** A member crashed, or its lessor was told that it decides no more. */
  ended(member: number): void {
    this.#lessors.delete(member);
  }

  /** The member granted or renewed it: if it decides, its time begins. */
  begins(lease: LeaseModel, member: number, at: Instant): void {
    if (!this.#lessors.has(member)) return;
    lease.latest = Math.max(lease.latest, at + lease.ttl * SECOND);
  }

  /** `delay`: by how much leases may be put off. */
  promoted(member: number, at: Instant, leases: Iterable<LeaseModel>, delay: Duration): void {
    this.#lessors.add(member);
    this.#promotedAt = at;
    const alone = this.#lessors.size === 1;
    for (const lease of leases) {
      if (!lease.alive) continue;
      const latest = at + this.#given(lease, member) + this.#electionUs + delay;
      lease.latest = alone ? latest : Math.max(lease.latest, latest);
    }
  }

  /** What the new leader gives it: the checkpoint counts if it must have applied it. */
  #given(lease: LeaseModel, member: number): Duration {
    const before = lease.leftAt <= (this.#ledSince[member] ?? NEVER_YET);
    const has = before || this.#history.position(member).applied >= lease.leftIndex;
    return has ? lease.duration : lease.ttl * SECOND;
  }

  /** Nobody was promoted since then, so that who answered a question did not change meanwhile. */
  heldSince(at: Instant): boolean {
    return this.#promotedAt < at;
  }
}

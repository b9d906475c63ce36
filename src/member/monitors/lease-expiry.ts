import type { Instant } from "../../base/time.ts";
import type { ServerContext } from "../rpc/server-context.ts";

/** The leader proposes to revoke the leases whose time is over (server/etcdserver/server.go revokeExpiredLeases). */
export class LeaseExpiry {
  private readonly context: ServerContext;
  /** Expired leases, and whether the majority is being asked if they may be revoked. */
  private readonly toRevoke = new Set<bigint>();
  private asking = false;

  constructor(context: ServerContext) {
    this.context = context;
  }

  /** When the lessor has leases to revoke, or checkpoints to write down. */
  due(): Instant {
    return this.context.machine.lessor.due();
  }

  /** Proposes the revokes of expired leases, if this member is sure to lead. */
  expire(): void {
    const { context } = this;
    const { lessor } = context.machine;
    lessor.sendCheckpoints(context.now);
    for (const { id } of lessor.expired(context.now)) this.toRevoke.add(id);
    if (this.toRevoke.size === 0) return;
    // Known mistake L2: a leader that stood still does not know that it was deposed, and ends leases that
    // were renewed elsewhere.
    if (context.config.mistakes.revokesWhenDeposed) this.revokeExpired();
    // A list that waits for the majority's word takes in what expires meanwhile: two lists could
    // name a lease twice, and the second revoke would meet a new lease of the same id.
    else if (!this.asking) {
      this.asking = true;
      context.sureToLead(
        () => this.revokeExpired(),
        () => {
          this.asking = false;
          this.toRevoke.clear();
        },
      );
    }
  }

  private revokeExpired(): void {
    const { context } = this;
    const { lessor, tracer } = context.machine;
    this.asking = false;
    for (const id of this.toRevoke) {
      // While the majority was asked, leadership may have been lost and won again: then leases were
      // extended, and this list is old.
      if (lessor.lookup(id)?.expired(context.now) !== true) continue;
      tracer.leased("expire", id, 0);
      const op = { type: "leaseRevoke", request: { id } } as const;
      context.proposer.proposeFor(op, context.asRoot(), () => undefined);
    }
    this.toRevoke.clear();
  }
}

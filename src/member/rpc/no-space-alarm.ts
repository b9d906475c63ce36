import { Errors } from "../../api/errors.ts";
import type { Reply } from "../../api/reply.ts";
import type { InternalResponse, ServiceRequest } from "../../api/requests.ts";
import { NOBODY } from "../../auth/tokens.ts";
import type { ServerContext } from "./server-context.ts";

/**
 * When a member raises NOSPACE: what is asked of it, or what it has just applied, does not fit into its
 * backend ({@link import("../apply/quota.ts").Quota}). The alarm goes through the log, so that all
 * members take nothing more from the same entry on (the chain's cappedApplier). Whoever asked hears of
 * it when the alarm is raised, or has failed.
 */
export class NoSpaceAlarm {
  private readonly context: ServerContext;

  constructor(context: ServerContext) {
    this.context = context;
  }

  /** A request that there is no room for is not even proposed (v3rpc/quota.go). */
  refuses(callId: number, request: ServiceRequest): boolean {
    const { context } = this;
    if (context.machine.fits(request)) return false;
    this.raise(() => context.fail(callId, Errors.noSpace));
    return true;
  }

  /**
   * The entry of proposal `id` was applied, and did not fit: more was proposed while there was room
   * than there was room for (server.go applyEntryNormal).
   */
  overQuota(id: number, reply: Reply<InternalResponse>): void {
    const { machine, proposer } = this.context;
    const settle = () => proposer.proposals.settle(id, reply);
    if (machine.alarms.has("NOSPACE")) settle();
    else this.raise(settle);
  }

  private raise(then: () => void): void {
    const { machine, proposer } = this.context;
    const request = { action: "ACTIVATE", memberId: machine.memberId, alarm: "NOSPACE" } as const;
    proposer.proposeFor({ type: "alarm", request }, NOBODY, then);
  }
}

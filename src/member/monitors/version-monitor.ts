import type { InternalOp } from "../../api/requests.ts";
import { NOBODY } from "../../auth/tokens.ts";
import { type Duration, SECOND } from "../../base/time.ts";
import { versionOp } from "../membership/published.ts";
import type { MemberTimer } from "../rpc/member-timers.ts";
import type { PeerResponse } from "../rpc/peer-calls.ts";
import type { ServerContext } from "../rpc/server-context.ts";
import { decideClusterVersion, downgradeIsOver } from "./version-decisions.ts";
import { parseVersion, type Version, versionText } from "./versions.ts";

/** server.go monitorVersionInterval. */
const INTERVAL_US: Duration = 4 * SECOND;

/**
 * The leader asks all members for their versions, every 4 s and as soon as it leads, and settles on
 * the cluster's (server/etcdserver/server.go monitorClusterVersions). It also ends a downgrade that
 * every member has gone through.
 */
export class VersionMonitor {
  private readonly context: ServerContext;
  /** The next look; null while it is off. One that is ahead of its time cancels it. */
  private next: MemberTimer | null = null;

  constructor(context: ServerContext) {
    this.context = context;
    if (context.config.monitorVersions) this.rest();
  }

  /** This member may have begun to lead. */
  termBegan(): void {
    if (this.next !== null) this.look();
  }

  private rest(): void {
    this.next = this.context.timers.after(INTERVAL_US, () => this.look());
  }

  private look(): void {
    const { context } = this;
    if (this.next !== null) context.timers.cancel(this.next);
    if (!context.isLeader) {
      this.rest();
      return;
    }
    const question = { type: "status", request: {} } as const;
    context.peers.rpcAll(context.others, question, context.timeoutUs, (responses) =>
      this.decide(responses),
    );
  }

  private decide(responses: readonly PeerResponse[]): void {
    const { context } = this;
    const own = parseVersion(context.config.serverVersion);
    const op = this.decision([own, ...responses.map(versionOf)]);
    if (op === null || !context.isLeader) this.rest();
    else context.proposer.proposeFor(op, NOBODY, () => this.rest());
  }

  private decision(members: readonly (Version | null)[]): InternalOp | null {
    const { version, downgradeTarget } = this.context.machine.cluster;
    const { profile } = this.context.config;
    const decided = decideClusterVersion(version, downgradeTarget, members, profile);
    if (decided !== null) return versionOp(versionText(decided), profile);
    if (downgradeTarget === null || !downgradeIsOver(downgradeTarget, members)) return null;
    return { type: "downgradeInfoSet", request: { enabled: false, version: "" } };
  }
}

function versionOf({ reply }: PeerResponse): Version | null {
  const response = reply?.response;
  return response?.type === "status" ? parseVersion(response.response.version) : null;
}

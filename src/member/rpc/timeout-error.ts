import { type ApiError, Errors } from "../../api/errors.ts";
import type { Instant } from "../../base/time.ts";
import type { RawNode } from "../../raft/raw-node.ts";
import type { NodeId } from "../../raft/types.ts";
import type { StateMachine } from "../apply/state-machine.ts";
import type { MemberHost } from "../host.ts";
import type { MemberConfig } from "../settings.ts";

/** What may have kept a proposal from being applied. */
interface Surroundings {
  readonly config: MemberConfig;
  readonly host: MemberHost;
  readonly node: RawNode;
  readonly machine: StateMachine;
}

/**
 * Why a proposal that was begun at `startedAt` is not applied yet, as far as this member, which last became
 * the leader at `electedAt`, can tell (server.go parseProposeCtxErr): "request timed out, possibly due to
 * previous leader failure", "… to connection lost", or for no known reason.
 */
export function timeoutError(
  startedAt: Instant,
  electedAt: Instant,
  { config, host, node, machine }: Surroundings,
): ApiError {
  const lostAt = electedAt - 2 * config.electionTicks * config.tickUs;
  if (startedAt > lostAt && startedAt < electedAt) return Errors.timeoutDueToLeaderFail;
  const waited = machine.now - startedAt;
  const reached = (peer: NodeId) => peer === config.id || host.peers.connectedFor(peer) >= waited;
  const { lead } = node.raft;
  if (lead === config.id) {
    const { voters } = machine.configuration.conf;
    const quorum = Math.floor(voters.length / 2) + 1;
    if (voters.filter(reached).length < quorum) return Errors.timeoutDueToConnectionLost;
  } else if (lead !== 0 && !reached(lead)) return Errors.timeoutDueToConnectionLost;
  return Errors.timeout;
}

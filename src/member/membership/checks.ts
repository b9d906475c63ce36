import { type ApiError, Errors } from "../../api/errors.ts";
import type { ClusterMember } from "../../api/member-requests.ts";
import { type Duration, SECOND } from "../../base/time.ts";
import type { MemberProfile } from "../../profile/member.ts";
import type { Index, NodeId } from "../../raft/types.ts";
import { isStarted, type MemberRecord } from "./record.ts";

/**
 * What the member that is asked for a change looks at before it proposes one, so that no change
 * costs the cluster its quorum (server/etcdserver/server.go, cluster.go and cluster_util.go;
 * `--strict-reconfig-check`, on by default). All by its own lights, which may be old.
 */

/** A connection counts as healthy once it has stood for longer (HealthInterval). */
export const HEALTH_INTERVAL_US = 5 * SECOND;

/** A learner may be promoted when it has so many tenths of the leader's log. */
const READY_TENTHS = 9;

/** How the member that is asked sees the others. */
export interface Surroundings {
  readonly self: NodeId;
  readonly members: readonly MemberRecord[];
  /** How long the connection to a peer has stood without a break; null: there is none. */
  readonly connectedFor: (node: NodeId) => Duration | null;
}

/** EtcdServer.mayAddMember. */
export function mayAddMember(
  seen: Surroundings,
  isLearner: boolean,
  { addsWhileOneIsDown }: Pick<MemberProfile, "addsWhileOneIsDown">,
): ApiError | null {
  const voters = votersOf(seen);
  if (!isLearner && !isReadyToAddVoter(voters)) return Errors.memberNotEnoughStarted;
  if (!addsWhileOneIsDown) return healthy(seen, voters) < voters.length ? Errors.unhealthy : null;
  // The first of more members than one must get a second whatever happens.
  if (voters.length === 1) return null;
  // The new one counts as a member that is down.
  return healthy(seen, voters) < majority(voters.length + 1) ? Errors.unhealthy : null;
}

/** EtcdServer.mayRemoveMember. Who is no member is refused later, when the change is applied. */
export function mayRemoveMember(seen: Surroundings, id: bigint): ApiError | null {
  const { members, self, connectedFor } = seen;
  const member = members.find((each) => each.id === id);
  if (member?.isLearner === true) return null;
  const voters = votersOf(seen);
  const others = voters.filter((each) => each.id !== id);
  if (started(others) < majority(others.length)) return Errors.memberNotEnoughStarted;
  // One that is down takes nothing away from those who work.
  if (member === undefined || (member.node !== self && connectedFor(member.node) === null)) {
    return null;
  }
  return healthy(seen, voters) - 1 < majority(voters.length - 1) ? Errors.unhealthy : null;
}

/** How far raft's log has come on the members, as only a leader knows. */
export interface Replication {
  readonly leaderMatch: Index;
  /** null: raft does not know the node. */
  readonly match: Index | null;
}

/** EtcdServer.mayPromoteMember; `replication` null: the member that is asked does not lead. */
export function mayPromoteMember(
  members: readonly ClusterMember[],
  replication: Replication | null,
  strict = true,
): ApiError | null {
  const error = isLearnerReady(replication);
  if (error !== null || !strict) return error;
  const voters = members.filter(({ isLearner }) => !isLearner);
  // The one to be promoted counts as a voter, and as started: it has the leader's log.
  return 1 + started(voters) < majority(1 + voters.length) ? Errors.memberNotEnoughStarted : null;
}

/** EtcdServer.isLearnerReady (etcd issues 11640 and 15096). */
export function isLearnerReady(replication: Replication | null): ApiError | null {
  if (replication === null) return Errors.notLeader;
  const { match, leaderMatch } = replication;
  if (match === null) return Errors.memberNotFound;
  return 10 * match < READY_TENTHS * leaderMatch ? Errors.learnerNotReady : null;
}

/** RaftCluster.IsReadyToAddVotingMember. */
function isReadyToAddVoter(voters: readonly ClusterMember[]): boolean {
  // The second member of a cluster: so its data is restored after a disaster.
  if (started(voters) === 1 && voters.length === 1) return true;
  return started(voters) >= majority(voters.length + 1);
}

function votersOf({ members }: Surroundings): readonly MemberRecord[] {
  return members.filter(({ isLearner }) => !isLearner);
}

function started(members: readonly ClusterMember[]): number {
  return members.filter(isStarted).length;
}

/** numConnectedSince: the member itself counts. */
function healthy({ self, connectedFor }: Surroundings, members: readonly MemberRecord[]): number {
  return members.filter(
    ({ node }) => node === self || (connectedFor(node) ?? 0) > HEALTH_INTERVAL_US,
  ).length;
}

function majority(members: number): number {
  return Math.floor(members / 2) + 1;
}

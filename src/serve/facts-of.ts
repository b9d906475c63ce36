import type { MemberFacts, RaftFacts } from "../gateway/pages/member-facts.ts";
import type { LiveRun } from "../live/live-run.ts";
import type { RoleName } from "../trace/events.ts";

const STATES: Readonly<Record<RoleName, RaftFacts["state"]>> = {
  follower: "StateFollower",
  "pre-candidate": "StatePreCandidate",
  candidate: "StateCandidate",
  leader: "StateLeader",
};

/** What a member's pages tell of it. */
export function factsOf({ cluster }: LiveRun, member: number): MemberFacts {
  const view = cluster.view(member);
  // null: its process has ended.
  const data = cluster.inspect(member);
  const { term, vote, lead, commit, applied, role, conf, revision, compactRevision } = view;
  const idOf = (node: number) => data?.memberIds.get(node) ?? 0n;
  return {
    serverVersion: cluster.versionOf(member),
    clusterVersion: data?.clusterVersion ?? "",
    storageVersion: data?.storageVersion ?? "",
    memberId: data?.memberId ?? 0n,
    knownMembers: [...(data?.memberIds.values() ?? [])],
    figures: {
      etcd_debugging_mvcc_compact_revision: compactRevision,
      etcd_debugging_mvcc_current_revision: revision,
      etcd_mvcc_db_total_size_in_bytes: data?.databaseBytes ?? 0,
      etcd_mvcc_db_total_size_in_use_in_bytes: data?.databaseBytesInUse ?? 0,
      etcd_server_has_leader: Number(lead !== 0),
      etcd_server_is_leader: Number(role === "leader"),
      etcd_server_is_learner: Number(conf.learners.includes(member)),
      etcd_server_proposals_applied_total: applied,
      etcd_server_proposals_committed_total: commit,
      etcd_server_quota_backend_bytes: data?.quotaBytes ?? 0,
    },
    calls: null,
    raft: {
      term,
      vote: idOf(vote),
      commit,
      applied,
      lead: idOf(lead),
      state: STATES[role],
      progress: [],
      leadTransferee: 0n,
    },
    commandLine: ["detcd", "serve"],
  };
}

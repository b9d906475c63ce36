import type { Duration } from "../base/time.ts";
import type { Mistakes } from "../museum/catalogue.ts";
import type { Profile } from "../profile/catalogue.ts";
import type { NodeId } from "../raft/types.ts";

/** What all members of a cluster are started with (server/embed/config.go). */
export interface MemberSettings {
  readonly tickUs: Duration;
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  readonly preVote: boolean;
  readonly checkQuorum: boolean;
  readonly readOnly: "safe" | "lease";
  readonly stepDownOnRemoval: boolean;
  /** A snapshot after so many applied entries, and how many entries stay in the log behind it. */
  readonly snapshotEntries: number;
  readonly catchUpEntries: number;
  readonly segmentBytes: number;
  readonly maxSizePerMsg: number;
  readonly maxInflightMsgs: number;
  /** The largest entry that is proposed, in bytes (--max-request-bytes), and operations of a transaction. */
  readonly maxRequestBytes: number;
  readonly maxTxnOps: number;
  /**
   * Proposals are refused while more than so many committed entries are not applied; etcd: 5000, and
   * nobody can change it (maxGapBetweenApplyAndCommitIndex).
   */
  readonly maxApplyLag: number;
  /** Revokes of leases are taken up to twice that lag (3.7: --feature-gates=PriorityRequest=true). */
  readonly priorityRequest: boolean;
  /** How large the backend may grow, in bytes (--quota-backend-bytes); 0: 2 GiB, below: no limit. */
  readonly quotaBytes: number;
  /**
   * The release of etcd that the server is ("3.7.3"): what it tells of itself, and what it does as that
   * line of etcd does. And whether the leader decides the cluster's version from all members'.
   */
  readonly serverVersion: string;
  readonly monitorVersions: boolean;
  /**
   * --auto-compaction-mode and -retention. Periodic: what is older than `retention` µs goes;
   * revision: all but the newest `retention` revisions do. 0: off.
   */
  readonly autoCompactionMode: "periodic" | "revision";
  readonly autoCompactionRetention: number;
  /** Whether a member that starts compares itself with its peers first (InitialCorruptCheck). */
  readonly initialCorruptCheck: boolean;
  /** How often the leader compares its data with its peers' (CorruptCheckTime); 0: never. */
  readonly corruptCheckTimeUs: Duration;
  /** Whether it compares the hashes of past compactions, and how often (CompactHashCheckTime). */
  readonly compactHashCheck: boolean;
  readonly compactHashCheckTimeUs: Duration;
  /** Whether the leader writes down how much is left of long leases (LeaseCheckpoint of 3.6). */
  readonly leaseCheckpoint: boolean;
  /** How often, of each lease (etcd: 5 minutes). */
  readonly leaseCheckpointIntervalUs: Duration;
  /** How many leases one proposal writes down at most; etcd: 1000. */
  readonly leaseCheckpointBatch: number;
  /** Rows that one step of a compaction looks at (--compaction-batch-limit). */
  readonly compactionBatch: number;
  /** --auth-token; JWTs are signed with HS256 and `jwtKey`. */
  readonly authToken: "simple" | "jwt";
  readonly jwtKey: string;
  /** --initial-cluster-token: goes into the ids of the cluster and its founders. */
  readonly clusterToken: string;
  readonly maxLearners: number;
  /**
   * --advertise-client-urls of m1, such as `http://127.0.0.1:2379`; the other members have the ports after it.
   * Empty: each has a host of its own, as `http://m2:2379`.
   */
  readonly clientUrl: string;
  /** Refuse changes of membership that would cost the cluster its quorum. */
  readonly strictReconfigCheck: boolean;
  /**
   * How long a simple token is good that nobody uses (--auth-token-ttl), and a JWT in any case
   * (`ttl` of --auth-token=jwt).
   */
  readonly authTokenTtlUs: Duration;
  /** How often watches that ask for it are told of progress while nothing happens. */
  readonly watchProgressUs: Duration;
  /** Ids of known mistakes to make on purpose (src/museum), beside those of the release. */
  readonly bugs: readonly string[];
  /** --bcrypt-cost; etcd's default of 10 takes 100 ms of real time a password. */
  readonly bcryptCost: number;
}

export interface MemberConfig extends MemberSettings {
  readonly id: NodeId;
  /** The voters of a new cluster; empty for a member that joins an existing one. */
  readonly initialVoters: readonly NodeId[];
  /** --force-new-cluster: this start makes it the only member of its cluster. Absent: false. */
  readonly forceNewCluster?: boolean;
  /** What its release does in its own way. */
  readonly profile: Profile;
  /** Known mistakes to make: those that are asked for, and those of its release. */
  readonly mistakes: Mistakes;
}

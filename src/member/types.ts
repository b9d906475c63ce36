import type { ApiError } from "../api/errors.ts";
import type {
  AlarmType,
  InternalResponse,
  LeaseKeepAliveResponse,
  LeaseQuery,
  ServiceRequest,
  ServiceResponse,
  WatchRequest,
  WatchResponse,
} from "../api/requests.ts";
import type { Disk } from "../base/disk.ts";
import type { Random } from "../base/random.ts";
import type { Duration, Instant } from "../base/time.ts";
import type { ConfChangeV2, Message, NodeId } from "../raft/types.ts";
import type { ConfSummary, RoleName } from "../trace/events.ts";
import type { Trace } from "../trace/trace.ts";
import type { EntrySummaries } from "./tracing/entry-summaries.ts";

export type { ConfChangeV2, Message, NodeId };

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
  /** Proposals are refused while so many committed entries are not applied. */
  readonly maxApplyLag: number;
  /** How large the backend may grow, in bytes (--quota-backend-bytes); 0: 2 GiB, below: no limit. */
  readonly quotaBytes: number;
  /** The server's own version, and whether the leader decides the cluster's from all members'. */
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
  /** --auth-token; JWTs are signed with HS256 and `jwtKey`. */
  readonly authToken: "simple" | "jwt";
  readonly jwtKey: string;
  /** --initial-cluster-token: goes into the ids of the cluster and its founders. */
  readonly clusterToken: string;
  readonly maxLearners: number;
  /** Refuse changes of membership that would cost the cluster its quorum. */
  readonly strictReconfigCheck: boolean;
  /** --auth-token-ttl: how long a token is good that nobody uses. */
  readonly authTokenTtlUs: Duration;
  /** How often watches that ask for it are told of progress while nothing happens. */
  readonly watchProgressUs: Duration;
  /** --bcrypt-cost; etcd's default of 10 takes 100 ms of real time a password. */
  readonly bcryptCost: number;
}

export interface MemberConfig extends MemberSettings {
  readonly id: NodeId;
  /** The voters of a new cluster; empty for a member that joins an existing one. */
  readonly initialVoters: readonly NodeId[];
  readonly bugs: ReadonlySet<string>;
}

/**
 * The world as a member sees it: a disk, chance, and where its effects go. All calls are made
 * synchronously from inside the member's methods; none of them calls back.
 */
export interface MemberHost {
  readonly disk: Disk;
  readonly random: Random;
  readonly trace: Trace;
  /** What the trace says of log entries; shared by all members of a cluster. */
  readonly summaries: EntrySummaries;
  /** Global time and the seq of the step under way: for the trace alone, never for a decision. */
  readonly at: Instant;
  cause: number;
  send(message: Message): void;
  reply(callId: number, reply: MemberReply): void;
  /**
   * Asks a peer outside of Raft, as rafthttp's other handlers are asked. The answer comes by
   * `peerReplied` with the same `callId`, unless it gets lost.
   */
  ask(peer: NodeId, callId: number, request: PeerRequest): void;
  /** Answers what came by `peerRequest`; `callId` is the peer's. */
  answer(peer: NodeId, callId: number, reply: MemberReply): void;
  /** Tells a peer that it is no member any more: what it sends is not taken (rafthttp's 410 Gone). */
  reject(peer: NodeId): void;
  /** How long the connection to a peer has stood, in µs; -1 if there is none (rafthttp's ActiveSince). */
  connectedFor(peer: NodeId): Duration;
  /** A response on a client's stream; `bytes` is what it takes of the stream's window. */
  push(streamId: number, response: StreamResponse, bytes: number): void;
  /** The stream ends with an error: nothing more comes on it. */
  endStream(streamId: number, error: ApiError): void;
  /** The process exits, and says why: it was removed from the cluster, or can't write to its disk. */
  stopped(reason: string): void;
}

export type AdminRequest =
  | { readonly type: "transfer-leader"; readonly to: NodeId }
  | { readonly type: "conf-change"; readonly change: ConfChangeV2 }
  | { readonly type: "snapshot" }
  | { readonly type: "campaign" };

/** A client's call; `callId` is the world's and comes back with the reply. */
export interface Call {
  readonly kind: "call";
  readonly callId: number;
  /** What an earlier sign-in gave the client; "" if it has not signed in. */
  readonly token: string;
  readonly request: ServiceRequest;
  /** How long the client waits (gRPC's grpc-timeout); undefined: as long as it takes. */
  readonly timeoutUs?: Duration;
}

/** A call from outside: a client's, or an operator's who stands beside the machine. */
export type MemberRequest =
  | Call
  | { readonly kind: "admin"; readonly callId: number; readonly request: AdminRequest };

/** The methods whose requests and responses are streams, as long as both sides wish. */
export type StreamMethod = "watch" | "leaseKeepAlive";

/** What a client asks on a stream of each method. */
export type StreamRequest = WatchRequest | KeepAliveQuery;

/** One request of a keep-alive stream. */
export type KeepAliveQuery = Extract<LeaseQuery, { readonly type: "leaseKeepAlive" }>;

/** What a member answers; `type` is the stream's method. */
export type StreamResponse =
  | { readonly type: "watch"; readonly response: WatchResponse }
  | { readonly type: "leaseKeepAlive"; readonly response: LeaseKeepAliveResponse };

/** What happens on a client's stream; `streamId` is the world's. */
export type StreamInput =
  | {
      readonly kind: "open";
      readonly streamId: number;
      readonly method: StreamMethod;
      readonly token: string;
      /** End the stream when this member loses sight of a leader (clientv3.WithRequireLeader). */
      readonly requireLeader: boolean;
    }
  | { readonly kind: "request"; readonly streamId: number; readonly request: StreamRequest }
  /** The client took so many bytes of what was pushed: there is room for more. */
  | { readonly kind: "consumed"; readonly streamId: number; readonly bytes: number }
  | { readonly kind: "close"; readonly streamId: number };

/** What members ask each other outside of Raft. */
export type PeerRequest = Extract<
  ServiceRequest,
  {
    readonly type: "leaseKeepAlive" | "leaseTimeToLive" | "memberPromote" | "hashKv" | "status";
  }
>;

/** `response` is null on an error, and on the success of an admin request. */
export interface MemberReply {
  readonly response: ServiceResponse | null;
  readonly error: ApiError | null;
}

/** What an applied request came to, whoever made it; exactly one of both. */
export interface ApplyReply {
  readonly response: InternalResponse | null;
  readonly error: ApiError | null;
}

/** A member's state at one moment, for views and digests. */
export interface MemberState {
  readonly role: RoleName;
  readonly term: number;
  readonly vote: NodeId;
  readonly lead: NodeId;
  readonly commit: number;
  readonly applied: number;
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly conf: ConfSummary;
  readonly revision: number;
  /** Reads below it fail; -1 before the first compaction. */
  readonly compactRevision: number;
  /** The store's 52-bit hash. */
  readonly stateHash: number;
}

/** What a member's database holds, as an operator can find out. */
export interface MemberData {
  /** Those that are on; member 0: of nobody in particular. */
  readonly alarms: readonly { readonly alarm: AlarmType; readonly member: NodeId }[];
  /** What etcd's database file would take. */
  readonly databaseBytes: number;
}

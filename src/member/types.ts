import type { ApiError } from "../api/errors.ts";
import type { AuthResponse, KvRequest, KvResponse, LeaseResponse } from "../api/requests.ts";
import type { Disk } from "../base/disk.ts";
import type { Random } from "../base/random.ts";
import type { Duration, Instant } from "../base/time.ts";
import type { ConfChangeV2, Message, NodeId } from "../raft/types.ts";
import type { ConfSummary, RoleName } from "../trace/events.ts";
import type { Trace } from "../trace/trace.ts";
import type { EntrySummaries } from "./entry-summaries.ts";

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
  /** The process exits, and says why: it was removed from the cluster, or can't write to its disk. */
  stopped(reason: string): void;
}

export type AdminRequest =
  | { readonly type: "transfer-leader"; readonly to: NodeId }
  | { readonly type: "conf-change"; readonly change: ConfChangeV2 }
  | { readonly type: "snapshot" }
  | { readonly type: "campaign" };

/** A call from outside; `callId` is the world's and comes back with the reply. */
export type MemberRequest =
  | { readonly kind: "kv"; readonly callId: number; readonly request: KvRequest }
  | { readonly kind: "admin"; readonly callId: number; readonly request: AdminRequest };

/** `response` is null on an error, and on the success of an admin request. */
export interface MemberReply {
  readonly response: KvResponse | null;
  readonly error: ApiError | null;
}

/** What an applied request came to, whoever made it; exactly one of both. */
export interface ApplyReply {
  readonly response: KvResponse | LeaseResponse | AuthResponse | null;
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
  /** The store's 52-bit hash. */
  readonly stateHash: number;
}

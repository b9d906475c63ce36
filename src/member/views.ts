import type { AlarmType } from "../api/requests.ts";
import type { NodeId } from "../raft/types.ts";
import type { ConfSummary, RoleName } from "../trace/events.ts";

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
  /** The term of its last entry. */
  readonly lastTerm: number;
  readonly conf: ConfSummary;
  readonly revision: number;
  /** Reads below it fail; -1 before the first compaction. */
  readonly compactRevision: number;
  /** The store's 52-bit hash. */
  readonly stateHash: number;
}

/** What a member's database holds, as an operator can find out. */
export interface MemberData {
  /** Its id as clients know it, and those of all members that it knows, itself too. */
  readonly memberId: bigint;
  readonly memberIds: ReadonlyMap<NodeId, bigint>;
  /** Those that are on; member 0: of nobody in particular. */
  readonly alarms: readonly { readonly alarm: AlarmType; readonly member: NodeId }[];
  /** What etcd's database file would take, and what of it holds something. */
  readonly databaseBytes: number;
  readonly databaseBytesInUse: number;
  /** How large it may grow. */
  readonly quotaBytes: number;
  /** The version that the members have agreed on; "" before that. */
  readonly clusterVersion: string;
  /** That of its own storage, "3.7.0"; "" where none is written down. */
  readonly storageVersion: string;
}

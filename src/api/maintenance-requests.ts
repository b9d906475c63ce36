import type { EmptyRequest } from "./auth-requests.ts";
import type { AlarmRequest, AlarmType } from "./cluster-requests.ts";
import type { ResponseHeader } from "./kv-requests.ts";

/** etcd v3's Maintenance service (api/etcdserverpb/rpc.proto). */

export interface AlarmMember {
  readonly memberId: bigint;
  readonly alarm: AlarmType;
}

export interface AlarmResponse {
  /** null in 3.4, which left it away. */
  readonly header: ResponseHeader | null;
  readonly alarms: readonly AlarmMember[];
}

export interface StatusResponse {
  readonly header: ResponseHeader;
  /** Of the server, e.g. "3.4.23". */
  readonly version: string;
  /** Bytes that the backend takes on disk, and those of them that hold something. */
  readonly dbSize: number;
  readonly dbSizeInUse: number;
  /** 0n: no leader known. */
  readonly leader: bigint;
  readonly raftIndex: number;
  readonly raftTerm: number;
  readonly raftAppliedIndex: number;
  readonly errors: readonly string[];
  readonly isLearner: boolean;
  /** Of the database, e.g. "3.6.0"; "" before 3.6, where nobody wrote it down. */
  readonly storageVersion: string;
  /** Bytes, as configured: 0 stands for the default. */
  readonly dbSizeQuota: number;
  /** null before 3.6, which did not tell. */
  readonly downgradeInfo: DowngradeInfo | null;
}

export interface DowngradeInfo {
  readonly enabled: boolean;
  /** "" if there is none under way. */
  readonly targetVersion: string;
}

export interface HashResponse {
  readonly header: ResponseHeader;
  /** CRC-32C of the whole backend. */
  readonly hash: number;
}

export interface HashKvRequest {
  /** 0: the newest. */
  readonly revision: number;
}

export interface HashKvResponse {
  readonly header: ResponseHeader;
  readonly hash: number;
  readonly compactRevision: number;
  readonly hashRevision: number;
}

/** The whole backend; a transport cuts it into pieces of 32 KiB. */
export interface SnapshotResponse {
  /** Not in etcd's answer: who gave it, and as of when. */
  readonly header: ResponseHeader;
  /** Bytes that come in later pieces: of the whole none. */
  readonly remainingBytes: number;
  readonly blob: Uint8Array;
  /** The storage's, as in a status. */
  readonly version: string;
}

export interface MoveLeaderRequest {
  readonly targetId: bigint;
}

export type DowngradeAction = "VALIDATE" | "ENABLE" | "CANCEL";

export interface DowngradeRequest {
  readonly action: DowngradeAction;
  readonly version: string;
}

export interface DowngradeResponse {
  readonly header: ResponseHeader;
  readonly version: string;
}

/** Nothing: not even a header. */
export type EmptyResponse = Readonly<Record<never, never>>;

export type MaintenanceOp =
  | { readonly type: "alarm"; readonly request: AlarmRequest }
  | { readonly type: "status"; readonly request: EmptyRequest }
  | { readonly type: "defragment"; readonly request: EmptyRequest }
  | { readonly type: "hash"; readonly request: EmptyRequest }
  | { readonly type: "hashKv"; readonly request: HashKvRequest }
  | { readonly type: "snapshot"; readonly request: EmptyRequest }
  | { readonly type: "moveLeader"; readonly request: MoveLeaderRequest }
  | { readonly type: "downgrade"; readonly request: DowngradeRequest };

/** Its answer; `type` is that of the request. */
export type MaintenanceResponse =
  | { readonly type: "alarm"; readonly response: AlarmResponse }
  | { readonly type: "status"; readonly response: StatusResponse }
  | { readonly type: "defragment" | "moveLeader"; readonly response: EmptyResponse }
  | { readonly type: "hash"; readonly response: HashResponse }
  | { readonly type: "hashKv"; readonly response: HashKvResponse }
  | { readonly type: "snapshot"; readonly response: SnapshotResponse }
  | { readonly type: "downgrade"; readonly response: DowngradeResponse };

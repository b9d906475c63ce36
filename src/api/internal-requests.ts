import type { AuthOp } from "./auth-requests.ts";
import type { ClusterOp } from "./cluster-requests.ts";
import type { KvRequest } from "./kv-requests.ts";
import type {
  LeaseCheckpointRequest,
  LeaseGrantRequest,
  LeaseRevokeRequest,
} from "./lease-requests.ts";

export interface RequestHeader {
  /** Unique among requests in flight; its proposer finds the waiting client by it. Below 2^53. */
  readonly id: number;
  /** The bits of a real etcd's 64-bit id above the 53rd; absent means 0, as in all of ours. */
  readonly idHigh?: number;
  /** "" without authentication. */
  readonly username: string;
  /** The revision of the auth store that the permissions were checked at. */
  readonly authRevision: number;
}

export type LeaseOp =
  | { readonly type: "leaseGrant"; readonly request: LeaseGrantRequest }
  | { readonly type: "leaseRevoke"; readonly request: LeaseRevokeRequest }
  | { readonly type: "leaseCheckpoint"; readonly request: LeaseCheckpointRequest };

export type InternalOp = KvRequest | LeaseOp | AuthOp | ClusterOp;

/** What a normal log entry holds (api/etcdserverpb/raft_internal.proto): exactly one operation. */
export interface InternalRaftRequest {
  readonly header: RequestHeader;
  readonly op: InternalOp;
}

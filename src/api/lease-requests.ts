import type { ResponseHeader } from "./kv-requests.ts";

/** etcd v3's Lease service, as far as it goes through Raft (api/etcdserverpb/rpc.proto). */

export interface LeaseGrantRequest {
  /** Seconds. */
  readonly ttl: number;
  /** 0n: the server chooses. */
  readonly id: bigint;
}

export interface LeaseGrantResponse {
  readonly header: ResponseHeader;
  readonly id: bigint;
  /** Seconds; the server may have raised it. */
  readonly ttl: number;
  readonly error: string;
}

export interface LeaseRevokeRequest {
  readonly id: bigint;
}

export interface LeaseRevokeResponse {
  readonly header: ResponseHeader;
}

export interface LeaseCheckpoint {
  readonly id: bigint;
  /** Seconds. */
  readonly remainingTtl: number;
}

export interface LeaseCheckpointRequest {
  readonly checkpoints: readonly LeaseCheckpoint[];
}

export interface LeaseCheckpointResponse {
  readonly header: ResponseHeader;
}

/** A lease request's answer; `type` is that of the request. */
export type LeaseResponse =
  | { readonly type: "leaseGrant"; readonly response: LeaseGrantResponse }
  | { readonly type: "leaseRevoke"; readonly response: LeaseRevokeResponse }
  | { readonly type: "leaseCheckpoint"; readonly response: LeaseCheckpointResponse };

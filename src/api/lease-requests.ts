import type { EmptyRequest } from "./auth-requests.ts";
import type { ResponseHeader } from "./kv-requests.ts";

/** etcd v3's Lease service, and what members tell each other of leases (api/etcdserverpb/rpc.proto). */

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

export interface LeaseKeepAliveRequest {
  readonly id: bigint;
}

export interface LeaseKeepAliveResponse {
  readonly header: ResponseHeader;
  readonly id: bigint;
  /** Seconds from now on; 0 or less: there is no such lease (any more). */
  readonly ttl: number;
}

export interface LeaseTimeToLiveRequest {
  readonly id: bigint;
  /** Name the attached keys. */
  readonly keys: boolean;
}

export interface LeaseTimeToLiveResponse {
  readonly header: ResponseHeader;
  readonly id: bigint;
  /** Seconds that are left; -1: there is no such lease. */
  readonly ttl: number;
  readonly grantedTtl: number;
  readonly keys: readonly string[];
}

export interface LeaseStatus {
  readonly id: bigint;
}

export interface LeaseLeasesResponse {
  readonly header: ResponseHeader;
  readonly leases: readonly LeaseStatus[];
}

/** What is answered without going through the log. */
export type LeaseQuery =
  /** One request of a keep-alive stream. */
  | { readonly type: "leaseKeepAlive"; readonly request: LeaseKeepAliveRequest }
  | { readonly type: "leaseTimeToLive"; readonly request: LeaseTimeToLiveRequest }
  | { readonly type: "leaseLeases"; readonly request: EmptyRequest };

/** A lease request's answer; `type` is that of the request. */
export type LeaseResponse =
  | { readonly type: "leaseKeepAlive"; readonly response: LeaseKeepAliveResponse }
  | { readonly type: "leaseTimeToLive"; readonly response: LeaseTimeToLiveResponse }
  | { readonly type: "leaseLeases"; readonly response: LeaseLeasesResponse }
  | { readonly type: "leaseGrant"; readonly response: LeaseGrantResponse }
  | { readonly type: "leaseRevoke"; readonly response: LeaseRevokeResponse };

import type { KeyValue, ResponseHeader } from "./kv-requests.ts";

/** etcd v3's Lock and Election services (api/v3lock/v3lock.proto, api/v3election/v3election.proto). */

export interface LockRequest {
  readonly name: string;
  /** 0n: the member grants one. */
  readonly lease: bigint;
}

export interface LockResponse {
  readonly header: ResponseHeader;
  /** It exists for as long as the lock is held. */
  readonly key: string;
}

export interface UnlockRequest {
  readonly key: string;
}

export interface HeaderResponse {
  readonly header: ResponseHeader;
}

export interface CampaignRequest {
  readonly name: string;
  readonly lease: bigint;
  readonly value: Uint8Array;
}

/** By which a leader shows that it is the one. */
export interface LeaderKey {
  readonly name: string;
  readonly key: string;
  /** The create revision of the key. */
  readonly rev: number;
  readonly lease: bigint;
}

export interface CampaignResponse {
  readonly header: ResponseHeader;
  readonly leader: LeaderKey;
}

export interface LeaderRequest {
  readonly name: string;
}

export interface LeaderResponse {
  readonly header: ResponseHeader;
  readonly kv: KeyValue;
}

export interface ResignRequest {
  /** null: it was left out. */
  readonly leader: LeaderKey | null;
}

export interface ProclaimRequest {
  readonly leader: LeaderKey | null;
  readonly value: Uint8Array;
}

/** What a member does with its own client for who asks it. */
export type ConcurrencyCall =
  | { readonly type: "lock"; readonly request: LockRequest }
  | { readonly type: "unlock"; readonly request: UnlockRequest }
  | { readonly type: "campaign"; readonly request: CampaignRequest }
  | { readonly type: "proclaim"; readonly request: ProclaimRequest }
  | { readonly type: "leader" | "observe"; readonly request: LeaderRequest }
  | { readonly type: "resign"; readonly request: ResignRequest };

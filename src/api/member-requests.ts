import type { ResponseHeader } from "./kv-requests.ts";

/** etcd v3's Cluster service: membership as clients ask for it (api/etcdserverpb/rpc.proto). */

export interface ClusterMember {
  readonly id: bigint;
  /** "" until the member has started and published itself. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

export interface MemberAddRequest {
  readonly peerUrls: readonly string[];
  readonly isLearner: boolean;
}

export interface MemberIdRequest {
  readonly id: bigint;
}

export interface MemberUpdateRequest {
  readonly id: bigint;
  readonly peerUrls: readonly string[];
}

export interface MemberListRequest {
  readonly linearizable: boolean;
}

export interface MemberAddResponse {
  readonly header: ResponseHeader;
  readonly member: ClusterMember;
  readonly members: readonly ClusterMember[];
}

export interface MembersResponse {
  readonly header: ResponseHeader;
  readonly members: readonly ClusterMember[];
}

export type MemberOp =
  | { readonly type: "memberAdd"; readonly request: MemberAddRequest }
  | { readonly type: "memberRemove"; readonly request: MemberIdRequest }
  | { readonly type: "memberUpdate"; readonly request: MemberUpdateRequest }
  | { readonly type: "memberList"; readonly request: MemberListRequest }
  | { readonly type: "memberPromote"; readonly request: MemberIdRequest };

/** Its answer; `type` is that of the request. */
export type MemberResponse =
  | { readonly type: "memberAdd"; readonly response: MemberAddResponse }
  | {
      readonly type: "memberRemove" | "memberUpdate" | "memberList" | "memberPromote";
      readonly response: MembersResponse;
    };

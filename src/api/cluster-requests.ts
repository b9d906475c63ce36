/** What members tell each other about themselves and the cluster through Raft (rpc.proto, membershippb). */

export type AlarmAction = "GET" | "ACTIVATE" | "DEACTIVATE";
export type AlarmType = "NONE" | "NOSPACE" | "CORRUPT";

export interface AlarmRequest {
  readonly action: AlarmAction;
  /** 0n: all members. */
  readonly memberId: bigint;
  readonly alarm: AlarmType;
}

export interface MemberAttributes {
  readonly name: string;
  readonly clientUrls: readonly string[];
}

export interface ClusterVersionSetRequest {
  readonly version: string;
}

export interface ClusterMemberAttrSetRequest {
  readonly memberId: bigint;
  readonly attributes: MemberAttributes;
}

export interface DowngradeInfoSetRequest {
  readonly enabled: boolean;
  readonly version: string;
}

/**
 * A request of the v2 store, by which etcd up to 3.5 publishes member attributes and the cluster
 * version (etcdserverpb.Request). The id is in the {@link RequestHeader}.
 */
export interface V2Request {
  readonly method: string;
  readonly path: string;
  readonly value: string;
  readonly dir: boolean;
  readonly prevValue: string;
  readonly prevIndex: bigint;
  /** null: not given. */
  readonly prevExist: boolean | null;
  readonly expiration: bigint;
  readonly wait: boolean;
  readonly since: bigint;
  readonly recursive: boolean;
  readonly sorted: boolean;
  readonly quorum: boolean;
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  readonly stream: boolean;
  /** null: not given. */
  readonly refresh: boolean | null;
}

export type ClusterOp =
  | { readonly type: "alarm"; readonly request: AlarmRequest }
  | { readonly type: "clusterVersionSet"; readonly request: ClusterVersionSetRequest }
  | { readonly type: "clusterMemberAttrSet"; readonly request: ClusterMemberAttrSetRequest }
  | { readonly type: "downgradeInfoSet"; readonly request: DowngradeInfoSetRequest }
  | { readonly type: "v2"; readonly request: V2Request };

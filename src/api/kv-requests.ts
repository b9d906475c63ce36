/**
 * etcd v3's key-value API as plain data (api/etcdserverpb/rpc.proto, api/mvccpb/kv.proto).
 *
 * Keys are binary strings (one char a byte, so that `<` is byte order); values are bytes; revisions,
 * versions and counts are safe integers; 64-bit ids of leases, members and clusters are bigints.
 * Every field is present: proto3 has no "unset", so an empty or zero one stands for it.
 */

/** A key at one revision (mvccpb.KeyValue). */
export interface KeyValue {
  readonly key: string;
  /** The revision at which the key's present life began. */
  readonly createRevision: number;
  readonly modRevision: number;
  /** 1 for the put that created the key, then one more with every put. */
  readonly version: number;
  readonly value: Uint8Array;
  /** 0n: no lease. */
  readonly lease: bigint;
}

export interface ResponseHeader {
  readonly clusterId: bigint;
  readonly memberId: bigint;
  /** The store's revision when the request was applied; 0 where the store was not involved. */
  readonly revision: number;
  readonly raftTerm: number;
}

export type SortOrder = "NONE" | "ASCEND" | "DESCEND";
export type SortTarget = "KEY" | "VERSION" | "CREATE" | "MOD" | "VALUE";

export interface RangeRequest {
  readonly key: string;
  /** "" : the key alone; "\0": every key from `key` on; else up to it, not included. */
  readonly rangeEnd: string;
  /** 0: no limit. */
  readonly limit: number;
  /** 0 or less: the newest. */
  readonly revision: number;
  readonly sortOrder: SortOrder;
  readonly sortTarget: SortTarget;
  /** Answered by the member asked from what it has, perhaps stale. */
  readonly serializable: boolean;
  readonly keysOnly: boolean;
  readonly countOnly: boolean;
  /** Bounds, included; 0: none. */
  readonly minModRevision: number;
  readonly maxModRevision: number;
  readonly minCreateRevision: number;
  readonly maxCreateRevision: number;
}

export interface RangeResponse {
  readonly header: ResponseHeader;
  readonly kvs: readonly KeyValue[];
  /** Whether the limit left keys out. */
  readonly more: boolean;
  /** All keys of the range, whatever limit and filters. */
  readonly count: number;
}

/** A part of what a RangeStream sends: only the last one says of which revision they all are, and how many keys there are. */
export interface RangeChunk extends Omit<RangeResponse, "header"> {
  readonly header: ResponseHeader | null;
}

export interface RangeStreamResponse {
  readonly rangeResponse: RangeChunk;
}

export interface PutRequest {
  readonly key: string;
  readonly value: Uint8Array;
  readonly lease: bigint;
  readonly prevKv: boolean;
  readonly ignoreValue: boolean;
  readonly ignoreLease: boolean;
}

export interface PutResponse {
  readonly header: ResponseHeader;
  /** null unless asked for and there was one. */
  readonly prevKv: KeyValue | null;
}

export interface DeleteRangeRequest {
  readonly key: string;
  /** As of {@link RangeRequest}. */
  readonly rangeEnd: string;
  readonly prevKv: boolean;
}

export interface DeleteRangeResponse {
  readonly header: ResponseHeader;
  readonly deleted: number;
  /** Empty unless asked for. */
  readonly prevKvs: readonly KeyValue[];
}

export type CompareResult = "EQUAL" | "GREATER" | "LESS" | "NOT_EQUAL";
export type CompareTarget = "VERSION" | "CREATE" | "MOD" | "VALUE" | "LEASE";

/** One guard of a transaction: `<target of key> <result> <operand>`. */
export type Compare = {
  readonly result: CompareResult;
  readonly key: string;
  /** As of {@link RangeRequest}: the comparison must hold for all keys of the range. */
  readonly rangeEnd: string;
} & (
  | { readonly target: "VERSION"; readonly version: number }
  | { readonly target: "CREATE"; readonly createRevision: number }
  | { readonly target: "MOD"; readonly modRevision: number }
  | { readonly target: "VALUE"; readonly value: Uint8Array }
  | { readonly target: "LEASE"; readonly lease: bigint }
);

export type RequestOp =
  | { readonly type: "range"; readonly request: RangeRequest }
  | { readonly type: "put"; readonly request: PutRequest }
  | { readonly type: "deleteRange"; readonly request: DeleteRangeRequest }
  | { readonly type: "txn"; readonly request: TxnRequest };

export type ResponseOp =
  | { readonly type: "range"; readonly response: RangeResponse }
  | { readonly type: "put"; readonly response: PutResponse }
  | { readonly type: "deleteRange"; readonly response: DeleteRangeResponse }
  | { readonly type: "txn"; readonly response: TxnResponse };

export interface TxnRequest {
  /** All must hold for `success` to run; else `failure` does. */
  readonly compare: readonly Compare[];
  readonly success: readonly RequestOp[];
  readonly failure: readonly RequestOp[];
}

export interface TxnResponse {
  readonly header: ResponseHeader;
  readonly succeeded: boolean;
  readonly responses: readonly ResponseOp[];
}

export interface CompactionRequest {
  readonly revision: number;
  /** Answer only once the compacted revisions are gone from the backend. */
  readonly physical: boolean;
}

export interface CompactionResponse {
  readonly header: ResponseHeader;
}

/** A call of the KV service. */
export type KvRequest =
  | RequestOp
  | { readonly type: "compaction"; readonly request: CompactionRequest };

/** Its answer; `type` is that of the request. */
export type KvResponse =
  | ResponseOp
  | { readonly type: "compaction"; readonly response: CompactionResponse };

import { binaryToBytes } from "../base/bytes.ts";
import type {
  Compare,
  CompareResult,
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from "./kv-requests.ts";

/** Requests with all defaults filled in, always with the same hidden class. */

export function rangeRequest(key: string, options: Partial<RangeRequest> = {}): RangeRequest {
  return {
    key,
    rangeEnd: options.rangeEnd ?? "",
    limit: options.limit ?? 0,
    revision: options.revision ?? 0,
    sortOrder: options.sortOrder ?? "NONE",
    sortTarget: options.sortTarget ?? "KEY",
    serializable: options.serializable ?? false,
    keysOnly: options.keysOnly ?? false,
    countOnly: options.countOnly ?? false,
    minModRevision: options.minModRevision ?? 0,
    maxModRevision: options.maxModRevision ?? 0,
    minCreateRevision: options.minCreateRevision ?? 0,
    maxCreateRevision: options.maxCreateRevision ?? 0,
  };
}

export function putRequest(
  key: string,
  value: Uint8Array,
  options: Partial<PutRequest> = {},
): PutRequest {
  return {
    key,
    value,
    lease: options.lease ?? 0n,
    prevKv: options.prevKv ?? false,
    ignoreValue: options.ignoreValue ?? false,
    ignoreLease: options.ignoreLease ?? false,
  };
}

export function deleteRangeRequest(
  key: string,
  options: Partial<DeleteRangeRequest> = {},
): DeleteRangeRequest {
  return { key, rangeEnd: options.rangeEnd ?? "", prevKv: options.prevKv ?? false };
}

// ---- operations -------------------------------------------------------------------------------

/**
 * As parts of a transaction, or as calls of their own. Values are binary strings.
 *
 * @public
 */
export const op = {
  get: (key: string, options?: Partial<RangeRequest>) =>
    ({ type: "range", request: rangeRequest(key, options) }) as const,
  put: (key: string, value: string, options?: Partial<PutRequest>) =>
    ({ type: "put", request: putRequest(key, binaryToBytes(value), options) }) as const,
  delete: (key: string, options?: Partial<DeleteRangeRequest>) =>
    ({ type: "deleteRange", request: deleteRangeRequest(key, options) }) as const,
  txn: (
    compare: readonly Compare[],
    success: readonly RequestOp[],
    failure: readonly RequestOp[] = [],
  ) => ({ type: "txn", request: { compare, success, failure } satisfies TxnRequest }) as const,
} as const;

/**
 * Guards of a transaction on one key, or on all keys of a range.
 *
 * @public
 */
export const compare = {
  version: (key: string, result: CompareResult, version: number, rangeEnd = ""): Compare => ({
    target: "VERSION",
    key,
    rangeEnd,
    result,
    version,
  }),
  created: (
    key: string,
    result: CompareResult,
    createRevision: number,
    rangeEnd = "",
  ): Compare => ({ target: "CREATE", key, rangeEnd, result, createRevision }),
  modified: (key: string, result: CompareResult, modRevision: number, rangeEnd = ""): Compare => ({
    target: "MOD",
    key,
    rangeEnd,
    result,
    modRevision,
  }),
  value: (key: string, result: CompareResult, value: string, rangeEnd = ""): Compare => ({
    target: "VALUE",
    key,
    rangeEnd,
    result,
    value: binaryToBytes(value),
  }),
  lease: (key: string, result: CompareResult, lease: bigint, rangeEnd = ""): Compare => ({
    target: "LEASE",
    key,
    rangeEnd,
    result,
    lease,
  }),
} as const;

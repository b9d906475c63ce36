import type { DeleteRangeRequest, PutRequest, RangeRequest } from "./kv-requests.ts";

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

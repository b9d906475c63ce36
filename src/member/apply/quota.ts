import type { InternalOp, PutRequest, RequestOp, ServiceRequest } from "../../api/requests.ts";

/** The default of --quota-backend-bytes. */
const DEFAULT_BYTES = 2 ** 31;
/** What a key is taken to cost beside its own bytes, and what a lease is. */
const KEY_OVERHEAD = 256;
const LEASE_BYTES = 64;

/** How large the backend may grow (server/storage/quota.go). */
export class Quota {
  private readonly limit: number;

  /** `bytes` 0: etcd's default; below: no limit. */
  constructor(bytes: number) {
    if (bytes < 0) this.limit = Number.POSITIVE_INFINITY;
    else this.limit = bytes === 0 ? DEFAULT_BYTES : bytes;
  }

  /** Whether there is room for the request in a backend of `size` bytes. */
  fits(size: number, op: InternalOp | ServiceRequest): boolean {
    const cost = costOf(op);
    return cost === 0 || size + cost < this.limit;
  }
}

/** Bytes that a request may add: a rough estimate. 0: it makes nothing larger. */
export function costOf(op: InternalOp | ServiceRequest): number {
  switch (op.type) {
    case "put":
      return costOfPut(op.request);
    case "txn":
      return Math.max(costOfBranch(op.request.success), costOfBranch(op.request.failure));
    case "leaseGrant":
      return LEASE_BYTES;
    default:
      return 0;
  }
}

function costOfPut({ key, value }: PutRequest): number {
  return KEY_OVERHEAD + key.length + value.length;
}

/** As in etcd the transactions in a transaction cost nothing. */
function costOfBranch(ops: readonly RequestOp[]): number {
  let cost = 0;
  for (const op of ops) if (op.type === "put") cost += costOfPut(op.request);
  return cost;
}

import type { InternalOp, PutRequest, RequestOp, ServiceRequest } from "../../api/requests.ts";
import type { MemberMistakes } from "../../museum/member.ts";

/** The default of --quota-backend-bytes. */
const DEFAULT_BYTES = 2 ** 31;
/** What a key is taken to cost beside its own bytes, and what a lease is. */
const KEY_OVERHEAD = 256;
const LEASE_BYTES = 64;

/** How large the backend may grow (server/storage/quota.go). */
export class Quota {
  /** In bytes, as `status` tells it: the default where none was given, below 0 where there is no limit. */
  readonly bytes: number;
  private readonly limit: number;
  private readonly mistakes: MemberMistakes;

  /** `bytes` 0: etcd's default; below: no limit. */
  constructor(bytes: number, mistakes: MemberMistakes) {
    this.bytes = bytes === 0 ? DEFAULT_BYTES : bytes;
    this.limit = bytes < 0 ? Number.POSITIVE_INFINITY : this.bytes;
    this.mistakes = mistakes;
  }

  /** Whether there is room for the request in a backend of `size` bytes. */
  fits(size: number, op: InternalOp | ServiceRequest): boolean {
    const cost = this.cost(op);
    return cost === 0 || size + cost < this.limit;
  }

  /** Bytes that a request may add: a rough estimate. 0: it makes nothing larger. */
  cost(op: InternalOp | ServiceRequest): number {
    switch (op.type) {
      case "put":
        return costOfPut(op.request);
      case "txn":
        return Math.max(
          this.costOfBranch(op.request.success),
          this.costOfBranch(op.request.failure),
        );
      case "leaseGrant":
        return LEASE_BYTES;
      default:
        return 0;
    }
  }

  private costOfBranch(ops: readonly RequestOp[]): number {
    let cost = 0;
    for (const op of ops) {
      // Known mistake B6: what a nested transaction puts gets past the quota, and past the alarm.
      if (op.type !== "txn" || !this.mistakes.ignoresNestedPuts) cost += this.cost(op);
    }
    return cost;
  }
}

function costOfPut({ key, value }: PutRequest): number {
  return KEY_OVERHEAD + key.length + value.length;
}

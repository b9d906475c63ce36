import { Errors } from "../../api/errors.ts";
import type { Reply } from "../../api/reply.ts";
import type { InternalRaftRequest, InternalResponse } from "../../api/requests.ts";
import type { Applier } from "./backend-applier.ts";
import { costOf } from "./quota.ts";

const NO_SPACE: Reply<InternalResponse> = { response: null, error: Errors.noSpace };
const CORRUPT: Reply<InternalResponse> = { response: null, error: Errors.corrupt };

/** Stands in the chain while a NOSPACE alarm is on: nothing that may need room is done. */
export class CappedApplier implements Applier {
  private readonly next: Applier;

  constructor(next: Applier) {
    this.next = next;
  }

  apply(request: InternalRaftRequest): Reply<InternalResponse> {
    return costOf(request.op) > 0 ? NO_SPACE : this.next.apply(request);
  }
}

/**
 * Stands in the chain while a CORRUPT alarm is on: keys and leases stay as they are, whatever they
 * are. (Reads do not come this way: as in etcd they are answered.)
 */
export class CorruptApplier implements Applier {
  private readonly next: Applier;

  constructor(next: Applier) {
    this.next = next;
  }

  apply(request: InternalRaftRequest): Reply<InternalResponse> {
    switch (request.op.type) {
      case "put":
      case "range":
      case "deleteRange":
      case "txn":
      case "compaction":
      case "leaseGrant":
      case "leaseRevoke":
        return CORRUPT;
      default:
        return this.next.apply(request);
    }
  }
}

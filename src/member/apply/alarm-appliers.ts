import { Errors } from "../../api/errors.ts";
import type { Reply } from "../../api/reply.ts";
import type { InternalRaftRequest, InternalResponse } from "../../api/requests.ts";
import type { Quota } from "./quota.ts";

/**
 * A link of the chain that requests go through on their way to the state machine
 * (server/etcdserver/apply): each may refuse, or pass on to the next. Deterministic: what it does
 * depends on the state machine and the request alone, so that all members stay equal.
 */
export type Applier = (request: InternalRaftRequest) => Reply<InternalResponse>;

export const NO_SPACE: Reply<InternalResponse> = { response: null, error: Errors.noSpace };
const CORRUPT: Reply<InternalResponse> = { response: null, error: Errors.corrupt };

/** While a NOSPACE alarm is on: nothing that may need room is done. */
export function cappedApplier(next: Applier, quota: Quota): Applier {
  return (request) => (quota.cost(request.op) > 0 ? NO_SPACE : next(request));
}

/**
 * While a CORRUPT alarm is on: keys and leases stay as they are, whatever they are. (Reads do not come this
 * way: as in etcd they are answered.)
 */
export function corruptApplier(next: Applier): Applier {
  return (request) => {
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
        return next(request);
    }
  };
}

import { Errors } from "../../api/errors.ts";
import type { Reply } from "../../api/reply.ts";
import type { InternalRaftRequest, InternalResponse } from "../../api/requests.ts";
import type { Backend } from "../../mvcc/backend/backend.ts";
import type { Applier } from "./backend-applier.ts";
import type { Quota } from "./quota.ts";

const NO_SPACE: Reply<InternalResponse> = { response: null, error: Errors.noSpace };

/**
 * The link that looks at the room left in the backend (server/etcdserver/apply, quotaApplierV3).
 * Members' files differ in size, their states must not: what does not fit is done all the same, and
 * answered with an error. The alarm that follows, through the log, stops all members at one entry.
 */
export class QuotaApplier implements Applier {
  private readonly next: Applier;
  private readonly quota: Quota;
  private readonly backend: Backend;

  constructor(next: Applier, quota: Quota, backend: Backend) {
    this.next = next;
    this.quota = quota;
    this.backend = backend;
  }

  apply(request: InternalRaftRequest): Reply<InternalResponse> {
    const fits = this.quota.fits(this.backend.size, request.op);
    const reply = this.next.apply(request);
    return fits || reply.error !== null ? reply : NO_SPACE;
  }
}

import type { Reply } from "../../../src/api/reply.ts";
import type { KvRequest, KvResponse } from "../../../src/api/requests.ts";
import { applyKv } from "../../../src/member/apply/backend-applier.ts";
import { type LeaseAttachments, NO_LEASES } from "../../../src/mvcc/lessor-port.ts";
import type { Store } from "../../../src/mvcc/store.ts";

/** A store, and requests executed on it as the last of a member's appliers does. */
export class Kv {
  readonly store: Store;
  private readonly leases: LeaseAttachments;

  constructor(store: Store, leases: LeaseAttachments = NO_LEASES) {
    this.store = store;
    this.leases = leases;
  }

  apply(op: KvRequest): Reply<KvResponse> {
    return applyKv(this.store, this.leases, op);
  }
}

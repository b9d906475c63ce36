import type { Reply } from "../../api/reply.ts";
import type { KvRequest, KvResponse } from "../../api/requests.ts";
import { type LeaseAttachments, NO_LEASES } from "../lessor-port.ts";
import type { Store } from "../store.ts";
import { apiErrorOf } from "./apply-error.ts";
import { applyRange, headerAt } from "./apply-range.ts";
import { applyTxn, checkKey, checkLease } from "./apply-txn.ts";
import { applyDeleteRange, applyPut } from "./apply-writes.ts";

/**
 * The KV service's requests executed on a store (server/etcdserver/apply/applier_backend.go). What
 * it does depends on the store and the request alone, so that all members stay equal. A request
 * that fails changes nothing.
 */
export class KvApplier {
  readonly store: Store;
  private readonly leases: LeaseAttachments;

  constructor(store: Store, leases: LeaseAttachments = NO_LEASES) {
    this.store = store;
    this.leases = leases;
  }

  apply(op: KvRequest): Reply<KvResponse> {
    try {
      return { response: this.execute(op), error: null };
    } catch (thrown) {
      return { response: null, error: apiErrorOf(thrown) };
    }
  }

  private execute(op: KvRequest): KvResponse {
    const { store } = this;
    switch (op.type) {
      case "range":
        return { type: "range", response: applyRange(store, op.request) };
      case "put": {
        checkLease(this.leases, op.request);
        checkKey(store, op.request);
        store.begin();
        const response = applyPut(store, op.request);
        store.end();
        return { type: "put", response };
      }
      case "deleteRange": {
        store.begin();
        const response = applyDeleteRange(store, op.request);
        store.end();
        return { type: "deleteRange", response };
      }
      case "txn":
        return { type: "txn", response: applyTxn(store, this.leases, op.request) };
      case "compaction":
        store.compact(op.request.revision);
        return { type: "compaction", response: { header: headerAt(store.revision) } };
    }
  }
}

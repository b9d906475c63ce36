import type { InternalRaftRequest, KvRequest } from "../api/requests.ts";
import { KvApplier } from "../mvcc/apply-kv.ts";
import type { Store } from "../mvcc/store.ts";
import type { MemberReply } from "./types.ts";

/**
 * A link of the chain that requests go through on their way to the state machine
 * (server/etcdserver/apply): each may refuse, or pass on to the next. Deterministic: what it does
 * depends on the state machine and the request alone, so that all members stay equal.
 */
export interface Applier {
  apply(request: InternalRaftRequest): MemberReply;
}

/** The last link: requests executed on the store. */
export class BackendApplier implements Applier {
  readonly store: Store;
  private readonly kv: KvApplier;

  constructor(store: Store) {
    this.store = store;
    this.kv = new KvApplier(store);
  }

  apply({ op }: InternalRaftRequest): MemberReply {
    switch (op.type) {
      case "put":
      case "deleteRange":
      case "range":
      case "txn":
      case "compaction":
        return this.kv.apply(op);
      default:
        return {
          response: null,
          error: { code: "Unimplemented", message: `detcd: ${op.type} is not implemented yet` },
        };
    }
  }

  /** Answers a request that changes nothing. */
  read(request: KvRequest): MemberReply {
    return this.kv.apply(request);
  }
}

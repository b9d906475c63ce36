import { type ApiError, Errors } from "../api/errors.ts";
import type {
  InternalRaftRequest,
  KvResponse,
  RangeRequest,
  ResponseHeader,
} from "../api/requests.ts";
import { RevisionError, type Store } from "../mvcc/store.ts";
import type { MemberReply } from "./types.ts";

/**
 * Requests executed on the state machine (server/etcdserver/apply). Deterministic: what it does
 * depends on the store and the request alone, so that all members stay equal.
 */
export class Applier {
  store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  apply(request: InternalRaftRequest): MemberReply {
    const { op } = request;
    switch (op.type) {
      case "put": {
        const { key, value, lease, prevKv } = op.request;
        this.store.begin();
        const before = this.store.put(key, value, lease);
        const revision = this.store.end();
        return ok({
          type: "put",
          response: { header: header(revision), prevKv: prevKv ? before : null },
        });
      }
      case "deleteRange": {
        const { key, rangeEnd, prevKv } = op.request;
        this.store.begin();
        const deleted = this.store.deleteRange(key, rangeEnd);
        const revision = this.store.end();
        return ok({
          type: "deleteRange",
          response: {
            header: header(revision),
            deleted: deleted.length,
            prevKvs: prevKv ? deleted : [],
          },
        });
      }
      case "range":
        return this.range(op.request);
      default:
        return failed({
          code: "Unimplemented",
          message: `detcd: ${op.type} is not implemented yet`,
        });
    }
  }

  range(request: RangeRequest): MemberReply {
    try {
      const { kvs, count, more, revision } = this.store.range({
        key: request.key,
        end: request.rangeEnd,
        revision: request.revision,
        limit: request.limit,
        countOnly: request.countOnly,
        keysOnly: request.keysOnly,
      });
      return ok({ type: "range", response: { header: header(revision), kvs, count, more } });
    } catch (error) {
      if (!(error instanceof RevisionError)) throw error;
      return failed(error.problem === "compacted" ? Errors.compacted : Errors.futureRevision);
    }
  }
}

function ok(response: KvResponse): MemberReply {
  return { response, error: null };
}

function failed(error: ApiError): MemberReply {
  return { response: null, error };
}

/** The member fills in who it is and its term where a client can see them. */
function header(revision: number): ResponseHeader {
  return { clusterId: 0n, memberId: 0n, revision, raftTerm: 0 };
}

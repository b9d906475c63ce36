import type {
  KeyValue,
  RangeRequest,
  RangeResponse,
  ResponseHeader,
  SortTarget,
} from "../../api/requests.ts";
import { compareBytes } from "../../base/bytes.ts";
import type { Store } from "../store.ts";

const NO_VALUE = new Uint8Array(0);

/** The member fills in who it is and its term where a client can see them. */
export function headerAt(revision: number): ResponseHeader {
  return { clusterId: 0n, memberId: 0n, revision, raftTerm: 0 };
}

/**
 * A range read, in etcd's order (server/etcdserver/txn/range.go): read, filter, sort, cut, and take
 * the values away. Throws RevisionError.
 */
export function applyRange(store: Store, request: RangeRequest): RangeResponse {
  const filtered = hasFilter(request);
  // Only a plain read may stop early: a filter or a sort has to see every key. As in etcd a sort
  // target without an order does not count as a sort here, though it sorts below.
  const plain = !filtered && request.sortOrder === "NONE";
  const result = store.range({
    key: request.key,
    end: request.rangeEnd,
    revision: request.revision,
    // One more tells whether there is more.
    limit: plain && request.limit > 0 ? request.limit + 1 : 0,
    countOnly: request.countOnly,
  });
  let { kvs } = result;
  if (filtered) kvs = kvs.filter((kv) => passes(kv, request));
  sort(kvs, request);
  const more = request.limit > 0 && kvs.length > request.limit;
  if (more) kvs = kvs.slice(0, request.limit);
  if (request.keysOnly) {
    // The index does not know leases, and has no values to sort by.
    const fromIndex = store.profile.keysOnlyFromIndex && request.sortTarget !== "VALUE";
    kvs = kvs.map((kv) => withoutValue(kv, fromIndex ? 0n : kv.lease));
  }
  return { header: headerAt(result.revision), kvs, more, count: result.count };
}

export function hasFilter(r: RangeRequest): boolean {
  return (
    r.minModRevision !== 0 ||
    r.maxModRevision !== 0 ||
    r.minCreateRevision !== 0 ||
    r.maxCreateRevision !== 0
  );
}

function passes({ modRevision, createRevision }: KeyValue, r: RangeRequest): boolean {
  if (r.maxModRevision !== 0 && modRevision > r.maxModRevision) return false;
  if (r.minModRevision !== 0 && modRevision < r.minModRevision) return false;
  if (r.maxCreateRevision !== 0 && createRevision > r.maxCreateRevision) return false;
  return r.minCreateRevision === 0 || createRevision >= r.minCreateRevision;
}

const ORDERS: { readonly [T in SortTarget]: (a: KeyValue, b: KeyValue) => number } = {
  KEY: (a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0),
  VERSION: (a, b) => a.version - b.version,
  CREATE: (a, b) => a.createRevision - b.createRevision,
  MOD: (a, b) => a.modRevision - b.modRevision,
  VALUE: (a, b) => compareBytes(a.value, b.value),
};

/** Keys that the target holds equal stay in key order, as etcd has them in short results. */
function sort(kvs: KeyValue[], { sortOrder, sortTarget }: RangeRequest): void {
  // The store gives ascending keys already.
  if (sortTarget === "KEY" && sortOrder !== "DESCEND") return;
  const order = ORDERS[sortTarget];
  kvs.sort(sortOrder === "DESCEND" ? (a, b) => order(b, a) : order);
}

function withoutValue(kv: KeyValue, lease: bigint): KeyValue {
  return {
    key: kv.key,
    createRevision: kv.createRevision,
    modRevision: kv.modRevision,
    version: kv.version,
    value: NO_VALUE,
    lease,
  };
}

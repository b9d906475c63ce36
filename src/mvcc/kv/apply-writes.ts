import { Errors } from "../../api/errors.ts";
import type {
  DeleteRangeRequest,
  DeleteRangeResponse,
  KeyValue,
  PutRequest,
  PutResponse,
} from "../../api/requests.ts";
import type { Store } from "../store.ts";
import { ApplyError } from "./apply-error.ts";
import { headerAt } from "./apply-range.ts";

const NONE: readonly KeyValue[] = [];

/**
 * Writes one key inside an open transaction (server/etcdserver/txn/put.go). Throws ApplyError where
 * `ignoreValue` or `ignoreLease` find no key to take them from; nothing is written then.
 */
export function applyPut(store: Store, request: PutRequest): PutResponse {
  const { key, ignoreValue, ignoreLease, prevKv } = request;
  let { value, lease } = request;
  let before: KeyValue | null = null;
  if (ignoreValue || ignoreLease || prevKv) {
    before = store.get(key);
    if (before === null && (ignoreValue || ignoreLease)) throw new ApplyError(Errors.keyNotFound);
    if (before !== null && ignoreValue) value = before.value;
    if (before !== null && ignoreLease) lease = before.lease;
  }
  const revision = store.put(key, value, lease);
  return { header: headerAt(revision), prevKv: prevKv ? before : null };
}

/** Deletes a range inside an open transaction; without a key in it nothing changes. */
export function applyDeleteRange(store: Store, request: DeleteRangeRequest): DeleteRangeResponse {
  const { key, rangeEnd, prevKv } = request;
  const prevKvs = prevKv
    ? store.range({ key, end: rangeEnd, revision: 0, limit: 0, countOnly: false }).kvs
    : NONE;
  const deleted = store.deleteRange(key, rangeEnd);
  return { header: headerAt(store.visibleRevision), deleted, prevKvs };
}

import type { Compare, KeyValue } from "../api/requests.ts";
import { unreachable } from "../base/assert.ts";
import { compareBytes } from "../base/bytes.ts";
import type { Store } from "./store.ts";

const ABSENT: KeyValue = {
  key: "",
  createRevision: 0,
  modRevision: 0,
  version: 0,
  value: new Uint8Array(0),
  lease: 0n,
};

/**
 * Whether a guard holds now: for every key of its range. A key that is absent compares as zeros,
 * but never by value: the API has no word for a value that is not there.
 */
export function holds(store: Store, compare: Compare): boolean {
  if (compare.rangeEnd === "") {
    const kv = store.get(compare.key);
    return kv === null ? holdsAbsent(compare) : holdsFor(compare, kv);
  }
  const { key, rangeEnd: end } = compare;
  const { kvs } = store.range({ key, end, revision: 0, limit: 0, countOnly: false });
  if (kvs.length === 0) return holdsAbsent(compare);
  return kvs.every((kv) => holdsFor(compare, kv));
}

function holdsAbsent(compare: Compare): boolean {
  return compare.target !== "VALUE" && holdsFor(compare, ABSENT);
}

function holdsFor(compare: Compare, kv: KeyValue): boolean {
  const order = difference(compare, kv);
  switch (compare.result) {
    case "EQUAL":
      return order === 0;
    case "NOT_EQUAL":
      return order !== 0;
    case "GREATER":
      return order > 0;
    case "LESS":
      return order < 0;
  }
}

function difference(compare: Compare, kv: KeyValue): number {
  switch (compare.target) {
    case "VERSION":
      return kv.version - compare.version;
    case "CREATE":
      return kv.createRevision - compare.createRevision;
    case "MOD":
      return kv.modRevision - compare.modRevision;
    case "VALUE":
      return compareBytes(kv.value, compare.value);
    case "LEASE":
      return kv.lease < compare.lease ? -1 : kv.lease > compare.lease ? 1 : 0;
    default:
      return unreachable(compare);
  }
}

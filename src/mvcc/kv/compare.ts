import type { Compare, KeyValue } from "../../api/requests.ts";
import { unreachable } from "../../base/assert.ts";
import { compareBytes } from "../../base/bytes.ts";
import type { Heading } from "../key-index.ts";
import type { Store } from "../store.ts";

const NO_VALUE = new Uint8Array(0);

/** What guards may ask of a key. */
type Operands = Heading & Partial<Pick<KeyValue, "value">>;

const ABSENT: Operands = {
  createRevision: 0,
  modRevision: 0,
  version: 0,
  value: NO_VALUE,
  lease: 0n,
};

/**
 * Whether a guard holds now: for every key of its range. A key that is absent compares as zeros,
 * but never by value: the API has no word for a value that is not there.
 */
export function holds(store: Store, compare: Compare): boolean {
  if (compare.rangeEnd === "") return holdsForKey(store, compare);
  const { key, rangeEnd: end } = compare;
  const { kvs } = store.range({ key, end, revision: 0, limit: 0, countOnly: false });
  if (kvs.length === 0) return holdsAbsent(compare);
  return kvs.every((kv) => holdsFor(compare, kv));
}

function holdsForKey(store: Store, compare: Compare): boolean {
  // Only a value has to be decoded.
  const kv = compare.target === "VALUE" ? store.get(compare.key) : store.heading(compare.key);
  return kv === null ? holdsAbsent(compare) : holdsFor(compare, kv);
}

function holdsAbsent(compare: Compare): boolean {
  return compare.target !== "VALUE" && holdsFor(compare, ABSENT);
}

function holdsFor(compare: Compare, kv: Operands): boolean {
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

function difference(compare: Compare, kv: Operands): number {
  switch (compare.target) {
    case "VERSION":
      return kv.version - compare.version;
    case "CREATE":
      return kv.createRevision - compare.createRevision;
    case "MOD":
      return kv.modRevision - compare.modRevision;
    case "VALUE":
      return compareBytes(kv.value ?? NO_VALUE, compare.value);
    case "LEASE":
      return kv.lease < compare.lease ? -1 : kv.lease > compare.lease ? 1 : 0;
    default:
      return unreachable(compare);
  }
}

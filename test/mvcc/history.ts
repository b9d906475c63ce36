import { binaryToBytes } from "../../src/base/bytes.ts";
import type { Store } from "../../src/mvcc/store.ts";

/** A write that both etcdctl and a store of ours can do. */
export type Step =
  | { readonly type: "put"; readonly key: string; readonly value: string }
  /** `end` as of a range; "\0": every key from `key` on. */
  | { readonly type: "delete"; readonly key: string; readonly end: string }
  | { readonly type: "txn"; readonly steps: readonly Step[] }
  | { readonly type: "compact"; readonly revision: number }
  /** Ask for the hash at this revision; 0: the newest. */
  | { readonly type: "hash"; readonly revision: number };

const put = (key: string, value: string): Step => ({ type: "put", key, value });
const del = (key: string, end = ""): Step => ({ type: "delete", key, end });
const txn = (...steps: Step[]): Step => ({ type: "txn", steps });
const hash = (revision: number): Step => ({ type: "hash", revision });
const compact = (revision: number): Step => ({ type: "compact", revision });

/**
 * Ends of generations, a transaction, an empty value, and compactions on a tombstone, on a put and
 * where nothing is to be kept.
 */
export const HISTORY: readonly Step[] = [
  ...[put("a", "1"), put("b", "2"), put("c", "3"), put("a", "4"), del("b")],
  ...[txn(put("d", "6"), put("e", "7"), del("c")), put("b", "8"), put("a", "x".repeat(300))],
  ...[del("a"), del("b", "e"), put("z", "12"), put("a", "13")],
  ...[hash(2), hash(6), hash(7), hash(10), hash(11), hash(0)],
  ...[compact(6), hash(7), hash(11), hash(0)],
  ...[compact(11), hash(12), hash(0), put("a", "14"), del("z"), hash(0)],
  ...[del("a", "z"), hash(14), hash(15), hash(0), compact(15)],
  ...[put("q", "16"), hash(0), compact(16), put("r", "17"), hash(17)],
];

export function write(store: Store, step: Step): void {
  if (step.type === "txn") for (const inner of step.steps) write(store, inner);
  else if (step.type === "put") store.put(step.key, binaryToBytes(step.value), 0n);
  else if (step.type === "delete") store.deleteRange(step.key, step.end);
}

/** Does a history, every compaction to its end, and gives the hashes that were asked for. */
export function hashesOf(store: Store, steps: readonly Step[]): number[] {
  const hashes: number[] = [];
  for (const step of steps) {
    if (step.type === "hash") hashes.push(store.hashKv(step.revision).hash);
    else if (step.type === "compact") {
      store.compact(step.revision);
      while (store.compacting) store.compactStep();
    } else {
      store.begin();
      write(store, step);
      store.end();
    }
  }
  return hashes;
}

import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import type { KeyValue } from "../../src/api/requests.ts";
import { binaryToBytes, bytesToBinary } from "../../src/base/bytes.ts";
import { Backend } from "../../src/mvcc/backend/backend.ts";
import { RevisionError } from "../../src/mvcc/revision-error.ts";
import { Store } from "../../src/mvcc/store.ts";
import { inRange, Model } from "./model.ts";

const keys = fc.constantFrom("a", "b", "bb", "c", "\xff");
const ends = fc.constantFrom("", "b", "c", "\0");
const value = fc.uint8Array({ maxLength: 3 }).map((bytes) => bytesToBinary(bytes));
const lease = fc.constantFrom(0n, 7n, -8n);
const put = fc.record({ type: fc.constant("put" as const), key: keys, value, lease });
const remove = fc.record({ type: fc.constant("delete" as const), key: keys, end: ends });
const command = fc.oneof(
  { arbitrary: fc.array(fc.oneof(put, remove), { maxLength: 4 }), weight: 6 },
  { arbitrary: fc.record({ type: fc.constant("compact" as const), back: fc.nat(5) }), weight: 1 },
  { arbitrary: fc.constant({ type: "step" as const }), weight: 1 },
  { arbitrary: fc.constant({ type: "restart" as const }), weight: 1 },
  {
    arbitrary: fc.record({
      type: fc.constant("range" as const),
      key: keys,
      end: ends,
      back: fc.nat(8),
      limit: fc.nat(2),
    }),
    weight: 4,
  },
  { arbitrary: fc.record({ type: fc.constant("events" as const), back: fc.nat(8) }), weight: 2 },
);

function plain(kv: KeyValue) {
  return {
    key: kv.key,
    value: bytesToBinary(kv.value),
    create: kv.createRevision,
    mod: kv.modRevision,
    version: kv.version,
    lease: kv.lease,
  };
}

function reopened(store: Store): Store {
  return new Store(Backend.ofBytes(store.backend.image()));
}

type Change =
  | { readonly type: "put"; readonly key: string; readonly value: string; readonly lease: bigint }
  | { readonly type: "delete"; readonly key: string; readonly end: string };

/** One transaction on both; deletions see what the transaction has put. */
function write(store: Store, model: Model, changes: readonly Change[]): void {
  const done: { key: string; value: string | null; lease: bigint }[] = [];
  const before = model.at(model.revision).map(({ key }) => key);
  const present = new Set(before);
  store.begin();
  for (const change of changes) {
    if (change.type === "put") {
      const { key, value, lease } = change;
      expect(store.put(key, binaryToBytes(value), lease)).toBe(model.revision + 1);
      done.push({ key, value, lease });
      present.add(key);
      expect(bytesToBinary(store.get(key)?.value ?? new Uint8Array(1))).toBe(value);
    } else {
      const { key: from, end } = change;
      const doomed = [...present].filter((key) => inRange(key, from, end)).sort();
      expect(store.deleteRange(from, end)).toBe(doomed.length);
      for (const key of doomed) {
        done.push({ key, value: null, lease: 0n });
        present.delete(key);
      }
    }
  }
  model.write(done);
  expect(store.end()).toBe(model.revision);
}

describe("the store agrees with a list of all events", () => {
  test.prop([fc.array(command, { maxLength: 120 }), fc.boolean()], { seed: 11, numRuns: 400 })(
    "whatever is written, compacted, restarted and read",
    (commands, keepsWritten) => {
      let store = new Store();
      store.keepsWritten = keepsWritten;
      const model = new Model();
      for (const c of commands) {
        if (Array.isArray(c)) write(store, model, c);
        else if (c.type === "compact") {
          const at = model.revision - c.back;
          if (at <= model.compacted) expect(() => store.compact(at)).toThrow(RevisionError);
          else {
            store.compact(at);
            model.compacted = at;
          }
        } else if (c.type === "step") {
          const { hash } = store;
          while (store.compacting) store.compactStep();
          expect(store.hash).toBe(hash);
        } else if (c.type === "restart") {
          const { hash, revision, compactRevision, keys } = store;
          const kvHash = store.hashKv(0);
          store = reopened(store);
          store.keepsWritten = keepsWritten;
          const now = [store.hash, store.revision, store.compactRevision, store.keys];
          expect(now).toEqual([hash, revision, compactRevision, keys]);
          expect(store.hashKv(0)).toEqual(kvHash);
        } else if (c.type === "events") {
          const from = Math.max(2, model.revision - c.back);
          const read = () => store.eventsSince(from, 3);
          if (from < model.compacted) expect(read).toThrow("compacted");
          else {
            const told = read().map(({ type, kv }) =>
              type === "PUT"
                ? [kv.modRevision, kv.key, bytesToBinary(kv.value)]
                : [kv.modRevision, kv.key, null],
            );
            const to = from + 2;
            const happened = model.events.filter((e) => e.revision >= from && e.revision <= to);
            const wanted = happened.map((e) => [e.revision, e.key, e.value]);
            // Of several changes of one key at the compacted revision itself only the last is kept.
            const kept = wanted.filter(
              ([at, key], i) =>
                at !== model.compacted ||
                !wanted.slice(i + 1).some((o) => o[0] === at && o[1] === key),
            );
            expect(told).toEqual(kept);
          }
        } else {
          const at = model.revision + 2 - c.back;
          const { key, end, limit } = c;
          const read = () => store.range({ key, end, revision: at, limit, countOnly: false });
          if (at > model.revision) expect(read).toThrow("future revision");
          else if (at > 0 && at < model.compacted) expect(read).toThrow("compacted");
          else {
            const all = model.range(key, end, at <= 0 ? model.revision : at);
            const result = read();
            expect(result.count).toBe(all.length);
            expect(result.revision).toBe(model.revision);
            expect(result.kvs.map(plain)).toEqual(limit === 0 ? all : all.slice(0, limit));
          }
        }
      }
    },
  );
});

describe("the store", () => {
  const put1 = (store: Store, key: string, value: string): void => {
    store.begin();
    store.put(key, binaryToBytes(value), 0n);
    store.end();
  };

  test("tells what it did last, whatever came to nothing since", () => {
    const kept = new Store();
    kept.keepsWritten = true;
    const read = new Store();
    for (const store of [kept, read]) {
      put1(store, "a", "1");
      store.begin();
      store.put("b", binaryToBytes("2"), 7n);
      store.deleteRange("a", "");
      store.end();
    }
    const told = read.eventsSince(3, 1);
    expect(told).toHaveLength(2);
    expect(kept.eventsSince(3, 1)).toEqual(told);
    kept.begin();
    kept.deleteRange("nobody", "");
    kept.end();
    expect(kept.eventsSince(3, 1)).toEqual(told);
  });

  test("hashes what it holds, whatever way it came to hold it", () => {
    const one = new Store();
    const two = new Store();
    for (const store of [one, two]) for (const key of ["a", "b"]) put1(store, key, "1");
    expect(two.hash).toBe(one.hash);
    put1(one, "b", "2");
    expect(two.hash).not.toBe(one.hash);
    put1(two, "b", "3");
    expect(two.hash).not.toBe(one.hash);
    expect(reopened(two).hash).toBe(two.hash);
  });

  test("shows the changes of a transaction inside it, under one revision", () => {
    const store = new Store();
    store.begin();
    store.put("a", binaryToBytes("1"), 0n);
    store.put("b", binaryToBytes("2"), 0n);
    expect(store.get("a")?.modRevision).toBe(2);
    expect(store.get("b")?.modRevision).toBe(2);
    expect(store.end()).toBe(2);
    store.begin();
    expect(store.end()).toBe(2);
  });

  test("frees the backend a thousand rows a step, and hides them from the first on", () => {
    const store = new Store();
    for (let i = 0; i < 2500; i++) put1(store, `k${i % 10}`, String(i));
    store.compact(2400);
    expect(() =>
      store.range({ key: "k0", end: "", revision: 2399, limit: 0, countOnly: false }),
    ).toThrow("compacted");
    const rows: number[] = [];
    while (store.compacting) {
      store.compactStep();
      rows.push(store.backend.table.rows);
    }
    // Rows of revisions 2 to 2400, in three batches; of them ten keys keep one each.
    expect(rows).toEqual([1500, 500, 111]);
  });

  test("goes on with a compaction that a restart cut short", () => {
    let store = new Store();
    for (let i = 0; i < 1500; i++) put1(store, `k${i % 10}`, String(i));
    const { hash: whole } = store.hashKv(1400);
    store.compact(1400);
    const { hash } = store;
    store.compactStep();
    store = reopened(store);
    expect(store.compacting).toBe(true);
    expect([store.compactRevision, store.revision, store.hash]).toEqual([1400, 1501, hash]);
    while (store.compacting) store.compactStep();
    expect(store.backend.table.rows).toBe(111);
    expect(store.compactionHashes).toEqual([]);
    expect(store.hashKv(1400).hash).not.toBe(whole);
  });

  test("remembers the hash of a compaction that it saw from beginning to end", () => {
    const store = new Store();
    for (let i = 0; i < 30; i++) put1(store, `k${i % 7}`, String(i));
    const before = store.hashKv(20);
    store.compact(20);
    while (store.compacting) store.compactStep();
    expect(store.compactionHashes).toEqual([{ ...before, currentRevision: 20 }]);
  });

  test("gives no revision twice, though all of the newest ones were compacted away", () => {
    const store = new Store();
    put1(store, "a", "1");
    put1(store, "a", "2");
    store.begin();
    store.deleteRange("a", "");
    store.end();
    store.compact(4);
    while (store.compacting) store.compactStep();
    expect(store.backend.table.rows).toBe(1);
    expect(reopened(store).revision).toBe(4);
  });

  test("a transaction that changes nothing leaves the events of the one before where they were", () => {
    const store = new Store();
    store.keepsWritten = true;
    put1(store, "a", "1");
    store.begin();
    expect(store.deleteRange("b", "")).toBe(0);
    store.end();
    expect(store.eventsSince(2, 1)).toMatchObject([{ type: "PUT", kv: { key: "a" } }]);
  });

  test("keeps values apart: what was read does not change with later writes and compactions", () => {
    const store = new Store();
    for (let i = 0; i < 600; i++) put1(store, `k${i % 300}`, `value ${i}`);
    const read = store.range({ key: "k", end: "l", revision: 0, limit: 0, countOnly: false }).kvs;
    const shown = read.map((kv) => bytesToBinary(kv.value));
    for (let i = 0; i < 600; i++) put1(store, `k${i % 299}`, `other ${i}`);
    store.compact(1200);
    while (store.compacting) store.compactStep();
    expect(read.map((kv) => bytesToBinary(kv.value))).toEqual(shown);
    expect(bytesToBinary(store.get("k299")?.value ?? new Uint8Array(0))).toBe("value 599");
  });
});

import { describe, expect, test } from "vitest";
import { binaryToBytes } from "../../../src/base/bytes.ts";
import { mistakesOf } from "../../../src/museum/switches.ts";
import { Backend } from "../../../src/mvcc/backend/backend.ts";
import { BackendError } from "../../../src/mvcc/backend/commit-record.ts";
import { hashBackend } from "../../../src/mvcc/kv-hash.ts";
import { Store } from "../../../src/mvcc/store.ts";
import { CrashSignal, MemoryDisk } from "../../support/memory-disk.ts";

const DB = "member/snap/db";

function put(store: Store, key: string, value: string): void {
  store.begin();
  store.put(key, binaryToBytes(value), 0n);
  store.end();
}

/** What can be told of a backend and the store on it. */
function told(backend: Backend): string {
  const store = new Store(backend);
  const lease = pairs(backend).join();
  const { revision, compactRevision, hash } = store;
  return `entry ${backend.consistentIndex}: ${revision} ${compactRevision} ${hash} ${lease}`;
}

function pairs(backend: Backend): string[] {
  const found: string[] = [];
  backend.bucket("lease").forEach((key, value) => {
    found.push(`${key}=${value.length}`);
  });
  return found;
}

/**
 * A life of a store, one commit after the other: puts, a compaction in steps, a lease that comes
 * and goes, a defrag. Calls `committed` after each with what a restart must then be able to say.
 */
function live(disk: MemoryDisk, committed: (promise: string) => void): void {
  const backend = Backend.open(disk, DB);
  const store = new Store(backend);
  let entry = 0;
  const commit = (by: () => void) => {
    by();
    committed(told(Backend.ofBytes(backend.image())));
  };
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 5; i++) {
      put(store, `k${i % 3}`, `${round}.${i}`.repeat(20));
      backend.applied(++entry, 1);
    }
    backend.bucket("lease").put(`l${round}`, new Uint8Array(round + 1));
    if (round === 2) backend.bucket("lease").delete("l0");
    commit(() => backend.commit());
    store.compact(store.revision - 1);
    backend.applied(++entry, 1);
    while (store.compacting) commit(() => store.compactStep());
    if (round === 1) commit(() => backend.defrag());
  }
}

describe("after a crash at any write, sync or rename", () => {
  test("a backend is as of a commit, and none that was durable is gone", () => {
    const story: string[] = [told(Backend.inMemory())];
    live(new MemoryDisk(), (promise) => story.push(promise));
    let states = 0;
    for (let commands = 0; ; commands++) {
      const disk = new MemoryDisk();
      disk.commandsLeft = commands;
      let promised = 0;
      try {
        live(disk, () => promised++);
        break;
      } catch (error) {
        if (!(error instanceof CrashSignal)) throw error;
      }
      disk.commandsLeft = Number.POSITIVE_INFINITY;
      for (const { disk: left, label } of disk.crashStates()) {
        states++;
        const possible = [story[promised], story[promised + 1]];
        expect(possible, `${commands} commands, ${label}`).toContain(told(Backend.open(left, DB)));
      }
    }
    // Every byte at which a record can be cut is one.
    expect(states).toBeGreaterThan(1000);
  });

  test("a backend whose tail was torn goes on where the last commit ended", () => {
    const disk = new MemoryDisk();
    const store = new Store(Backend.open(disk, DB));
    put(store, "a", "1");
    store.backend.commit();
    const whole = disk.read(DB).length;
    put(store, "b", "2");
    store.backend.commit();
    disk.put(DB, disk.read(DB).slice(0, -1));
    const again = new Store(Backend.open(disk, DB));
    expect(again.backend.torn).toBeGreaterThan(0);
    expect(disk.read(DB).length).toBe(whole);
    put(again, "c", "3");
    again.backend.commit();
    const last = new Store(Backend.open(disk, DB));
    expect([last.get("b"), last.get("c")?.modRevision, last.backend.torn]).toEqual([null, 3, 0]);
  });
});

describe("a record that begins across two sectors", () => {
  /** The file after two commits, the first of which ends `before` bytes before a sector does. */
  function torn(before: number): { readonly bytes: Uint8Array; readonly first: number } {
    for (let size = 1; ; size++) {
      const disk = new MemoryDisk();
      const store = new Store(Backend.open(disk, DB));
      put(store, "a", "x".repeat(size));
      store.backend.commit();
      const first = disk.read(DB).length;
      if ((first + before) % 512 !== 0) continue;
      put(store, "b", "y".repeat(900));
      store.backend.commit();
      return { bytes: disk.read(DB), first };
    }
  }

  test.each([1, 2, 3, 4, 5, 6, 7])(
    "and %d bytes before the edge, is torn if either is lost",
    (before) => {
      for (const lost of ["the first", "the second"]) {
        const { bytes, first } = torn(before);
        const edge = first + before;
        if (lost === "the first") bytes.fill(0, first, edge);
        else bytes.fill(0, edge, edge + 512);
        const disk = new MemoryDisk();
        disk.put(DB, bytes);
        const store = new Store(Backend.open(disk, DB));
        expect([store.get("a")?.modRevision, store.get("b")], lost).toEqual([2, null]);
      }
    },
  );
});

describe("a backend", () => {
  test("that is damaged before its last record is refused", () => {
    const disk = new MemoryDisk();
    const store = new Store(Backend.open(disk, DB));
    for (const key of ["a", "b"]) {
      put(store, key, "some value");
      store.backend.commit();
    }
    const bytes = disk.read(DB);
    bytes[40] = (bytes[40] as number) ^ 4;
    disk.put(DB, bytes);
    expect(() => Backend.open(disk, DB)).toThrow(BackendError);
    disk.put(DB, binaryToBytes("something else altogether"));
    expect(() => Backend.open(disk, DB)).toThrow("does not begin as a backend does");
  });

  test("writes nothing before its first commit, and nothing if nothing changed", () => {
    const disk = new MemoryDisk();
    const backend = Backend.open(disk, DB);
    put(new Store(backend), "a", "1");
    expect(disk.files.size).toBe(0);
    backend.commit();
    const { commands } = disk;
    backend.commit();
    expect([backend.pendingOperations, disk.commands]).toEqual([0, commands]);
  });

  test("keeps its buckets apart and in order", () => {
    const disk = new MemoryDisk();
    const backend = Backend.open(disk, DB);
    for (const key of ["b", "\xff", "a"]) backend.bucket("auth").put(key, binaryToBytes(key));
    backend.bucket("alarm").put("a", binaryToBytes("x"));
    backend.commit();
    backend.bucket("auth").delete("b");
    backend.commit();
    const again = Backend.open(disk, DB);
    const found: string[] = [];
    again.bucket("auth").forEach((key) => {
      found.push(key);
    });
    expect(found).toEqual(["a", "\xff"]);
    expect(again.bucket("alarm").get("a")).toEqual(binaryToBytes("x"));
    expect(hashBackend(again)).toBe(hashBackend(backend));
    again.bucket("alarm").put("a", binaryToBytes("y"));
    expect(hashBackend(again)).not.toBe(hashBackend(backend));
  });

  test("shows a deletion at once; with the known mistake W13 only when it is committed", () => {
    const seen = (ids: string[]) => {
      const backend = Backend.inMemory(mistakesOf(ids));
      const bucket = backend.bucket("authUsers");
      bucket.put("u", new Uint8Array(1));
      backend.commit();
      bucket.delete("u");
      const before = bucket.get("u") !== undefined;
      backend.commit();
      return [before, bucket.get("u") !== undefined];
    };
    expect(seen([])).toEqual([false, false]);
    expect(seen(["W13"])).toEqual([true, false]);
  });

  test("moves its position with every commit; with the known mistake W10 a defrag forgets it", () => {
    const index = (...ids: string[]) => {
      const disk = new MemoryDisk();
      const backend = Backend.open(disk, DB, mistakesOf(ids));
      put(new Store(backend), "a", "1");
      backend.applied(7, 2);
      backend.defrag();
      return Backend.open(disk, DB).consistentIndex;
    };
    expect(index()).toBe(7);
    expect(index("W10")).toBe(0);
  });

  test("never shrinks but by a defrag; what is in use shrinks with a compaction", () => {
    const store = new Store();
    const { backend } = store;
    backend.commit();
    expect(backend.size).toBe(20_480);
    for (let i = 0; i < 3000; i++) put(store, `k${i % 10}`, "x".repeat(100));
    backend.commit();
    const { size, sizeInUse } = backend;
    expect(sizeInUse).toBeGreaterThan(3000 * 130);
    expect(size).toBeGreaterThanOrEqual(sizeInUse);
    store.compact(store.revision);
    while (store.compacting) store.compactStep();
    expect(backend.size).toBe(size);
    expect(backend.sizeInUse).toBeLessThan(sizeInUse / 10);
    backend.defrag();
    expect(backend.size).toBeLessThan(size / 10);
  });

  test("takes the pages of every bucket, not of the keys alone", () => {
    const backend = Backend.inMemory();
    backend.commit();
    const { size, sizeInUse } = backend;
    for (let i = 0; i < 300; i++) backend.bucket("lease").put(`l${i}`, new Uint8Array(1_000));
    for (let i = 0; i < 300; i++) backend.bucket("authUsers").put(`u${i}`, new Uint8Array(1_000));
    backend.commit();
    expect(backend.sizeInUse - sizeInUse).toBeGreaterThan(600 * 1_000);
    expect(backend.size - size).toBeGreaterThan(600 * 1_000);
  });

  test("is written anew when most of its file is rows that are gone", () => {
    const disk = new MemoryDisk();
    const store = new Store(Backend.open(disk, DB));
    const large = "x".repeat(100_000);
    for (let i = 0; i < 60; i++) {
      put(store, "k", large);
      store.backend.commit();
    }
    expect(disk.read(DB).length).toBeGreaterThan(60 * large.length);
    store.compact(store.revision);
    while (store.compacting) store.compactStep();
    put(store, "k", large);
    store.backend.commit();
    expect(disk.read(DB).length).toBeLessThan(3 * large.length);
    expect(new Store(Backend.open(disk, DB)).hash).toBe(store.hash);
  });
});

describe("known mistakes show after a restart", () => {
  /** The newest revisions are all deletions, compacted away. */
  const revisions = (id: string, finish: boolean) => {
    const mistakes = mistakesOf([id]);
    const disk = new MemoryDisk();
    const store = new Store(Backend.open(disk, DB, mistakes), { mistakes });
    put(store, "a", "1");
    put(store, "a", "2");
    store.begin();
    store.deleteRange("a", "");
    store.end();
    store.backend.commit();
    store.compact(4);
    if (finish) while (store.compacting) store.compactStep();
    else {
      // A crash after the rows were removed and before the end was written down.
      const cursor = store.backend.table.cursor();
      while (cursor.next()) store.backend.removeRow(cursor.row, cursor.main, cursor.sub);
      store.backend.commit();
    }
    return new Store(Backend.open(disk, DB, mistakes), { mistakes }).revision;
  };

  test("M1: revisions go back after a crash during a compaction", () => {
    expect(revisions("M1", false)).toBe(1);
    expect(revisions("M3", false)).toBe(4);
  });

  test("M2: revisions go back behind a finished compaction", () => {
    expect(revisions("M2", true)).toBe(1);
    expect(revisions("M3", true)).toBe(4);
  });

  test("M3: a deletion at the compacted revision is not told to a watch from there", () => {
    const events = (...ids: string[]) => {
      const store = new Store(Backend.inMemory(), { mistakes: mistakesOf(ids) });
      put(store, "a", "1");
      store.begin();
      store.deleteRange("a", "");
      store.end();
      store.compact(3);
      return store.eventsSince(3, 1).map(({ type, kv }) => `${type} ${kv.key}@${kv.modRevision}`);
    };
    expect(events()).toEqual(["DELETE a@3"]);
    expect(events("M3")).toEqual([]);
  });

  test("M13: the hash at the compacted revision is refused", () => {
    const hash = (...ids: string[]) => {
      const store = new Store(Backend.inMemory(), { mistakes: mistakesOf(ids) });
      put(store, "a", "1");
      store.compact(2);
      return store.hashKv(2).compactRevision;
    };
    expect(hash()).toBe(2);
    expect(() => hash("M13")).toThrow("compacted");
  });
});

test("an image of several records holds them all", () => {
  const store = new Store(Backend.inMemory());
  for (let i = 0; i < 40; i++) put(store, `k${i}`, `${i} `.repeat(30_000));
  const again = new Store(Backend.ofBytes(store.backend.image()));
  expect(again.hashKv(0)).toEqual(store.hashKv(0));
  expect(told(again.backend)).toBe(told(store.backend));
});

import type { KeyValue } from "../api/requests.ts";
import { assert } from "../base/assert.ts";
import { OrderedMap } from "../base/ordered-map.ts";
import { KeyHistory, type Version } from "./key-history.ts";
import { addHash, subtractHash, versionHash } from "./state-hash.ts";

/** What a range read asks for; `end` "" is the key alone, "\0" is everything from the key on. */
export interface RangeQuery {
  readonly key: string;
  readonly end: string;
  /** 0: the current revision. */
  readonly revision: number;
  /** 0: no limit. */
  readonly limit: number;
  readonly countOnly: boolean;
  readonly keysOnly: boolean;
}

export interface RangeResult {
  readonly kvs: readonly KeyValue[];
  /** How many keys are in the range, whatever the limit. */
  readonly count: number;
  readonly more: boolean;
  /** The store's current revision, whatever revision was read. */
  readonly revision: number;
}

/** The asked revision is gone (compacted) or not yet there. */
export class RevisionError extends Error {
  override name = "RevisionError";
  readonly problem: "compacted" | "future";

  constructor(problem: "compacted" | "future") {
    super(
      problem === "compacted"
        ? "mvcc: required revision has been compacted"
        : "mvcc: required revision is a future revision",
    );
    this.problem = problem;
  }
}

const NO_BYTES = new Uint8Array(0);

/**
 * The revisioned key-value store (server/storage/mvcc/kvstore.go): every write gets a new main
 * revision, every change inside it a sub-revision; old versions stay readable until compacted.
 * The store's first revision is 1, before any write.
 */
export class Store {
  private current = 1;
  private compacted = -1;
  private sub = 0;
  private writing = false;
  private sum = 0;
  private readonly histories = new Map<string, KeyHistory>();
  private readonly order = new OrderedMap<KeyHistory>();

  /** The revision of the newest write. */
  get revision(): number {
    return this.current;
  }

  /** Reads below this revision fail; -1 before the first compaction. */
  get compactRevision(): number {
    return this.compacted;
  }

  /**
   * A 52-bit hash of all kept versions. It is a sum over them, so that it does not depend on how
   * the store came to hold them (by applying a log, or from a snapshot) and costs O(1) a write.
   */
  get hash(): number {
    return this.sum;
  }

  /** Opens a write transaction: all changes until `end` share one main revision. */
  begin(): void {
    assert(!this.writing, "one write transaction at a time");
    this.writing = true;
    this.sub = 0;
  }

  /** Ends the transaction; the revision grows only if something changed. Returns the current revision. */
  end(): number {
    assert(this.writing, "a transaction is open");
    this.writing = false;
    if (this.sub > 0) this.current++;
    return this.current;
  }

  put(key: string, value: Uint8Array, lease: bigint): KeyValue | null {
    const main = this.current + 1;
    let history = this.histories.get(key);
    if (history === undefined) {
      history = new KeyHistory(key);
      this.histories.set(key, history);
      this.order.set(key, history);
    }
    const before = history.newest()?.kv ?? null;
    const kv: KeyValue = {
      key,
      createRevision: before === null ? main : before.createRevision,
      modRevision: main,
      version: before === null ? 1 : before.version + 1,
      value,
      lease,
    };
    this.write(history, kv);
    return before;
  }

  /** Deletes the range; returns what was deleted, in key order. */
  deleteRange(key: string, end: string): KeyValue[] {
    const deleted: KeyValue[] = [];
    for (const history of this.inRange(key, end)) {
      const before = history.newest()?.kv ?? null;
      if (before === null) continue;
      deleted.push(before);
      this.write(history, null);
    }
    return deleted;
  }

  private write(history: KeyHistory, kv: KeyValue | null): void {
    assert(this.writing, "writes happen inside a transaction");
    const version: Version = { main: this.current + 1, sub: this.sub++, kv };
    history.append(version);
    this.sum = addHash(this.sum, versionHash(history.key, version));
  }

  /** The newest version of a key as the open transaction sees it; null if absent. */
  get(key: string): KeyValue | null {
    return this.histories.get(key)?.newest()?.kv ?? null;
  }

  /** Throws RevisionError. */
  range(query: RangeQuery): RangeResult {
    // Inside a transaction its own changes are visible.
    const newest = this.writing && this.sub > 0 ? this.current + 1 : this.current;
    if (query.revision > newest) throw new RevisionError("future");
    const at = query.revision <= 0 ? newest : query.revision;
    if (at < this.compacted) throw new RevisionError("compacted");
    if (query.end === "") {
      const kv = this.histories.get(query.key)?.at(at) ?? null;
      const kvs = kv === null || query.countOnly ? [] : [query.keysOnly ? withoutValue(kv) : kv];
      return { kvs, count: kv === null ? 0 : 1, more: false, revision: newest };
    }
    const kvs: KeyValue[] = [];
    let count = 0;
    for (const history of this.inRange(query.key, query.end)) {
      const kv = history.at(at);
      if (kv === null) continue;
      count++;
      if (query.countOnly || (query.limit > 0 && kvs.length >= query.limit)) continue;
      kvs.push(query.keysOnly ? withoutValue(kv) : kv);
    }
    const more = query.limit > 0 && !query.countOnly && count > kvs.length;
    return { kvs, count, more, revision: newest };
  }

  private inRange(key: string, end: string): readonly KeyHistory[] {
    if (end === "") {
      const history = this.histories.get(key);
      return history === undefined ? [] : [history];
    }
    const found: KeyHistory[] = [];
    this.order.forRange(key, end === "\0" ? null : end, (_key, history) => {
      found.push(history);
      return true;
    });
    return found;
  }

  /** Drops versions that no read at `revision` or later can see. Throws RevisionError. */
  compact(revision: number): void {
    if (revision <= this.compacted) throw new RevisionError("compacted");
    if (revision > this.current) throw new RevisionError("future");
    this.compacted = revision;
    for (const history of this.inRange("", "\0")) {
      const gone = history.compact(revision, (version) => {
        this.sum = subtractHash(this.sum, versionHash(history.key, version));
      });
      if (gone) {
        this.histories.delete(history.key);
        this.order.delete(history.key);
      }
    }
  }

  /** Every kept version of every key, by key and then revision: what a snapshot carries. */
  *versions(): IterableIterator<{ readonly key: string; readonly version: Version }> {
    for (const history of this.order.values()) {
      for (const version of history.all()) yield { key: history.key, version };
    }
  }

  /** A store with the given content (a snapshot's); versions of one key in revision order. */
  static restore(
    revision: number,
    compactRevision: number,
    versions: Iterable<{ readonly key: string; readonly version: Version }>,
  ): Store {
    const store = new Store();
    for (const { key, version } of versions) {
      let history = store.histories.get(key);
      if (history === undefined) {
        history = new KeyHistory(key);
        store.histories.set(key, history);
        store.order.set(key, history);
      }
      history.append(version);
      store.sum = addHash(store.sum, versionHash(key, version));
      assert(version.main <= revision, "no version is newer than the store");
    }
    store.current = revision;
    store.compacted = compactRevision;
    return store;
  }

  /** The key count, deleted keys that are still kept included. */
  get keys(): number {
    return this.histories.size;
  }
}

function withoutValue(kv: KeyValue): KeyValue {
  return { ...kv, value: NO_BYTES };
}

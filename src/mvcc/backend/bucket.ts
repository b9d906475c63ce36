import { OrderedMap } from "../../base/ordered-map.ts";
import type { MvccMistakes } from "../../museum/mvcc.ts";

/** etcd's buckets but `key`, in the order of their names (server/storage/schema/bucket.go). */
export const BUCKET_NAMES = [
  "alarm",
  "auth",
  "authRoles",
  "authUsers",
  "cluster",
  "lease",
  "members",
  "members_removed",
  "meta",
] as const;

export type BucketName = (typeof BUCKET_NAMES)[number];

/** How many changes wait for the next commit, over all buckets. */
export interface OperationCount {
  operations: number;
}

/**
 * A small bucket: bytes by key (a binary string), in byte order. Changes are visible at once and
 * durable with the backend's next commit. Values are kept, not copied: the caller gives them away.
 */
export class Bucket {
  readonly name: BucketName;
  /** Bytes of all keys and values. */
  bytes = 0;
  private readonly pairs = new OrderedMap<Uint8Array>();
  /** What changed since the last commit; null: deleted. */
  private readonly changed = new Map<string, Uint8Array | null>();
  private readonly count: OperationCount;
  private readonly mistakes: MvccMistakes;

  constructor(name: BucketName, count: OperationCount, mistakes: MvccMistakes) {
    this.name = name;
    this.count = count;
    this.mistakes = mistakes;
  }

  get size(): number {
    return this.pairs.size;
  }

  get(key: string): Uint8Array | undefined {
    return this.pairs.get(key);
  }

  put(key: string, value: Uint8Array): void {
    this.changed.set(key, value);
    this.count.operations++;
    this.set(key, value);
  }

  /** Deleting what is not there is not a change. */
  delete(key: string): void {
    if (!this.pairs.has(key)) return;
    this.changed.set(key, null);
    this.count.operations++;
    // Known mistake W13: until the commit the key is still read, as the read buffer in front of etcd's
    // backend had it, which knew of new values and not of deletions.
    if (!this.mistakes.deletesLate) this.unset(key);
  }

  /** Visits all pairs with low <= key < high in order (`high` null: to the end). */
  forRange(
    low: string,
    high: string | null,
    visit: (key: string, value: Uint8Array) => void,
  ): void {
    this.pairs.forRange(low, high, (key, value) => {
      visit(key, value);
      return true;
    });
  }

  forEach(visit: (key: string, value: Uint8Array) => void): void {
    this.forRange("", null, visit);
  }

  // ---- for the backend ------------------------------------------------------------------------

  /** Sets or deletes what the file says. */
  load(key: string, value: Uint8Array | null): void {
    if (value === null) this.unset(key);
    else this.set(key, value);
  }

  /** Hands over what changed since the last time, in the order of first change. */
  drain(visit: (key: string, value: Uint8Array | null) => void): void {
    for (const [key, value] of this.changed) {
      visit(key, value);
      if (value === null) this.unset(key);
    }
    this.changed.clear();
  }

  get hasChanged(): boolean {
    return this.changed.size > 0;
  }

  private set(key: string, value: Uint8Array): void {
    const before = this.pairs.get(key);
    this.bytes += value.length - (before === undefined ? -key.length : before.length);
    this.pairs.set(key, value);
  }

  private unset(key: string): void {
    const before = this.pairs.get(key);
    if (before === undefined) return;
    this.bytes -= key.length + before.length;
    this.pairs.delete(key);
  }
}

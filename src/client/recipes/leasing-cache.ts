import type { KeyValue, RangeResponse, ResponseHeader } from "../../api/requests.ts";
import type { Duration, Instant } from "../../base/time.ts";
import { SECOND } from "../../base/time.ts";
import { Eventual } from "../task.ts";

/** For so long after it gave a key up a client does not want it back (revokeBackoff). */
const BACKOFF: Duration = 2 * SECOND;

/** What a client keeps of a key that it owns; what it writes itself it enters here. */
export interface CachedKey {
  response: RangeResponse;
  /** The revision by which it owned the key: its leasing key was made then or before. */
  readonly revision: number;
  /** Has a value while none of its own writes is under way. */
  free: Eventual<null>;
}

/** The keys that a leasing client owns (client/v3/leasing/cache.go). */
export class LeasingCache {
  private entries = new Map<string, CachedKey>();
  private readonly givenUp = new Map<string, Instant>();
  private readonly now: () => Instant;

  constructor(now: () => Instant) {
    this.now = now;
  }

  get(key: string): CachedKey | undefined {
    return this.entries.get(key);
  }

  /** By which revision the leasing key was made at the latest, if it is its own; 0: it is not. */
  revisionOf(key: string): number {
    return this.entries.get(key)?.revision ?? 0;
  }

  add(key: string, response: RangeResponse): void {
    const free = new Eventual<null>();
    free.settle(null);
    this.entries.set(key, { response, revision: response.header.revision, free });
  }

  /** Lets reads of a key wait until a write is done; what ends that, or null if the key is not its own. */
  lock(key: string): Eventual<null> | null {
    const entry = this.entries.get(key);
    if (entry === undefined) return null;
    entry.free = new Eventual();
    return entry.free;
  }

  wrote(key: string, value: Uint8Array, header: ResponseHeader): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    const { revision } = header;
    const known = entry.response.kvs[0];
    const before: KeyValue = known ?? { key, value, ...NEW, createRevision: revision };
    const version = before.version + 1;
    const newer = before.modRevision < revision;
    const kv = newer
      ? { ...before, version, modRevision: revision, value }
      : { ...before, version };
    const { response } = entry;
    entry.response = { ...response, kvs: [kv], count: 1, header: newer ? header : response.header };
  }

  deleted(key: string, header: ResponseHeader): void {
    const entry = this.entries.get(key);
    if (entry === undefined || header.revision < entry.response.header.revision) return;
    entry.response = { ...entry.response, kvs: [], count: 0, header };
  }

  /** Gives a key up; the revision by which it owned it, or 0. */
  evict(key: string): number {
    const revision = this.revisionOf(key);
    if (this.entries.delete(key)) this.givenUp.set(key, this.now());
    return revision;
  }

  mayAcquire(key: string): boolean {
    const since = this.givenUp.get(key);
    if (since !== undefined && this.now() - since <= BACKOFF) return false;
    this.givenUp.delete(key);
    return true;
  }

  /** Its session has ended, and with it all that it owned. */
  clear(): void {
    this.entries = new Map();
  }
}

const NEW = { modRevision: 0, version: 0, lease: 0n };

import { compare, op } from "../../api/build.ts";
import type { Compare, KeyValue, RequestOp, TxnResponse } from "../../api/requests.ts";
import { bytesToBinary } from "../../base/bytes.ts";
import type { Client } from "../client.ts";
import type { Task } from "../task.ts";

/** How transactions may disturb each other, the strictest first. */
export type Isolation =
  /** Serializable, and nobody wrote to what it writes since its first read. */
  | "serializable-snapshot"
  /** All reads are of the revision of the first. */
  | "serializable"
  /** What was read is still so at the end; reads may be of different revisions. */
  | "repeatable-reads"
  /** Reads see what is committed; nothing is checked. */
  | "read-committed";

/** A key as it was read, and the revision of the store at that moment. */
interface Read {
  readonly kv: KeyValue | null;
  readonly revision: number;
}

/**
 * One transaction of software transactional memory (client/v3/concurrency/stm.go): reads are
 * remembered, writes are put off, and all of it is committed if nothing got in between.
 */
export class Stm {
  private readonly client: Client;
  private readonly isolation: Isolation;
  private reads = new Map<string, Read>();
  private writes = new Map<string, string | null>();
  /** What a failed commit read, all of one revision: good for the next try if its first read is among it. */
  private prefetched = new Map<string, Read>();
  /** Reads are of this revision; 0: of the newest. */
  private snapshot = 0;

  constructor(client: Client, isolation: Isolation) {
    this.client = client;
    this.isolation = isolation;
  }

  /** The value of a key; "" if there is none. */
  *get(key: string): Task<string> {
    const written = this.writes.get(key);
    if (written !== undefined) return written ?? "";
    const { kv } = yield* this.read(key);
    return kv === null ? "" : bytesToBinary(kv.value);
  }

  /** The modification revision of a key as it is read; 0: there is none. */
  *revision(key: string): Task<number> {
    return (yield* this.read(key)).kv?.modRevision ?? 0;
  }

  put(key: string, value: string): void {
    this.writes.set(key, value);
  }

  delete(key: string): void {
    this.writes.set(key, null);
  }

  private get isSerializable(): boolean {
    return this.isolation === "serializable-snapshot" || this.isolation === "serializable";
  }

  private *read(key: string): Task<Read> {
    const known = this.reads.get(key);
    if (known !== undefined) return known;
    let read = this.prefetched.get(key);
    if (read === undefined || (this.snapshot > 0 && read.revision !== this.snapshot)) {
      // Only the first read of a serializable transaction must be of the newest revision.
      const serializable = !this.isSerializable || this.snapshot > 0;
      const { snapshot: revision } = this;
      const response = yield* this.client.do(op.get(key, { revision, serializable }));
      read = { kv: response.kvs[0] ?? null, revision: response.header.revision };
    }
    this.prefetched.delete(key);
    if (this.isSerializable && this.reads.size === 0) this.snapshot = read.revision;
    this.reads.set(key, read);
    return read;
  }

  /** Null: something got in between, and it must be tried again. */
  *commit(): Task<TxnResponse | null> {
    const keys = [...this.reads.keys()];
    const again = this.isSerializable ? keys.map((key) => op.get(key)) : [];
    const writes = [...this.writes].map(
      ([key, value]): RequestOp => (value === null ? op.delete(key) : op.put(key, value)),
    );
    const response = yield* this.client.do(op.txn(this.guards(), writes, again));
    if (response.succeeded) return response;
    this.reset();
    response.responses.forEach((read, i) => {
      if (read.type !== "range") return;
      const { revision } = response.header;
      this.prefetched.set(keys[i] as string, { kv: read.response.kvs[0] ?? null, revision });
    });
    return null;
  }

  private reset(): void {
    this.reads = new Map();
    this.writes = new Map();
    this.prefetched = new Map();
    this.snapshot = 0;
  }

  private guards(): Compare[] {
    if (this.isolation === "read-committed") return [];
    const guards: Compare[] = [];
    let first = Number.MAX_SAFE_INTEGER - 1;
    for (const [key, { kv, revision }] of this.reads) {
      guards.push(compare.modified(key, "EQUAL", kv?.modRevision ?? 0));
      if (revision < first) first = revision;
    }
    if (this.isolation !== "serializable-snapshot") return guards;
    for (const key of this.writes.keys()) guards.push(compare.modified(key, "LESS", first + 1));
    return guards;
  }
}

/** Runs `apply` as a transaction, again and again until it commits. */
export function* transact(
  client: Client,
  apply: (stm: Stm) => Task<void>,
  isolation: Isolation = "serializable-snapshot",
): Task<TxnResponse> {
  const stm = new Stm(client, isolation);
  for (;;) {
    yield* apply(stm);
    const committed = yield* stm.commit();
    if (committed !== null) return committed;
  }
}

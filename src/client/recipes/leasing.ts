import { compare, op } from "../../api/build.ts";
import type {
  Compare,
  DeleteRangeResponse,
  PutResponse,
  RangeResponse,
  ResponseHeader,
  ResponseOf,
  TxnResponse,
} from "../../api/requests.ts";
import { assert } from "../../base/assert.ts";
import { bytesToBinary } from "../../base/bytes.ts";
import { type Duration, MILLISECOND } from "../../base/time.ts";
import { CallError, type Client } from "../client.ts";
import { Eventual, type Task, until } from "../task.ts";
import { type CachedKey, LeasingCache } from "./leasing-cache.ts";
import { Session } from "./session.ts";
import { WatchLost, waitEvent } from "./wait.ts";

/** What somebody who wants to write a key puts into the leasing key of its owner. */
const REVOKE = "REVOKE";

/** After a failure that another try may mend. clientv3 goes on at once. */
const PAUSE_US: Duration = 100 * MILLISECOND;

/** A read or write of one key. */
type KeyRequest =
  | ReturnType<typeof op.get>
  | ReturnType<typeof op.put>
  | ReturnType<typeof op.delete>;

/**
 * Reads from a cache that is nevertheless linearizable, as long as all who write take part
 * (client/v3/leasing/kv.go): who reads a key owns it through a key under `prefix`, attached to its session's
 * lease, and keeps what it read; who writes asks the owner to give it up, and waits until that key is gone.
 *
 * That holds while owners know whether they still are: a session that ended without its client noticing it
 * lets it read what others have overwritten. As in clientv3, a key that is not owned is written twice.
 */
export class LeasingKv {
  private readonly client: Client;
  private readonly prefix: string;
  private readonly ttl: number;
  private readonly cache: LeasingCache;
  private session: Session | null = null;
  /** Has a value while there is a session. */
  private opened = new Eventual<null>();

  /** @param ttl of its sessions, in seconds */
  constructor(client: Client, prefix: string, ttl?: number) {
    this.client = client;
    this.prefix = prefix;
    this.ttl = ttl ?? 60;
    this.cache = new LeasingCache(() => client.now);
    client.run(this.keepSession());
  }

  // ---- reads -------------------------------------------------------------------------------------

  *get(key: string): Task<RangeResponse> {
    const request = op.get(key);
    if (this.session === null) yield* until(this.opened);
    // A member can tell.
    if (!this.isReady) return yield* this.client.do(request);
    const cached = this.cache.get(key);
    if (cached !== undefined) return yield* this.fromCache(key, cached);
    if (!this.cache.mayAcquire(key)) return yield* this.client.do(request);
    const { succeeded, responses, header } = yield* this.acquire(key);
    const response = { ...responseOf(responses[0], "range"), header };
    if (succeeded) {
      this.cache.add(key, response);
      this.client.run(this.heedRevocation(key, header.revision));
    }
    return response;
  }

  /** What is kept counts once no own write is under way, whatever became of the key meanwhile. */
  private *fromCache(key: string, cached: CachedKey): Task<RangeResponse> {
    const answered = this.client.beginCached(op.get(key));
    yield* until(cached.free);
    answered({ type: "range", response: cached.response });
    return cached.response;
  }

  /** Reads a key, and owns it if nobody does. */
  private *acquire(key: string): Task<TxnResponse> {
    const leasing = this.prefix + key;
    for (;;) {
      yield* until(this.opened);
      const { lease } = this;
      // Keys under a lease are left alone: they end without anybody asking.
      const guards = [compare.created(leasing, "EQUAL", 0), compare.lease(key, "EQUAL", 0n)];
      const get = op.get(key);
      const request = op.txn(guards, [get, op.put(leasing, "", { lease })], [get, op.get(leasing)]);
      try {
        const answer = yield* this.client.do(request);
        if (answer.succeeded) return answer;
        const owner = responseOf(answer.responses[1], "range").kvs[0];
        return { ...answer, succeeded: owner !== undefined && owner.lease === this.lease };
      } catch (error) {
        if (!isUnreachable(error)) throw error;
        yield* this.client.sleep(PAUSE_US);
      }
    }
  }

  // ---- writes ------------------------------------------------------------------------------------

  *put(key: string, value: string): Task<PutResponse> {
    const request = op.put(key, value);
    return yield* this.write(request, "put", (header) =>
      this.cache.wrote(key, request.request.value, header),
    );
  }

  *delete(key: string): Task<DeleteRangeResponse> {
    const request = op.delete(key);
    return yield* this.write(request, "deleteRange", (header) => this.cache.deleted(key, header));
  }

  /** Does it as soon as the key is nobody else's. */
  private *write<T extends "put" | "deleteRange">(
    request: KeyRequest,
    type: T,
    enter: (header: ResponseHeader) => void,
  ): Task<ResponseOf<T>> {
    const { key } = request.request;
    yield* until(this.opened);
    for (;;) {
      const locked = this.cache.lock(key);
      try {
        const done = (yield* this.tryOwn(request, locked)) ?? (yield* this.revoke(request));
        if (done.succeeded) {
          enter(done.header);
          return { ...responseOf(done.responses[0], type), header: done.header };
        }
      } finally {
        locked?.settle(null);
      }
    }
  }

  /** What came of a write of a key that it owns; null: it does not, or that can't be told. */
  private *tryOwn(request: KeyRequest, locked: Eventual<null> | null): Task<TxnResponse | null> {
    const { key } = request.request;
    try {
      const answer = yield* this.client.do(op.txn([this.notTaken(key)], [request]));
      return locked !== null && answer.succeeded ? answer : null;
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      // Perhaps it was done.
      this.cache.evict(key);
      return null;
    }
  }

  /** Does it if the key is nobody's, else asks its owner to give it up, and waits for that. */
  private *revoke(request: KeyRequest): Task<TxnResponse> {
    const { key } = request.request;
    const leasing = this.prefix + key;
    const ask = op.put(leasing, REVOKE, { ignoreLease: true });
    const answer = yield* this.client.do(op.txn([this.notTaken(key)], [request], [ask]));
    if (answer.succeeded) return answer;
    try {
      const startRevision = answer.header.revision + 1;
      yield* waitEvent(this.client, "DELETE", leasing, { startRevision });
    } catch (error) {
      // The next try shows whether it is gone.
      if (!(error instanceof WatchLost)) throw error;
    }
    return answer;
  }

  /** Guards a write: nobody but this client owns the key. */
  private notTaken(key: string): Compare {
    return compare.created(this.prefix + key, "LESS", this.cache.revisionOf(key) + 1);
  }

  // ---- ownership ---------------------------------------------------------------------------------

  private get isReady(): boolean {
    return this.session !== null && !this.session.done.settled;
  }

  private get lease(): bigint {
    assert(this.session !== null, "there was a session once");
    return this.session.lease;
  }

  /** Opens a session whenever there is none. What was owned in one is not in the next. */
  private *keepSession(): Task<void> {
    for (;;) {
      if (this.session !== null) yield* until(this.session.done);
      if (this.opened.settled) this.opened = new Eventual();
      this.cache.clear();
      try {
        this.session = yield* Session.open(this.client, this.ttl);
        this.opened.settle(null);
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        yield* this.client.sleep(PAUSE_US);
      }
    }
  }

  /** Waits until somebody wants a key, and gives it up; `from` is a revision at which it was its own. */
  private *heedRevocation(key: string, from: number): Task<void> {
    const leasing = this.prefix + key;
    for (let revision = from; ; revision = 0) {
      if (revision === 0) {
        const { kvs, header } = yield* this.patiently(op.get(leasing));
        revision = header.revision;
        const kv = kvs[0];
        if (kv === undefined || bytesToBinary(kv.value) === REVOKE) {
          return yield* this.rescind(key, revision);
        }
      }
      const watcher = this.client.watch(leasing, { startRevision: revision + 1 });
      try {
        let response = yield* watcher.next();
        for (; response !== null; response = yield* watcher.next()) {
          const asked = response.events.find(({ kv }) => bytesToBinary(kv.value) === REVOKE);
          if (asked === undefined) continue;
          if (asked.kv.lease === this.lease) yield* this.rescind(key, asked.kv.modRevision);
          return;
        }
      } finally {
        watcher.cancel();
      }
    }
  }

  /** Gives a key up that it owned at `revision`, unless it has got it anew since. */
  private *rescind(key: string, revision: number): Task<void> {
    if (this.cache.evict(key) > revision) return;
    const leasing = this.prefix + key;
    const guard = compare.created(leasing, "LESS", revision);
    yield* this.patiently(op.txn([guard], [op.delete(leasing)]));
  }

  /** Asks until there is an answer. */
  private *patiently<R extends ReturnType<typeof op.get> | ReturnType<typeof op.txn>>(
    request: R,
  ): Task<ResponseOf<R["type"]>> {
    for (;;) {
      try {
        return yield* this.client.do(request);
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        yield* this.client.sleep(PAUSE_US);
      }
    }
  }
}

/** No member answered, so that another try may be answered; etcd's own errors are for the caller. */
function isUnreachable(error: unknown): boolean {
  return (
    error instanceof CallError &&
    error.reason.code === "Unavailable" &&
    !error.reason.message.startsWith("etcdserver: ")
  );
}

function responseOf<T extends "range" | "put" | "deleteRange">(
  answer: TxnResponse["responses"][number] | undefined,
  type: T,
): ResponseOf<T> {
  assert(answer?.type === type, "a transaction answers its operations in their order");
  return answer.response as ResponseOf<T>;
}

import { op } from "../../api/build.ts";
import { MILLISECOND } from "../../base/time.ts";
import type { Engine } from "../engine.ts";
import { Calls, type EtcdCallOptions } from "./calls.ts";
import { Election } from "./election.ts";
import {
  allOf,
  type DeleteResult,
  entryOf,
  entryOrNull,
  type GetAllResult,
  type GetResult,
  type PutResult,
} from "./entries.ts";
import { Lease } from "./lease.ts";
import { Lock, type LockOptions, TTL_DEFAULT, take } from "./lock.ts";
import { type Keys, keyOf, keysText, rangeOf } from "./text.ts";
import { resultOf, Txn } from "./txn.ts";
import { type EtcdWatchOptions, Watcher } from "./watcher.ts";

/**
 * How a client of a simulation differs from one that clientv3 makes by default.
 *
 * @public
 */
export interface EtcdClientOptions {
  readonly user?: string;
  readonly password?: string;
  /** The members that it may talk to, by number; all, unless told. */
  readonly endpoints?: readonly number[];
  /** How long one attempt may take, in milliseconds; 5 s unless told. */
  readonly attemptTimeout?: number;
}

/**
 * How a put differs from others.
 *
 * @public
 */
export interface EtcdPutOptions extends EtcdCallOptions {
  /** It goes with this lease. */
  readonly lease?: Lease | bigint;
  /** Bring the entry as it was before. */
  readonly prevKv?: boolean;
}

/**
 * How a read differs from others.
 *
 * @public
 */
export interface EtcdGetOptions extends EtcdCallOptions {
  /** The store as of this revision; absent: the newest. */
  readonly revision?: number;
  /** Whatever the member that is asked has, perhaps stale. */
  readonly serializable?: boolean;
  readonly limit?: number;
  readonly sort?: "key" | "version" | "created" | "modified" | "value";
  readonly descending?: boolean;
  readonly keysOnly?: boolean;
}

const SORTS = {
  key: "KEY",
  version: "VERSION",
  created: "CREATE",
  modified: "MOD",
  value: "VALUE",
} as const;

/**
 * What a member says of itself.
 *
 * @public
 */
export interface MemberStatusResult {
  readonly isLeader: boolean;
  /** Whether it knows one. */
  readonly hasLeader: boolean;
  readonly isLearner: boolean;
  readonly revision: number;
  readonly version: string;
  readonly raftTerm: number;
  readonly raftIndex: number;
  readonly dbSize: number;
}

/**
 * An etcd client of promises in a simulation: clientv3's retries, fail-over and errors, and nothing of its
 * own. It is a process of its own, which faults can pause, cut off or give a wrong clock.
 *
 * @public
 */
export class EtcdClient {
  readonly id: number;
  readonly #calls: Calls;

  constructor(engine: Engine, id: number, options: EtcdClientOptions = {}) {
    this.id = id;
    const { user, password = "", endpoints, attemptTimeout } = options;
    const given = {
      ...(user === undefined ? {} : { auth: { name: user, password } }),
      ...(endpoints === undefined ? {} : { endpoints }),
      ...(attemptTimeout === undefined ? {} : { timeoutUs: attemptTimeout * MILLISECOND }),
    };
    const { cluster } = engine;
    // A step may have asked for it before.
    const core = cluster.clients.knows(id) ? cluster.client(id) : cluster.client(id, given);
    this.#calls = new Calls(engine, core);
  }

  // ---- keys --------------------------------------------------------------------------------------

  async put(key: string, value: string, options: EtcdPutOptions = {}): Promise<PutResult> {
    const { lease = 0n, prevKv = false } = options;
    const id = typeof lease === "bigint" ? lease : lease.id;
    const request = op.put(keyOf(key), keyOf(value), { lease: id, prevKv });
    const answer = await this.#calls.request(`put ${key}=${value}`, request, options);
    return { revision: answer.header.revision, previous: entryOrNull(answer.prevKv) };
  }

  async get(key: string, options: EtcdGetOptions = {}): Promise<GetResult> {
    const { revision, entries } = await this.getAll(key, options);
    const entry = entries[0] ?? null;
    return { revision, value: entry?.value ?? null, entry };
  }

  /** Several keys: `{prefix: "a/"}`, `{from: "a", to: "c"}`. */
  async getAll(keys: Keys, options: EtcdGetOptions = {}): Promise<GetAllResult> {
    const { key, rangeEnd } = rangeOf(keys);
    const { revision = 0, serializable = false, limit = 0, keysOnly = false } = options;
    const { sort, descending = false } = options;
    const request = op.get(key, {
      ...{ rangeEnd, revision, serializable, limit, keysOnly },
      sortTarget: SORTS[sort ?? "key"],
      sortOrder: descending ? "DESCEND" : sort === undefined ? "NONE" : "ASCEND",
    });
    return allOf(await this.#calls.request(`get ${keysText(keys)}`, request, options));
  }

  async delete(
    keys: Keys,
    options: EtcdCallOptions & { readonly prevKv?: boolean } = {},
  ): Promise<DeleteResult> {
    const { key, rangeEnd } = rangeOf(keys);
    const request = op.delete(key, { rangeEnd, prevKv: options.prevKv ?? false });
    const answer = await this.#calls.request(`delete ${keysText(keys)}`, request, options);
    const { header, deleted, prevKvs } = answer;
    return { revision: header.revision, deleted, previous: prevKvs.map(entryOf) };
  }

  /** `client.txn().if("a", "value", "==", "1").then({put: "a", value: "2"}).commit()` */
  txn(options: EtcdCallOptions = {}): Txn {
    return new Txn(async (compares, success, failure) => {
      const request = op.txn(compares, success, failure);
      const answer = await this.#calls.request("a transaction", request, options);
      const { succeeded, header, responses } = answer;
      return { succeeded, revision: header.revision, results: responses.map(resultOf) };
    });
  }

  watch(keys: Keys, options: EtcdWatchOptions = {}): Watcher {
    this.#calls.engine.assertUnderWay();
    return new Watcher(this.#calls, keys, options);
  }

  // ---- leases, locks, elections ------------------------------------------------------------------

  /** A lease of so many seconds. */
  async grant(
    ttl: number,
    options: EtcdCallOptions & { readonly id?: bigint } = {},
  ): Promise<Lease> {
    const request = { type: "leaseGrant", request: { ttl, id: options.id ?? 0n } } as const;
    const answer = await this.#calls.request(`grant a lease of ${ttl} s`, request, options);
    return new Lease(this.#calls, answer.id, answer.ttl);
  }

  /** Waits for a lock. */
  async lock(name: string, { ttl = TTL_DEFAULT, timeout }: LockOptions = {}): Promise<Lock> {
    const mutex = await this.#calls.program(
      `lock ${name}`,
      () => take(this.#calls.core, keyOf(name), ttl, true),
      timeout,
    );
    return new Lock(this.#calls, name, mutex);
  }

  /** Takes a lock that nobody holds; else throws a {@link LockedError}. */
  async tryLock(name: string, { ttl = TTL_DEFAULT, timeout }: LockOptions = {}): Promise<Lock> {
    const mutex = await this.#calls.program(
      `try lock ${name}`,
      () => take(this.#calls.core, keyOf(name), ttl, false),
      timeout,
    );
    return new Lock(this.#calls, name, mutex);
  }

  election(name: string): Election {
    return new Election(this.#calls, name);
  }

  // ---- maintenance -------------------------------------------------------------------------------

  /** Forgets what is older than this revision. */
  async compact(
    revision: number,
    options: EtcdCallOptions & { readonly physical?: boolean } = {},
  ): Promise<void> {
    const { physical = false } = options;
    const request = { type: "compaction", request: { revision, physical } } as const;
    await this.#calls.request(`compact to ${revision}`, request, options);
  }

  /** What a member, by number, says of itself; absent: the one that the client talks to. */
  async status(member?: number): Promise<MemberStatusResult> {
    const request = { type: "status", request: {} } as const;
    const to = member === undefined ? {} : { to: member, pin: true };
    const { header, leader, isLearner, version, raftTerm, raftIndex, dbSize } =
      await this.#calls.request("status", request, {}, to);
    return {
      ...{ isLeader: leader === header.memberId, hasLeader: leader !== 0n, isLearner },
      ...{ revision: header.revision, version, raftTerm, raftIndex, dbSize },
    };
  }

  // ---- its process -------------------------------------------------------------------------------

  /** By the process's own clock, which may drift, in milliseconds. */
  now(): number {
    return this.#calls.core.now / MILLISECOND;
  }

  /** As `sim.sleep`, but in the client's process: longer while it is paused, and by its own clock. */
  sleep(ms: number): Promise<void> {
    return this.#calls.engine.promise(`sleep of ${ms} ms in client ${this.id}`, ({ resolve }) => {
      this.#calls.core.conn.after(Math.round(ms * MILLISECOND), () => resolve());
    });
  }
}

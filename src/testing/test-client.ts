import { deleteRangeRequest, putRequest, rangeRequest } from "../api/build.ts";
import type { ApiError } from "../api/errors.ts";
import type { Reply } from "../api/reply.ts";
import type { ResponseOf, ServiceRequest, ServiceResponse } from "../api/requests.ts";
import { NEVER } from "../base/time.ts";
import { utf8Encode } from "../base/utf8.ts";
import { didNotHappen } from "../client/certainty.ts";
import type { Pacer } from "../serve/pacer.ts";
import { allOf, type Entry, entryOrNull } from "../simulate/client/entries.ts";
import { EtcdError } from "../simulate/client/errors.ts";
import { type Keys, keyOf, rangeOf } from "../simulate/client/text.ts";

/** Requests of a test go this often to another member, if the one that was asked certainly did nothing. */
const ATTEMPTS = 10;

/**
 * A client for what a test has to arrange and to look at, beside the client that it tests: it asks the members
 * without a network between. Throws {@link EtcdError}.
 *
 * @public
 */
export class TestClient {
  readonly #pacer: Pacer;
  readonly #number: number;

  constructor(pacer: Pacer) {
    this.#pacer = pacer;
    this.#number = pacer.nextId();
  }

  /** The value; null: there is no such key. */
  async get(key: string): Promise<string | null> {
    return (await this.getEntry(key))?.value ?? null;
  }

  async getEntry(key: string): Promise<Entry | null> {
    const { kvs } = await this.ask({ type: "range", request: rangeRequest(keyOf(key)) });
    return entryOrNull(kvs[0]);
  }

  /** The entries in the order of their keys. */
  async getAll(keys: Keys = { prefix: "" }): Promise<readonly Entry[]> {
    const { key, rangeEnd } = rangeOf(keys);
    const request = rangeRequest(key, { rangeEnd });
    return allOf(await this.ask({ type: "range", request })).entries;
  }

  /** The revision that it made. */
  async put(key: string, value: string, { lease = 0n } = {}): Promise<number> {
    const request = putRequest(keyOf(key), utf8Encode(value), { lease });
    return (await this.ask({ type: "put", request })).header.revision;
  }

  /** How many keys there were. */
  async delete(keys: Keys): Promise<number> {
    const { key, rangeEnd } = rangeOf(keys);
    const request = deleteRangeRequest(key, { rangeEnd });
    return (await this.ask({ type: "deleteRange", request })).deleted;
  }

  /** A lease's id. */
  async grant(ttlSeconds: number): Promise<bigint> {
    return (await this.ask({ type: "leaseGrant", request: { ttl: ttlSeconds, id: 0n } })).id;
  }

  /** Any request of etcd's, as plain data; it goes to the leader, as long as there is one. */
  async ask<R extends ServiceRequest>(request: R): Promise<ResponseOf<R["type"]>> {
    for (let attempt = 1; ; attempt++) {
      const { response, error } = await this.#once(this.#member(attempt), request);
      if (response !== null) return response.response as ResponseOf<R["type"]>;
      const reason: ApiError = error ?? { code: "Unknown", message: "nothing was said" };
      const again = reason.code === "Unavailable" && didNotHappen(reason);
      if (!again || attempt === ATTEMPTS) {
        const outcome = didNotHappen(reason) ? "certain" : "ambiguous";
        throw new EtcdError(reason.code, reason.message, outcome);
      }
    }
  }

  #once(member: number, request: ServiceRequest): Promise<Reply<ServiceResponse>> {
    const pacer = this.#pacer;
    const where = { client: this.#number, member, token: "", timeoutUs: NEVER };
    return new Promise((onReply) => {
      pacer.take({ kind: "call", id: pacer.nextId(), ...where, request }, { onReply });
    });
  }

  /** The leader first, then one after the other of those that run. */
  #member(attempt: number): number {
    const { cluster } = this.#pacer.run;
    const leader = cluster.leader();
    if (leader !== 0 && attempt === 1) return leader;
    const up = cluster.memberIds().filter((id) => cluster.node(id).status === "up");
    return up[attempt % Math.max(1, up.length)] ?? 1;
  }
}

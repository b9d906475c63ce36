import { op } from "../../../api/build.ts";
import type { ResponseHeader, TxnResponse } from "../../../api/kv-requests.ts";
import type { Compare, KeyValue, RangeRequest, RequestOp } from "../../../api/requests.ts";
import type { Random } from "../../../base/random.ts";
import type { Client } from "../../../client/client.ts";
import type { Task } from "../../../client/task.ts";

/** One client of the traffic: what it draws from, and what it knows of its keys. */
export class TrafficClient {
  readonly client: Client;
  readonly random: Random;
  readonly keys: readonly string[];
  /** What all keys begin with. */
  readonly prefix: string;
  /** The newest revision that it was told of. */
  revision = 0;
  /** Keys as it saw them last; null: there was none. It may be wrong by now. */
  readonly seen = new Map<string, KeyValue | null>();
  #written = 0;

  constructor(client: Client, random: Random, prefix: string, keys: number) {
    this.client = client;
    this.random = random;
    this.prefix = prefix;
    this.keys = Array.from({ length: keys }, (_, i) => `${prefix}${i}`);
  }

  key(): string {
    return this.random.pick(this.keys);
  }

  /** A value that nobody else writes: `c1.7`. */
  value(): string {
    return `c${this.client.id}.${++this.#written}`;
  }

  /** A revision not long ago. */
  oldRevision(): number {
    return Math.max(1, this.revision - this.random.below(10));
  }

  *read(key: string, options: Partial<RangeRequest> = {}): Task<readonly KeyValue[]> {
    const { kvs, header } = yield* this.client.do(op.get(key, options));
    this.told(header);
    if (options.rangeEnd === undefined) this.seen.set(key, kvs[0] ?? null);
    return kvs;
  }

  *write(operation: Extract<RequestOp, { type: "put" | "deleteRange" }>): Task<void> {
    this.seen.delete(operation.request.key);
    const { header } = yield* this.client.do(operation);
    this.told(header);
  }

  *transact(
    guards: readonly Compare[],
    success: readonly RequestOp[],
    failure: readonly RequestOp[] = [],
  ): Task<TxnResponse> {
    const response = yield* this.client.do(op.txn(guards, success, failure));
    this.told(response.header);
    return response;
  }

  told({ revision }: ResponseHeader): void {
    if (revision > this.revision) this.revision = revision;
  }
}

/** One operation of a kind, drawn anew each time. */
export type Operation = (self: TrafficClient) => Task<void>;

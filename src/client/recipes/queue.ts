import { prefixEnd } from "../../api/ranges.ts";
import type { KeyValue, RangeRequest } from "../../api/requests.ts";
import { bytesToBinary } from "../../base/bytes.ts";
import type { Client } from "../client.ts";
import type { Task } from "../task.ts";
import { claim, makeSequentialKey, makeUniqueKey } from "./keys.ts";
import { sorted, waitEvent } from "./wait.ts";

/**
 * Many put in, many take out, each item once (client/v3/experimental/recipes/queue.go). An item whose
 * taker is left in doubt may be lost: it is deleted before it is given to anybody.
 */
export class Queue {
  private readonly client: Client;
  private readonly prefix: string;

  constructor(client: Client, prefix: string) {
    this.client = client;
    this.prefix = prefix;
  }

  *enqueue(value: string): Task<string> {
    return (yield* makeUniqueKey(this.client, this.prefix, value)).key;
  }

  /** The oldest item; waits for one where there is none. */
  *dequeue(claiming: Claiming = () => undefined): Task<string> {
    return yield* dequeue(this.client, this.prefix, "MOD", claiming);
  }
}

/** The same, where items of a lower priority number go first (priority_queue.go). */
export class PriorityQueue {
  private readonly client: Client;
  private readonly prefix: string;

  constructor(client: Client, prefix: string) {
    this.client = client;
    this.prefix = `${prefix}/`;
  }

  /** @param priority 0…65535; the lowest goes first */
  *enqueue(value: string, priority: number): Task<string> {
    const prefix = `${this.prefix}${String(priority).padStart(5, "0")}`;
    return (yield* makeSequentialKey(this.client, prefix, value)).key;
  }

  *dequeue(): Task<string> {
    return yield* dequeue(this.client, this.prefix, "KEY", () => undefined);
  }
}

/** Called when an item is claimed, and when it is known whether it was to be had. */
export type Claiming = (begins: boolean) => void;

function* dequeue(
  client: Client,
  prefix: string,
  by: RangeRequest["sortTarget"],
  claiming: Claiming,
): Task<string> {
  function* take(item: KeyValue): Task<boolean> {
    claiming(true);
    try {
      return yield* claim(client, item);
    } finally {
      claiming(false);
    }
  }
  for (;;) {
    const request = sorted(prefix, by, "ASCEND");
    const { kvs, more, header } = yield* client.do({ type: "range", request });
    let first: KeyValue | undefined = kvs[0];
    if (first !== undefined && (yield* take(first))) return bytesToBinary(first.value);
    // Somebody was faster; there may be others.
    if (more) continue;
    const startRevision = header.revision + 1;
    first = (yield* waitEvent(client, "PUT", prefix, {
      rangeEnd: prefixEnd(prefix),
      startRevision,
    })).kv;
    if (yield* take(first)) return bytesToBinary(first.value);
  }
}

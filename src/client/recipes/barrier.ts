import { op, rangeRequest } from "../../api/build.ts";
import type { Client } from "../client.ts";
import type { Task } from "../task.ts";
import { makeKey } from "./keys.ts";
import { waitEvent } from "./wait.ts";

/** Others wait while a key exists (client/v3/experimental/recipes/barrier.go). */
export class Barrier {
  private readonly client: Client;
  private readonly key: string;

  constructor(client: Client, key: string) {
    this.client = client;
    this.key = key;
  }

  /** Fails with KeyExists where it is held already. */
  *hold(): Task<void> {
    yield* makeKey(this.client, this.key, "");
  }

  *release(): Task<void> {
    yield* this.client.do(op.delete(this.key));
  }

  /** Waits until it is released; at once if nobody holds it. */
  *wait(): Task<void> {
    const { client, key } = this;
    const { kvs, header } = yield* client.do({ type: "range", request: rangeRequest(key) });
    if (kvs.length === 0) return;
    yield* waitEvent(client, "DELETE", key, { startRevision: header.revision + 1 });
  }
}

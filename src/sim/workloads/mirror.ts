import { op } from "../../api/build.ts";
import { Errors } from "../../api/errors.ts";
import { prefixEnd } from "../../api/ranges.ts";
import type { WatchResponse } from "../../api/requests.ts";
import { bytesToBinary } from "../../base/bytes.ts";
import { type Duration, MILLISECOND } from "../../base/time.ts";
import type { Client } from "../../client/client.ts";
import { WatchLost } from "../../client/recipes/wait.ts";
import type { Task } from "../../client/task.ts";
import { type ClientSource, Workers } from "./workers.ts";

const PAUSE_US: Duration = 100 * MILLISECOND;

/**
 * A client that keeps a copy of all keys with a prefix: it reads them, and watches from the revision
 * after that one. Where what it missed is compacted it begins anew.
 */
export class Mirror extends Workers {
  /** Values by key; binary strings. */
  readonly entries = new Map<string, string>();
  /** The copy is what the store held at this revision. */
  revision = 0;
  /** How often it had to read everything. */
  loads = 0;
  private readonly prefix: string;

  constructor(source: ClientSource, client: number, prefix: string) {
    super();
    this.prefix = prefix;
    this.start(source.client(client), this.work(source.client(client)));
  }

  private *work(client: Client): Task<void> {
    while (!this.stopping) {
      const loaded = yield* this.attempt(this.load(client));
      if (loaded) yield* this.attempt(this.follow(client));
      yield* client.sleep(PAUSE_US);
    }
  }

  private *load(client: Client): Task<void> {
    const rangeEnd = prefixEnd(this.prefix);
    const { kvs, header } = yield* client.do(op.get(this.prefix, { rangeEnd }));
    this.entries.clear();
    for (const { key, value } of kvs) this.entries.set(key, bytesToBinary(value));
    this.revision = header.revision;
    this.loads++;
  }

  private *follow(client: Client): Task<void> {
    const watcher = client.watch(this.prefix, {
      rangeEnd: prefixEnd(this.prefix),
      startRevision: this.revision + 1,
    });
    try {
      while (!this.stopping) {
        const response = yield* watcher.next();
        if (watcher.error?.message === Errors.compacted.message) return;
        if (response === null) throw new WatchLost(watcher.error?.message ?? "the watch has ended");
        this.take(response);
      }
    } finally {
      watcher.cancel();
    }
  }

  private take({ events, header }: WatchResponse): void {
    for (const { type, kv } of events) {
      if (type === "PUT") this.entries.set(kv.key, bytesToBinary(kv.value));
      else this.entries.delete(kv.key);
      this.revision = kv.modRevision;
    }
    if (events.length === 0 && header.revision > this.revision) this.revision = header.revision;
  }
}

import { rangeRequest } from "../../api/build.ts";
import { prefixEnd } from "../../api/ranges.ts";
import type { RangeRequest, WatchEvent } from "../../api/requests.ts";
import type { Client, WatchOptions } from "../client.ts";
import { type Task, TaskError } from "../task.ts";

/** A watch that a recipe relied on ended. */
export class WatchLost extends TaskError {
  override name = "WatchLost";
}

/** Waits for the first event of a type (client/v3/experimental/recipes/watch.go). */
export function* waitEvent(
  client: Client,
  type: WatchEvent["type"],
  key: string,
  options: WatchOptions,
): Task<WatchEvent> {
  const watcher = client.watch(key, options);
  try {
    for (;;) {
      const response = yield* watcher.next();
      if (response === null) throw new WatchLost(watcher.error?.message ?? "the watch has ended");
      const found = response.events.find((event) => event.type === type);
      if (found !== undefined) return found;
    }
  } finally {
    watcher.cancel();
  }
}

/**
 * Waits until all keys under a prefix are gone that were created at `maxCreateRevision` or before: only
 * the newest of them is watched, so that a deletion wakes one waiter (concurrency/key.go).
 */
export function* waitDeletes(
  client: Client,
  prefix: string,
  maxCreateRevision: number,
): Task<number> {
  for (;;) {
    const { kvs, header } = yield* client.do({
      type: "range",
      request: lastCreated(prefix, { maxCreateRevision }),
    });
    const last = kvs[0];
    if (last === undefined) return header.revision;
    yield* waitEvent(client, "DELETE", last.key, { startRevision: header.revision });
  }
}

/** The key under a prefix that was created first (clientv3.WithFirstCreate). */
export function firstCreated(prefix: string, options: Partial<RangeRequest> = {}): RangeRequest {
  return sorted(prefix, "CREATE", "ASCEND", options);
}

export function lastCreated(prefix: string, options: Partial<RangeRequest> = {}): RangeRequest {
  return sorted(prefix, "CREATE", "DESCEND", options);
}

/** The first or last key under a prefix by what it is sorted by. */
export function sorted(
  prefix: string,
  sortTarget: RangeRequest["sortTarget"],
  sortOrder: RangeRequest["sortOrder"],
  options: Partial<RangeRequest> = {},
): RangeRequest {
  const rangeEnd = prefixEnd(prefix);
  return rangeRequest(prefix, { rangeEnd, sortTarget, sortOrder, limit: 1, ...options });
}

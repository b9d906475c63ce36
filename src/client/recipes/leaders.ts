import { prefixEnd } from "../../api/ranges.ts";
import type { KeyValue, ResponseHeader, WatchResponse } from "../../api/requests.ts";
import type { Client } from "../client.ts";
import type { Task } from "../task.ts";
import type { ClientWatcher } from "../watch/client-watcher.ts";
import { firstCreated, WatchLost } from "./wait.ts";

/** The key that leads, as of a header; it is put anew for each thing that the leader proclaims. */
export type OnLeadingKey = (kv: KeyValue, header: ResponseHeader) => void;

/**
 * Tells of each key that comes to be the oldest under a prefix, and of what it holds: not necessarily of all, but
 * always of the last (concurrency/election.go Observe). Goes on until it is cancelled, or fails.
 */
export function* observeLeaders(client: Client, prefix: string, onKey: OnLeadingKey): Task<never> {
  for (;;) {
    const request = firstCreated(prefix);
    const found = yield* client.do({ type: "range", request });
    let { header } = found;
    let kv = found.kvs[0];
    let { revision } = header;
    if (kv === undefined) {
      ({ kv, header } = yield* firstPut(client, prefix, revision + 1));
      revision = kv.modRevision;
    }
    onKey(kv, header);
    yield* follow(client, kv.key, revision + 1, onKey);
  }
}

function* firstPut(
  client: Client,
  prefix: string,
  startRevision: number,
): Task<{ readonly kv: KeyValue; readonly header: ResponseHeader }> {
  const watcher = client.watch(prefix, { rangeEnd: prefixEnd(prefix), startRevision });
  try {
    for (;;) {
      const { events, header } = yield* nextOf(watcher);
      const put = events.find(({ type }) => type === "PUT");
      if (put !== undefined) return { kv: put.kv, header };
    }
  } finally {
    watcher.cancel();
  }
}

/** Until the leader's key is deleted. */
function* follow(
  client: Client,
  key: string,
  startRevision: number,
  onKey: OnLeadingKey,
): Task<void> {
  const watcher = client.watch(key, { startRevision });
  try {
    for (;;) {
      const { events, header } = yield* nextOf(watcher);
      for (const { type, kv } of events) {
        if (type === "DELETE") return;
        onKey(kv, header);
      }
    }
  } finally {
    watcher.cancel();
  }
}

function* nextOf(watcher: ClientWatcher): Task<WatchResponse> {
  const response = yield* watcher.next();
  if (response === null || watcher.error !== null) {
    throw new WatchLost(watcher.error?.message ?? "the watch has ended");
  }
  return response;
}

import { compare, op } from "../../../api/build.ts";
import { prefixEnd } from "../../../api/ranges.ts";
import type { KeyValue } from "../../../api/requests.ts";
import type { Task } from "../../../client/task.ts";
import type { TrafficClient } from "./traffic-client.ts";

const PAGE = 2;

/**
 * What an API server of Kubernetes asks for: objects are made, updated and deleted guarded by the revision
 * that it saw last, with a get in the else branch; lists come in pages, all of one revision.
 */
export function* kubernetes(self: TrafficClient): Task<void> {
  const key = self.key();
  switch (self.random.pick(["update", "update", "update", "update", "get", "delete", "list"])) {
    case "update":
      return yield* guarded(self, key, false);
    case "delete":
      return yield* guarded(self, key, true);
    case "get":
      yield* self.read(key);
      return;
    case "list":
      yield* list(self);
  }
}

function* guarded(self: TrafficClient, key: string, deletes: boolean): Task<void> {
  const seen = self.seen.get(key) ?? null;
  const guard = compare.modified(key, "EQUAL", seen?.modRevision ?? 0);
  const change = deletes ? op.delete(key) : op.put(key, self.value());
  const { succeeded, responses, header } = yield* self.transact([guard], [change], [op.get(key)]);
  const found = responses[0];
  if (found?.type === "range") self.seen.set(key, found.response.kvs[0] ?? null);
  else if (succeeded && change.type === "put") {
    self.seen.set(key, written(seen, key, change.request.value, header.revision));
  } else self.seen.set(key, null);
}

function written(
  before: KeyValue | null,
  key: string,
  value: Uint8Array,
  revision: number,
): KeyValue {
  return {
    key,
    value,
    createRevision: before?.createRevision ?? revision,
    modRevision: revision,
    version: (before?.version ?? 0) + 1,
    lease: 0n,
  };
}

/** Page after page, from the key after the last one, at the revision of the first page. */
function* list(self: TrafficClient): Task<void> {
  const rangeEnd = prefixEnd(self.prefix);
  let from = self.prefix;
  let revision = 0;
  for (;;) {
    const options = { rangeEnd, limit: PAGE, revision };
    const { kvs, more, header } = yield* self.client.do(op.get(from, options));
    self.told(header);
    if (revision === 0) revision = header.revision;
    const last = kvs.at(-1);
    if (!more || last === undefined) return;
    from = `${last.key}\0`;
  }
}

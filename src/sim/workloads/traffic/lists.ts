import { compare, op } from "../../../api/build.ts";
import type { Compare, KeyValue, RequestOp } from "../../../api/requests.ts";
import { bytesToBinary } from "../../../base/bytes.ts";
import type { Task } from "../../../client/task.ts";
import type { TrafficClient } from "./traffic-client.ts";

/** A list that is longer begins anew: copying it each time would be all that the cluster does. */
const FULL = 400;
const ATTEMPTS = 3;

/** One more element in what a key holds, separated by commas. */
function withElement(kv: KeyValue | null, element: string): string {
  const list = kv === null ? "" : bytesToBinary(kv.value);
  return list === "" || list.length > FULL ? element : `${list},${element}`;
}

/** Nobody wrote to the key since it was seen so. */
function unchanged(key: string, kv: KeyValue | null): Compare {
  return compare.modified(key, "EQUAL", kv?.modRevision ?? 0);
}

/**
 * A set in one key: a client adds an element to what it saw last; the else branch shows it what is there
 * instead, and it tries again. Now and then it reads.
 */
export function* set(self: TrafficClient): Task<void> {
  const key = self.key();
  if (self.random.below(4) === 0) {
    yield* self.read(key);
    return;
  }
  const element = self.value();
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const kv = self.seen.get(key) ?? null;
    const put = op.put(key, withElement(kv, element));
    const { succeeded, responses } = yield* self.transact(
      [unchanged(key, kv)],
      [put, op.get(key)],
      [op.get(key)],
    );
    const found = responses.at(-1);
    if (found?.type === "range") self.seen.set(key, found.response.kvs[0] ?? null);
    if (succeeded) return;
  }
}

/** Lists in one key or two: read together, and appended to together if nobody was faster. */
export function* append(self: TrafficClient): Task<void> {
  const keys = [...new Set([self.key(), self.key()])];
  const read = yield* self.transact(
    [],
    keys.map((key) => op.get(key)),
  );
  const kvs = read.responses.map((each) =>
    each.type === "range" ? (each.response.kvs[0] ?? null) : null,
  );
  const guards = keys.map((key, i) => unchanged(key, kvs[i] ?? null));
  const element = self.value();
  const writes = keys.map(
    (key, i): RequestOp =>
      self.random.below(3) === 0 ? op.get(key) : op.put(key, withElement(kvs[i] ?? null, element)),
  );
  yield* self.transact(guards, writes);
}

import { compare, op } from "../../../api/build.ts";
import { prefixEnd } from "../../../api/ranges.ts";
import type { Compare, RequestOp } from "../../../api/requests.ts";
import type { Task } from "../../../client/task.ts";
import type { TrafficClient } from "./traffic-client.ts";

/** Transactions over several keys, with guards of all kinds, some nested, some that read the past. */
export function* multiTxn(self: TrafficClient): Task<void> {
  const guards = Array.from({ length: self.random.below(3) }, () => guard(self));
  yield* self.transact(guards, operations(self), operations(self));
}

function guard(self: TrafficClient): Compare {
  const key = self.key();
  switch (self.random.below(4)) {
    case 0:
      return compare.version(key, "EQUAL", 0);
    case 1:
      return compare.created(key, "GREATER", 0);
    case 2:
      return compare.modified(key, "LESS", self.oldRevision());
    default:
      return compare.modified(self.prefix, "LESS", self.revision + 1, prefixEnd(self.prefix));
  }
}

/** Each key is written once at most: etcd refuses more. */
function operations(self: TrafficClient): RequestOp[] {
  const { random, keys, prefix } = self;
  const all: RequestOp[] = [];
  const free = [...keys];
  for (let n = 1 + random.below(3); n > 0; n--) {
    const key = free.splice(random.below(Math.max(1, free.length)), 1)[0];
    const kind = random.below(key === undefined ? 2 : 8);
    if (kind === 0) all.push(op.get(prefix, { rangeEnd: prefixEnd(prefix), limit: 3 }));
    else if (kind === 1) all.push(op.get(self.key(), { revision: self.oldRevision() }));
    else if (key === undefined) break;
    else if (kind === 2) all.push(op.txn([guard(self)], inner(self, key), inner(self, key)));
    else if (kind === 3) all.push(op.delete(key, { prevKv: random.below(2) === 0 }));
    else all.push(op.put(key, self.value(), { prevKv: random.below(4) === 0 }));
  }
  return all;
}

/** The operations of a transaction within one, which has a key to itself. */
function inner(self: TrafficClient, key: string): RequestOp[] {
  const put = op.put(key, self.value());
  return self.random.below(2) === 0 ? [put] : [op.get(key), put];
}

import { compare, op } from "../../../api/build.ts";
import { bytesToBinary } from "../../../base/bytes.ts";
import type { Task } from "../../../client/task.ts";
import type { TrafficClient } from "./traffic-client.ts";

/** Each key by itself: put, get, delete, and compare and set from the value that was seen last. */
export function* register(self: TrafficClient): Task<void> {
  const key = self.key();
  switch (self.random.pick(["put", "put", "put", "get", "get", "get", "cas", "cas", "delete"])) {
    case "put":
      return yield* self.write(op.put(key, self.value()));
    case "get":
      yield* self.read(key);
      return;
    case "delete":
      return yield* self.write(op.delete(key));
    case "cas": {
      const kv = self.seen.get(key) ?? (yield* self.read(key))[0] ?? null;
      const guard =
        kv === null
          ? compare.version(key, "EQUAL", 0)
          : compare.value(key, "EQUAL", bytesToBinary(kv.value));
      yield* self.transact([guard], [op.put(key, self.value())]);
      self.seen.delete(key);
    }
  }
}

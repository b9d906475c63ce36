import { expect, test } from "vitest";
import { binaryToBytes } from "../../src/base/bytes.ts";
import { Store } from "../../src/mvcc/store.ts";

test("events that were kept as they were made outlive a transaction that changes nothing", () => {
  const store = new Store();
  store.keepsWritten = true;
  store.begin();
  store.put("a", binaryToBytes("1"), 0n);
  const revision = store.end();
  expect(store.eventsSince(revision, 1)).toHaveLength(1);
  store.begin();
  store.deleteRange("nothing", "");
  expect(store.end()).toBe(revision);
  expect(store.eventsSince(revision, 1)).toMatchObject([{ type: "PUT", kv: { key: "a" } }]);
});

import fc from "fast-check";
import type { Draft } from "./draft.ts";
import { inGroup, type Kind, key, kind, revision, transaction } from "./kind.ts";

const client = fc.nat(3);

const KEYS: readonly Kind[] = inGroup("keys", [
  kind("put", 10, fc.record({ client, key }), ({ client, key }, draft) => ({
    put: { key, value: draft.value(), client: draft.client("keys", client) },
  })),
  kind(
    "puts",
    5,
    fc.record({ client, key, count: fc.integer({ min: 2, max: 12 }), open: fc.boolean() }),
    (drawn, draft) => ({
      puts: {
        key: drawn.key,
        value: `${draft.value()}.%d`,
        count: drawn.count,
        every: drawn.open ? "0s" : "5ms",
        open: drawn.open,
        client: draft.client("keys", drawn.client),
      },
    }),
  ),
  kind("delete", 2, fc.record({ client, key }), ({ client, key }, draft) => ({
    delete: { key, client: draft.client("keys", client) },
  })),
  kind("get", 2, fc.record({ client, key }), ({ client: index, key }, draft) => {
    const client = draft.client("keys", index);
    return { get: { key, client, ...(client === 4 ? { serializable: true } : {}) } };
  }),
  kind(
    "get old",
    1,
    fc.record({ client, revision, serializable: fc.boolean() }),
    ({ client, ...drawn }, draft) => ({
      get: { key: "k*", client: draft.client("keys", client), ...drawn },
    }),
  ),
]);

const SHAPES = ["guarded", "many", "old read", "delete all", "nested", "read"] as const;
type Shape = (typeof SHAPES)[number];

function transactionOf(shape: Shape, key: string, at: string, draft: Draft) {
  const value = draft.value("x");
  const put = `put ${key}=${value}`;
  switch (shape) {
    case "guarded":
      return transaction([put], [`version of ${key} = 0`], [`delete ${key}`, "get k*"]);
    case "many":
      return transaction([put, `put ${key}x=${value}`, "delete k1x", `get ${key}`]);
    case "old read":
      return transaction([put, `get ${key} at ${at}`]);
    case "delete all":
      // Nothing is left: a compaction may take the newest revisions along.
      return transaction(["delete a.. with prev"]);
    case "nested":
      return transaction([transaction([put], [`created of ${key} > 0`], [`put l=${value}`])]);
    case "read":
      return transaction(["get k*", `get ${key} at ${at}`]);
  }
}

const TXNS: readonly Kind[] = inGroup("txns", [
  kind(
    "txn",
    5,
    fc.record({ client, key, revision, shape: fc.constantFrom(...SHAPES) }),
    ({ client, key, revision, shape }, draft) => ({
      txn: { ...transactionOf(shape, key, revision, draft), client: draft.client("keys", client) },
    }),
  ),
]);

const COMPACTIONS: readonly Kind[] = inGroup("compactions", [
  kind(
    "compact",
    3,
    fc.record({
      revision: fc.constantFrom("newest", "newest", "newest - 1", "newest - 3", "newest - 10"),
      physical: fc.boolean(),
    }),
    (drawn, draft) => ({ compact: { ...drawn, client: draft.client("keys") } }),
  ),
]);

/** What clients ask of the store. */
export const STORE_KINDS: readonly Kind[] = [...KEYS, ...TXNS, ...COMPACTIONS];

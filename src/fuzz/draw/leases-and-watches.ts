import fc from "fast-check";
import type { Draft } from "./draft.ts";
import { inGroup, type Kind, key, kind, transaction } from "./kind.ts";

const slot = fc.nat(2);

function leaseOf(draft: Draft, slot: number): string | null {
  const { leases } = draft;
  return leases[leases.length - 1 - (slot % Math.max(1, leases.length))] ?? null;
}

const LEASES: readonly Kind[] = inGroup("leases", [
  kind(
    "lease",
    3,
    fc.record({
      ttl: fc.constantFrom(1, 2, 3, 5, 30),
      below: fc.boolean(),
      keep: fc.boolean(),
    }),
    ({ ttl, below, keep }, draft) => {
      const name = draft.name("L");
      const id = 1000 + draft.leases.length;
      draft.leases.push(name);
      return {
        lease: {
          ttl: `${ttl}s`,
          id: below ? -id : id,
          as: name,
          "keep-alive": keep,
          client: draft.client("leases"),
        },
      };
    },
  ),
  kind("attach", 6, fc.record({ slot, key }), ({ slot, key }, draft) => {
    const lease = leaseOf(draft, slot);
    if (lease === null) return null;
    return { put: { key, value: draft.value("x"), lease, client: draft.client("leases") } };
  }),
  // Keys that end together: what becomes of them has an order.
  kind(
    "attach several",
    3,
    fc.record({ slot, keys: fc.uniqueArray(fc.nat(9), { minLength: 2, maxLength: 5 }) }),
    ({ slot, keys }, draft) => {
      const lease = leaseOf(draft, slot);
      if (lease === null) return null;
      const puts = keys.map((key) => `put k${key}=${draft.value("x")} under ${lease}`);
      return { txn: { ...transaction(puts), client: draft.client("leases") } };
    },
  ),
  kind("keep-alive", 2, fc.record({ slot, once: fc.boolean() }), ({ slot, once }, draft) => {
    const lease = leaseOf(draft, slot);
    if (lease === null) return null;
    return { "keep-alive": once ? { lease, once, as: draft.name("R") } : lease };
  }),
  kind("let go", 1, slot, (slot, draft) => {
    const lease = leaseOf(draft, slot);
    return lease === null ? null : { "keep-alive": { lease, on: false } };
  }),
  kind("revoke", 1, slot, (slot, draft) => {
    const lease = leaseOf(draft, slot);
    return lease === null ? null : { revoke: lease };
  }),
  kind("time-to-live", 1, slot, (slot, draft) => {
    const lease = leaseOf(draft, slot);
    return lease === null ? null : { "time-to-live": lease };
  }),
]);

const SHAPES = ["key", "prefix", "past", "future", "prev", "filtered"] as const;

const past = fc.constantFrom("newest", "newest - 1", "newest - 5", "newest - 20");
const future = fc.constantFrom("newest + 1", "newest + 3", "newest + 6");

const WATCHES: readonly Kind[] = inGroup("watches", [
  kind(
    "watch",
    5,
    fc.record({
      client: slot,
      shape: fc.constantFrom(...SHAPES),
      key,
      past,
      future,
      hide: fc.constantFrom("put", "delete"),
    }),
    (drawn, draft) => {
      const as = draft.name("W");
      draft.watches.push(as);
      const shapes = {
        key: { key: drawn.key },
        prefix: { prefix: "k" },
        past: { prefix: "k", from: drawn.past },
        future: { prefix: "k", from: drawn.future },
        prev: { prefix: "k", "prev-kv": true, progress: true },
        filtered: { prefix: "k", hide: [drawn.hide] },
      };
      return {
        watch: { ...shapes[drawn.shape], client: draft.client("watches", drawn.client), as },
      };
    },
  ),
  kind("cancel-watch", 1, fc.nat(9), (index, draft) => {
    const { watches } = draft;
    const name = watches[index % Math.max(1, watches.length)];
    return name === undefined ? null : { "cancel-watch": name };
  }),
  kind("request-progress", 2, slot, (index, draft) => {
    const client = draft.anyClient(index, "watches");
    return client === null ? null : { "request-progress": { client } };
  }),
  kind(
    "read-every",
    2,
    fc.record({ index: slot, time: fc.constantFrom("0s", "50ms", "1s") }),
    ({ index, time }, draft) => {
      const client = draft.anyClient(index, "watches");
      return client === null ? null : { "read-every": { client, time } };
    },
  ),
]);

/** What clients ask of leases and watches. */
export const DATA_KINDS: readonly Kind[] = [...LEASES, ...WATCHES];

import fc from "fast-check";
import { inGroup, type Kind, kind } from "./kind.ts";

const LOCKS: readonly Kind[] = inGroup("locks", [
  kind(
    "lock",
    4,
    fc.record({ client: fc.nat(2), hold: fc.constantFrom("1ms", "100ms", "1s", "4s") }),
    ({ client, hold }, draft) => ({
      lock: {
        name: "L",
        client: draft.client("locks", client),
        ttl: "2s",
        hold,
        write: `put K=${draft.value("h")}`,
        fenced: true,
        as: draft.name("H"),
      },
    }),
  ),
  kind(
    "elect",
    2,
    fc.record({ client: fc.nat(2), reign: fc.constantFrom("10ms", "500ms", "3s") }),
    ({ client, reign }, draft) => ({
      elect: {
        name: "C",
        client: draft.client("locks", client),
        ttl: "2s",
        reign,
        as: draft.name("E"),
      },
    }),
  ),
]);

const PROGRAMS: readonly Kind[] = inGroup("programs", [
  kind(
    "bank",
    2,
    fc.record({
      clients: fc.integer({ min: 1, max: 3 }),
      transfers: fc.integer({ min: 2, max: 20 }),
    }),
    ({ clients, transfers }, draft) => ({
      bank: {
        name: `${draft.name("B")}-`,
        clients: Array.from({ length: clients }, (_, i) => draft.client("programs", i)),
        transfers,
        every: "50ms",
      },
    }),
  ),
  kind("queue", 2, fc.integer({ min: 2, max: 15 }), (items, draft) => ({
    queue: {
      name: `${draft.name("Q")}-`,
      producers: [draft.client("programs", 0)],
      consumers: [draft.client("programs", 1), draft.client("programs", 2)],
      items,
      every: "50ms",
    },
  })),
  kind("mirror", 2, fc.nat(3), (client, draft) => ({
    mirror: { prefix: "k", client: draft.client("programs", client), as: draft.name("C") },
  })),
]);

const TRAFFIC: readonly Kind[] = inGroup("traffic", [
  kind(
    "traffic",
    3,
    fc.record({
      of: fc.constantFrom("register", "set", "append", "multi-txn", "kubernetes", "mixed"),
      clients: fc.integer({ min: 1, max: 2 }),
      count: fc.integer({ min: 3, max: 25 }),
      every: fc.constantFrom("0s", "10ms", "100ms"),
      keys: fc.constantFrom(1, 3, 6),
      own: fc.boolean(),
    }),
    ({ of, clients, count, every, keys, own }, draft) => ({
      traffic: {
        of,
        clients: Array.from({ length: clients }, (_, i) => draft.client("traffic", i)),
        count,
        every,
        keys,
        // The keys of all others, or such as nobody else writes.
        prefix: own ? "t" : "k",
        as: draft.name("T"),
      },
    }),
  ),
]);

/**
 * Programs of clients, and clients that ask for one thing after the other. What programs keep is called by
 * capital letters: a transaction that deletes all from `a` on leaves it alone.
 */
export const PROGRAM_KINDS: readonly Kind[] = [...LOCKS, ...PROGRAMS, ...TRAFFIC];

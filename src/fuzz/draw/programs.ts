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
        write: `put lock-log=${draft.value("h")}`,
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
        name: "chief",
        client: draft.client("locks", client),
        ttl: "2s",
        reign,
        as: draft.name("E"),
      },
    }),
  ),
]);

/** Programs of clients that need each other. */
export const PROGRAM_KINDS: readonly Kind[] = [...LOCKS];

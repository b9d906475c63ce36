import { op } from "../../../api/build.ts";
import { key, record, text, word } from "../../read/scalars.ts";
import { type Action, action } from "./action.ts";
import { clientId, giveOperation, withOperation } from "./addressed.ts";
import { ttl } from "./leases.ts";

const TTL_DEFAULT = 10;

const ONE = "one thing at a time: `get: a`, `put: a` with its `value`, or `delete: a`";

interface Input {
  readonly get?: string | undefined;
  readonly put?: string | undefined;
  readonly delete?: string | undefined;
  readonly value?: string | undefined;
}

/** The one key that it is about. */
function keyOf(input: Input): string {
  return input.get ?? input.put ?? input.delete ?? "";
}

function isOne({ get, put, delete: deleted, value }: Input): boolean {
  const given = [get, put, deleted].filter((each) => each !== undefined);
  return given.length === 1 && (put !== undefined) === (value !== undefined);
}

/** Reads that a client answers itself, since it owns what it reads. */
export const LEASING_ACTIONS = {
  leasing: action(
    "A client reads (`get`), writes (`put` and `value`) or deletes a key through clientv3's leasing: what it has read is its own by a key under `prefix`, and read again from its cache, until somebody else who takes part wants to write it, or its session of `ttl` (of the first time) ends.",
    withOperation(
      record("key of leasing", {
        prefix: key.default("_leasing/"),
        client: clientId.default(1),
        ttl: ttl.default(TTL_DEFAULT),
        get: key.optional(),
        put: key.optional(),
        value: word.optional(),
        delete: key.optional(),
        as: text.optional(),
      }).refine(isOne, { error: ONE }),
      keyOf,
    ),
    (names, input) => {
      if (input.put !== undefined) names.give("key", input.put);
      giveOperation(names, input);
    },
    (world, { prefix, client: id, ttl: seconds, put, value, operation, ...input }) => {
      const { clients } = world;
      const name = keyOf({ put, ...input });
      const kv = clients.leasing(id, prefix, seconds);
      if (put !== undefined && value !== undefined) {
        clients.programs.asked(op.put(name, value));
        clients.perform(id, `put ${name}=${value} by leasing`, operation, function* (_, call) {
          call.response = { type: "put", response: yield* kv.put(name, value) };
        });
      } else if (input.delete !== undefined) {
        clients.programs.asked(op.delete(name));
        clients.perform(id, `delete ${name} by leasing`, operation, function* (_, call) {
          call.response = { type: "deleteRange", response: yield* kv.delete(name) };
        });
      } else {
        clients.perform(id, `get ${name} by leasing`, operation, function* (_, call) {
          call.response = { type: "range", response: yield* kv.get(name) };
        });
      }
    },
  ),
} satisfies Record<string, Action>;

import { z } from "zod";
import { prefixEnd } from "../../../api/ranges.ts";
import type { WatchFilter } from "../../../api/requests.ts";
import { duration, expected, flag, key, record, text } from "../../read/scalars.ts";
import { refersTo } from "../names.ts";
import { type Action, action } from "./action.ts";
import { clientId, giveClient, referToClient } from "./addressed.ts";
import { keys } from "./key-ranges.ts";
import { revision, revisionNow } from "./revisions.ts";

const HIDDEN = { put: "NOPUT", delete: "NODELETE" } as const satisfies Record<string, WatchFilter>;

/** How often a client takes a response; -1: never. */
const readEvery = z.union([duration, z.literal("never").transform(() => -1)], {
  error: (issue) => expected('a duration such as "200ms", or never', issue.input),
});

const watch = record("key of watch", {
  key: keys.optional(),
  prefix: key.optional(),
  from: revision.optional(),
  "prev-kv": flag.default(false),
  hide: z
    .array(
      z.enum(["put", "delete"], {
        error: (issue) => expected("put or delete", issue.input),
      }),
    )
    .default([]),
  "read-every": readEvery.optional(),
  "require-leader": flag.default(false),
  progress: flag.default(false),
  client: clientId.default(1),
  as: text,
}).refine((input) => (input.key === undefined) !== (input.prefix === undefined), {
  error: "a watch is of a `key`, or of a `prefix`",
});

/** What clients watch. */
export const WATCH_ACTIONS = {
  watch: action(
    "A client watches a key, several (`k*`, `a..c`, `a..`) or a prefix, `from` a revision (7, newest - 3) or from now on, without what is in `hide`; `read-every`: it takes a response only so often.",
    watch,
    (names, { client, as }) => {
      giveClient(names, client);
      names.reserve(as);
      names.give("watch", as);
    },
    (world, input) => {
      const client = world.clients.client(input.client);
      if (input["read-every"] !== undefined) world.readEvery(input.client, input["read-every"]);
      const { prefix = "" } = input;
      const watched = input.key ?? { key: prefix, rangeEnd: prefixEnd(prefix) };
      const watcher = client.watch(watched.key, {
        rangeEnd: watched.rangeEnd,
        startRevision: input.from === undefined ? 0 : revisionNow(world, input.from),
        prevKv: input["prev-kv"],
        filters: input.hide.map((type) => HIDDEN[type]),
        requireLeader: input["require-leader"],
        progressNotify: input.progress,
      });
      world.clients.watches.set(input.as, watcher);
    },
  ),
  "cancel-watch": action("A client ends its watch.", text, refersTo("watch"), (world, name) =>
    world.clients.watch(name).cancel(),
  ),
  "read-every": action(
    "From now on a client takes one watch response in so much time; 0s: as they come; never: none.",
    record("key of read-every", { client: clientId.default(1), time: readEvery }),
    (names, { client }) => referToClient(names, client, "client"),
    (world, { client, time }) => world.readEvery(client, time),
  ),
  "request-progress": action(
    "A client asks up to which revision its watches have received everything.",
    record("key of request-progress", {
      client: clientId.default(1),
      "require-leader": flag.default(false),
    }),
    (names, { client }) => referToClient(names, client, "client"),
    (world, input) => world.clients.client(input.client).requestProgress(input["require-leader"]),
  ),
} satisfies Record<string, Action>;

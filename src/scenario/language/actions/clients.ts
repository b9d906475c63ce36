import { op } from "../../../api/build.ts";
import type { KvRequest } from "../../../api/requests.ts";
import type { CallOptions } from "../../../client/client.ts";
import { PATIENT } from "../../../client/retry-policy.ts";
import {
  bytesFrom,
  duration,
  flag,
  integer,
  key,
  members,
  record,
  text,
  word,
} from "../../read/scalars.ts";
import { Workload } from "../../run/workload.ts";
import type { World } from "../../run/world.ts";
import { referToMembers } from "../member-names.ts";
import { type Action, action } from "./action.ts";
import {
  type Addressed,
  callOptions,
  clientId,
  giveClient,
  giveOperation,
  type NamedOperation,
  ONLY_NEEDS_TO,
  request,
  withOperation,
} from "./addressed.ts";
import { getInput, rangeOf } from "./gets.ts";
import { keys, type NamedKeys } from "./key-ranges.ts";

/** A simple operation is tried again, for long, where it certainly did not happen; others as clientv3 does. */
const SIMPLE: CallOptions = { policy: PATIENT };

/** More than any member takes, unless it is told to. */
const BYTES_MAX = 4 * 1024 * 1024;

/** An operation on one key. */
function call(
  world: World,
  request: KvRequest,
  text: string,
  how: Addressed & NamedOperation,
  policy: CallOptions = {},
): void {
  const options = { ...callOptions(world, how), ...policy };
  world.clients.ask(how.client, request, text, how.operation, options);
}

/** An operation on a key is called as the key is. */
const byKey = ({ key: name }: { readonly key: string | NamedKeys }): string =>
  typeof name === "string" ? name : name.text;

/** What clients ask for. Operations are known by `as`, else by their key, to conditions and expectations. */
export const CLIENT_ACTIONS = {
  put: action(
    "A client writes a key, under a `lease` if there is one. `to` is the first member it tries, `only: true` keeps it from trying others.",
    withOperation(
      request("key of put", {
        key,
        value: word,
        lease: text.optional(),
        "prev-kv": flag.default(false),
      }),
      byKey,
    ),
    (names, input) => {
      if (input.lease !== undefined) names.refer("lease", input.lease, "lease");
      names.give("key", input.key);
      giveOperation(names, input);
    },
    (world, { key: name, value, lease, "prev-kv": prevKv, ...how }) => {
      const id = lease === undefined ? 0n : world.clients.lease(lease).id;
      const put = op.put(name, value, { lease: id, prevKv });
      const isSimple = lease === undefined && !prevKv;
      call(world, put, `put ${name}=${value}`, how, isSimple ? SIMPLE : {});
    },
  ),
  get: action(
    "A client reads a key, or several (`k*`, `a..c`, `a..`), at a `revision`, up to `limit`, in the order of `sort` (key, version, created, modified, value, and descending), without values (`keys-only`) or their number only (`count-only`), in parts (`stream`, since 3.7).",
    getInput,
    giveOperation,
    (world, input) => {
      const { request, text, isSimple } = rangeOf(world, input);
      call(world, request, text, input, isSimple ? SIMPLE : { stream: input.stream });
    },
  ),
  delete: action(
    "A client deletes a key, or several (`k*`).",
    withOperation(request("key of delete", { key: keys, "prev-kv": flag.default(false) }), byKey),
    giveOperation,
    (world, { key: range, "prev-kv": prevKv, ...how }) => {
      const { key: name, rangeEnd, text } = range;
      const isSimple = rangeEnd === "" && !prevKv;
      const request = op.delete(name, { rangeEnd, prevKv });
      call(world, request, `delete ${text}`, how, isSimple ? SIMPLE : {});
    },
  ),
  puts: action(
    "A client writes key after key, `every` so often, waiting for each answer first (not so if `open`); %d is the number of the put; values are filled up to `bytes`.",
    record("key of puts", {
      count: integer(1, 100_000),
      every: duration.default(20_000),
      client: clientId.default(1),
      key: key.default("k%d"),
      value: word.default("v%d"),
      bytes: bytesFrom(0, BYTES_MAX).optional(),
      to: members.optional(),
      only: flag.default(false),
      open: flag.default(false),
    }).refine((input) => !input.only || input.to !== undefined, { error: ONLY_NEEDS_TO }),
    (names, input) => {
      names.giveKeys(input.key);
      giveClient(names, input.client);
      referToMembers(names, input.to, "to");
    },
    (world, { to, bytes: size = 0, ...plan }) => {
      const first = to === undefined ? 0 : world.member(to);
      world.workloads.push(new Workload({ ...plan, bytes: size, to: first }, world.cluster.now));
    },
  ),
} satisfies Record<string, Action>;

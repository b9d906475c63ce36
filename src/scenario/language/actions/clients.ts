import { z } from "zod";
import { op } from "../../../api/build.ts";
import type { KvRequest } from "../../../api/requests.ts";
import type { CallOptions } from "../../../client/client.ts";
import { PATIENT } from "../../../client/retry-policy.ts";
import {
  bytes,
  duration,
  expected,
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
import { revision as anyRevision, revisionNow } from "./revisions.ts";

/** A simple operation is tried again, for long, where it certainly did not happen; others as clientv3 does. */
const SIMPLE: CallOptions = { policy: PATIENT };

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
const byKey = ({ key: name }: { readonly key: string }): string => name;

const longGet = request("key of get", {
  key,
  serializable: flag.default(false),
  revision: anyRevision.optional(),
});
const PLAIN_GET = {
  ...{ serializable: false, revision: undefined },
  ...{ client: 1, to: undefined, only: false, as: undefined },
} as const;
const getInput = withOperation(
  z
    .union([key, longGet], {
      error: (issue) => expected("a key, or {key: …, to: …}", issue.input),
    })
    .transform((input) => (typeof input === "string" ? { ...PLAIN_GET, key: input } : input)),
  byKey,
);

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
  get: action("A client reads a key.", getInput, giveOperation, (world, input) => {
    const { key: name, serializable, revision } = input;
    if (revision === undefined) {
      call(world, op.get(name, { serializable }), `get ${name}`, input, SIMPLE);
    } else {
      const at = revisionNow(world, revision);
      const get = op.get(name, { serializable, revision: at });
      call(world, get, `get ${name} at revision ${at}`, input);
    }
  }),
  delete: action(
    "A client deletes a key.",
    withOperation(request("key of delete", { key }), byKey),
    giveOperation,
    (world, { key: name, ...how }) => call(world, op.delete(name), `delete ${name}`, how, SIMPLE),
  ),
  puts: action(
    "A client writes key after key, `every` so often, waiting for each answer first (not so if `open`); %d is the number of the put; values are filled up to `bytes`.",
    record("key of puts", {
      count: integer(1, 100_000),
      every: duration.default(20_000),
      client: clientId.default(1),
      key: key.default("k%d"),
      value: word.default("v%d"),
      bytes: bytes.optional(),
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

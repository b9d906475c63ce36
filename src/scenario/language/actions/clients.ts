import { z } from "zod";
import { op } from "../../../api/build.ts";
import type { ServiceRequest } from "../../../api/requests.ts";
import type { ClientRequestSpec } from "../../../sim/operation.ts";
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
  acts,
  asks,
  type Called,
  called,
  callOptions,
  clientId,
  ONLY_NEEDS_TO,
  request,
} from "./addressed.ts";

/** A simple operation: tried again, for long, where it certainly did not happen. */
function ask(world: World, simple: ClientRequestSpec, how: Addressed & Called): void {
  const operation = world.cluster.request(how.client, simple, callOptions(world, how));
  world.clients.named.set(how.operation, operation);
}

/** An operation with more to it: tried again as clientv3 does. */
function call(world: World, full: ServiceRequest, what: string, how: Addressed & Called): void {
  world.clients.ask(how.client, full, what, how.operation, callOptions(world, how));
}

/** An operation on a key is called as the key is. */
const byKey = ({ key: name }: { readonly key: string }): string => name;

const longGet = request("key of get", {
  key,
  serializable: flag.default(false),
  revision: integer(1).optional(),
});
const PLAIN_GET = {
  ...{ serializable: false, revision: undefined },
  ...{ client: 1, to: undefined, only: false, as: undefined },
} as const;
const getInput = called(
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
    "A client writes a key, under a `lease` if told so. `to` is the first member it tries, `only: true` keeps it from trying others.",
    called(
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
      asks(names, input);
    },
    (world, { key: name, value, lease, "prev-kv": prevKv, ...how }) => {
      if (lease === undefined && !prevKv) ask(world, { type: "put", key: name, value }, how);
      else {
        const id = lease === undefined ? 0n : world.clients.lease(lease).id;
        const full = op.put(name, value, { lease: id, prevKv });
        call(world, full, `put ${name}=${value}`, how);
      }
    },
  ),
  get: action("A client reads a key.", getInput, asks, (world, input) => {
    const { key: name, serializable, revision } = input;
    if (revision === undefined) ask(world, { type: "get", key: name, serializable }, input);
    else {
      const full = op.get(name, { serializable, revision });
      call(world, full, `get ${name} at revision ${revision}`, input);
    }
  }),
  delete: action(
    "A client deletes a key.",
    called(request("key of delete", { key }), byKey),
    asks,
    (world, { key: name, ...how }) => ask(world, { type: "delete", key: name }, how),
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
      acts(names, input.client);
      referToMembers(names, input.to, "to");
    },
    (world, { to, bytes: size = 0, ...plan }) => {
      const first = to === undefined ? 0 : world.member(to);
      world.workloads.push(new Workload({ ...plan, bytes: size, to: first }, world.cluster.now));
    },
  ),
} satisfies Record<string, Action>;

import { z } from "zod";
import type { ClientRequestSpec } from "../../sim/types.ts";
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
} from "../scalars.ts";
import type { Selector } from "../selectors.ts";
import { Workload } from "../workload.ts";
import type { World } from "../world.ts";
import { type Action, action } from "./action.ts";

const CLIENT_MAX = 32;
const ONLY_NEEDS_TO = "`only` needs `to`: the one member to ask";

const addressed = {
  client: integer(1, CLIENT_MAX).default(1),
  /** The first member to try; alone if `only`. */
  to: members.optional(),
  only: flag.default(false),
  as: text.optional(),
};

interface Addressed {
  readonly client: number;
  readonly to?: Selector | undefined;
  readonly only: boolean;
  readonly as?: string | undefined;
}

/** A request to one member: `only` says that no other is tried. */
function request<S extends z.ZodRawShape>(noun: string, shape: S) {
  return record(noun, { ...shape, ...addressed }).refine(
    (input) =>
      !("only" in input && input.only === true) || ("to" in input && input.to !== undefined),
    { error: ONLY_NEEDS_TO },
  );
}

function ask(world: World, request: ClientRequestSpec, how: Addressed): void {
  const to = how.to === undefined ? 0 : world.member(how.to);
  const options = to === 0 ? {} : { to, pin: how.only };
  world.named.set(how.as ?? request.key, world.cluster.request(how.client, request, options));
}

const shortGet = z.union([key, request("key of get", { key, serializable: flag.default(false) })], {
  error: (issue) => expected("a key, or {key: …, to: …}", issue.input),
});

/** What clients ask for. Operations are known by `as`, else by their key, to conditions and expectations. */
export const CLIENT_ACTIONS = {
  put: action(
    "A client writes a key. `to` is the first member it tries, `only: true` keeps it from trying others.",
    request("key of put", { key, value: word }),
    (world, { key: name, value, ...how }) => ask(world, { type: "put", key: name, value }, how),
  ),
  get: action("A client reads a key.", shortGet, (world, input) => {
    const plain: Addressed = { client: 1, only: false };
    if (typeof input === "string") {
      ask(world, { type: "get", key: input, serializable: false }, plain);
    } else {
      ask(world, { type: "get", key: input.key, serializable: input.serializable }, input);
    }
  }),
  delete: action(
    "A client deletes a key.",
    request("key of delete", { key }),
    (world, { key: name, ...how }) => ask(world, { type: "delete", key: name }, how),
  ),
  puts: action(
    "A client writes key after key, `every` so often, waiting for each answer first (not so if `open`); %d is the number of the put; values are filled up to `bytes`.",
    record("key of puts", {
      count: integer(1, 100_000),
      every: duration.default(20_000),
      client: integer(1, CLIENT_MAX).default(1),
      key: key.default("k%d"),
      value: word.default("v%d"),
      bytes: bytes.optional(),
      to: members.optional(),
      only: flag.default(false),
      open: flag.default(false),
    }).refine((input) => !input.only || input.to !== undefined, { error: ONLY_NEEDS_TO }),
    (world, { to, bytes: size = 0, ...plan }) => {
      const first = to === undefined ? 0 : world.member(to);
      world.workloads.push(new Workload({ ...plan, bytes: size, to: first }, world.cluster.now));
    },
  ),
} satisfies Record<string, Action>;

import { z } from "zod";
import { SECOND } from "../../../base/time.ts";
import { expected, flag, integer, lifetime, record, text } from "../../read/scalars.ts";
import type { ClientCall } from "../../run/client-call.ts";
import type { World } from "../../run/world.ts";
import type { NamesOf } from "../names.ts";
import { type Action, action } from "./action.ts";
import {
  type Addressed,
  callOptions,
  giveOperation,
  type NamedOperation,
  request,
  withOperation,
} from "./addressed.ts";

/** Leases have whole seconds. */
export const ttl = lifetime
  .refine((us) => us > 0 && us % SECOND === 0, { error: "a lease lives for whole seconds" })
  .transform((us) => us / SECOND);

interface OfLease extends NamedOperation {
  readonly lease: string;
  /** null: the lease's own client asks. */
  readonly how: Addressed | null;
}

const orName = {
  error: (issue: z.core.$ZodRawIssue) =>
    expected("the name of a lease, or {lease: …}", issue.input),
};

function ofLease(word: string, called: (lease: string) => string) {
  return z
    .union([text, request(`key of ${word}`, { lease: text })], orName)
    .transform((input) => named(input, called));
}

const timeToLive = z
  .union([text, request("key of time-to-live", { lease: text, keys: flag.default(true) })], orName)
  .transform((input) => ({
    ...named(input, (lease) => `time left of ${lease}`),
    keys: typeof input === "string" || input.keys,
  }));

function named(
  input: string | (Addressed & { readonly lease: string }),
  called: (lease: string) => string,
): OfLease {
  const how = typeof input === "string" ? null : input;
  const lease = typeof input === "string" ? input : input.lease;
  return { lease, how, as: how?.as, operation: how?.as ?? called(lease) };
}

const operationOnLease: NamesOf<OfLease> = (names, { lease, how, as, operation }) => {
  names.refer("lease", lease, "lease");
  if (how === null) names.give("operation", operation);
  else giveOperation(names, { ...how, as, operation });
};

function leaseOf(world: World, { lease: name, how }: OfLease) {
  const lease = world.clients.lease(name);
  return { lease, how: how ?? { client: lease.client, only: false } };
}

function keepAlive(world: World, name: string, on: boolean): void {
  const lease = world.clients.lease(name);
  lease.keepAlive?.stop();
  lease.keepAlive = on ? world.clients.client(lease.client).keepAlive(lease.id) : null;
}

function keepAliveOnce(world: World, name: string, operation: string): void {
  const { client, id } = world.clients.lease(name);
  world.clients.perform(client, `renew lease ${name} once`, operation, function* (process, call) {
    const response = yield* process.keepAliveOnce(id);
    call.response = { type: "leaseKeepAlive", response };
  });
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** Any int64 but 0; beyond what YAML's numbers hold it stands in quotes. */
const leaseId = z
  .union([integer(Number.MIN_SAFE_INTEGER), z.string().meta({ pattern: "^-?[0-9]{1,19}$" })], {
    error: (issue) => expected("the number of a lease, such as 7", issue.input),
  })
  .transform((input, context): bigint => {
    const isNumber = typeof input === "number" || /^-?[0-9]{1,19}$/.test(input);
    const id = isNumber ? BigInt(input) : 0n;
    if (id !== 0n && id >= INT64_MIN && id <= INT64_MAX) return id;
    const message = `${input} is no number of a lease: it has 64 bits, and is not 0`;
    context.issues.push({ code: "custom", message, input });
    return z.NEVER;
  });

/** What clients ask of leases. They are known by `as`. */
const longKeepAlive = record("key of keep-alive", {
  lease: text,
  on: flag.default(true),
  once: flag.default(false),
  as: text.optional(),
}).refine(({ on, once, as }) => (once ? on : as === undefined), {
  message: "`as` goes with `once: true`, and `on: false` does not",
});

const keepAliveInput = withOperation(
  z
    .union([text, longKeepAlive], {
      error: (issue) =>
        expected(
          "the name of a lease, {lease: …, on: false}, or {lease: …, once: true}",
          issue.input,
        ),
    })
    .transform((input) =>
      typeof input === "string" ? { lease: input, on: true, once: false, as: undefined } : input,
    ),
  ({ lease }) => `keep ${lease} alive`,
);

export const LEASE_ACTIONS = {
  lease: action(
    "A client is granted a lease, which is known as `as` (of several the newest); with `keep-alive` it renews it every third of its TTL. If the client chooses the `id`, the lease can be named before it is granted.",
    withOperation(
      request("key of lease", {
        ttl,
        id: leaseId.optional(),
        "keep-alive": flag.default(false),
      }).refine((input) => input.as !== undefined, {
        error: "a lease needs a name: `as`",
        path: ["as"],
      }),
      () => "",
    ),
    (names, input) => {
      names.give("lease", input.operation);
      giveOperation(names, input, "lease");
    },
    (world, input) => {
      const { client, ttl: seconds, id: chosen, operation: name } = input;
      const know = (id: bigint): void => {
        const keepAlive = world.clients.leases.get(name)?.keepAlive ?? null;
        world.clients.leases.set(name, { client, id, keepAlive });
      };
      const granted = (call: ClientCall): void => {
        if (call.response?.type !== "leaseGrant") return;
        // An answer to an older one counts no more.
        if (world.clients.named.get(name) !== call) return;
        if (chosen === undefined) know(call.response.response.id);
        if (input["keep-alive"]) keepAlive(world, name, true);
      };
      if (chosen !== undefined) know(chosen);
      const call = { type: "leaseGrant", request: { ttl: seconds, id: chosen ?? 0n } } as const;
      const what = `grant a lease of ${seconds} s`;
      world.clients.ask(client, call, what, name, callOptions(world, input), granted);
    },
  ),
  revoke: action(
    "A lease ends now, and its keys with it.",
    ofLease("revoke", (lease) => `revoke ${lease}`),
    operationOnLease,
    (world, input) => {
      const { lease, how } = leaseOf(world, input);
      const call = { type: "leaseRevoke", request: { id: lease.id } } as const;
      const what = `revoke lease ${input.lease}`;
      world.clients.ask(how.client, call, what, input.operation, callOptions(world, how));
    },
  ),
  "keep-alive": action(
    "The lease's client begins to renew it, or with `on: false` leaves it to its time; with `once` it renews it once, on a stream of its own.",
    keepAliveInput,
    (names, { lease, once, as, operation }) => {
      names.refer("lease", lease, "lease");
      if (as !== undefined) names.reserve(as);
      if (once) names.give("operation", operation);
    },
    (world, { lease, on, once, operation }) => {
      if (once) keepAliveOnce(world, lease, operation);
      else keepAlive(world, lease, on);
    },
  ),
  "time-to-live": action(
    "A client asks how long a lease still lives, and which keys it holds unless `keys: false`.",
    timeToLive,
    operationOnLease,
    (world, input) => {
      const { lease, how } = leaseOf(world, input);
      const call = {
        type: "leaseTimeToLive",
        request: { id: lease.id, keys: input.keys },
      } as const;
      const what = `how long lease ${input.lease} lives`;
      world.clients.ask(how.client, call, what, input.operation, callOptions(world, how));
    },
  ),
} satisfies Record<string, Action>;

import { z } from "zod";
import { SECOND } from "../../../base/time.ts";
import { duration, expected, flag, record, text } from "../../read/scalars.ts";
import type { ClientCall } from "../../run/client-call.ts";
import type { World } from "../../run/world.ts";
import { type Action, action } from "./action.ts";
import { callOptions, request } from "./addressed.ts";

/** Leases have whole seconds. */
export const ttl = duration
  .refine((us) => us > 0 && us % SECOND === 0, { error: "a lease lives for whole seconds" })
  .transform((us) => us / SECOND);

const ofLease = (noun: string) =>
  z.union([text, request(`key of ${noun}`, { lease: text })], {
    error: (issue) => expected("the name of a lease, or {lease: …}", issue.input),
  });

type OfLease = z.output<ReturnType<typeof ofLease>>;

function leaseOf(world: World, input: OfLease) {
  const name = typeof input === "string" ? input : input.lease;
  const lease = world.clients.lease(name);
  const how = typeof input === "string" ? { client: lease.client, only: false } : input;
  return { name, lease, how };
}

function keepAlive(world: World, name: string, on: boolean): void {
  const lease = world.clients.lease(name);
  lease.keepAlive?.stop();
  lease.keepAlive = on ? world.clients.client(lease.client).keepAlive(lease.id) : null;
}

function keepAliveOnce(world: World, name: string, as = `keep ${name} alive`): void {
  const { client, id } = world.clients.lease(name);
  world.clients.perform(client, `renew lease ${name} once`, as, function* (process, asked) {
    const response = yield* process.keepAliveOnce(id);
    asked.response = { type: "leaseKeepAlive", response };
  });
}

/** What clients ask of leases. They are known by `as`. */
const keeping = record("key of keep-alive", {
  lease: text,
  on: flag.default(true),
  once: flag.default(false),
  as: text.optional(),
}).refine(({ on, once, as }) => (once ? on : as === undefined), {
  message: "`as` goes with `once: true`, and `on: false` does not",
});

export const LEASE_ACTIONS = {
  lease: action(
    "A client is granted a lease, which is known as `as`; with `keep-alive` it renews it every third of its TTL.",
    request("key of lease", { ttl, "keep-alive": flag.default(false) }).refine(
      (input) => input.as !== undefined,
      { error: "a lease needs a name: `as`", path: ["as"] },
    ),
    (world, input) => {
      const name = input.as ?? "";
      const granted = ({ response }: ClientCall): void => {
        if (response?.type !== "leaseGrant") return;
        const { id } = response.response;
        world.clients.leases.set(name, { client: input.client, id, keepAlive: null });
        if (input["keep-alive"]) keepAlive(world, name, true);
      };
      const call = { type: "leaseGrant", request: { ttl: input.ttl, id: 0n } } as const;
      const what = `grant a lease of ${input.ttl} s`;
      world.clients.ask(input.client, call, what, name, callOptions(world, input), granted);
    },
  ),
  revoke: action("A lease ends now, and its keys with it.", ofLease("revoke"), (world, input) => {
    const { name, lease, how } = leaseOf(world, input);
    const call = { type: "leaseRevoke", request: { id: lease.id } } as const;
    const as = "as" in how && how.as !== undefined ? how.as : `revoke ${name}`;
    world.clients.ask(how.client, call, `revoke lease ${name}`, as, callOptions(world, how));
  }),
  "keep-alive": action(
    "The lease's client begins to renew it, or with `on: false` leaves it to its time; with `once` it renews it once, on a stream of its own.",
    z.union([text, keeping], {
      error: (issue) =>
        expected(
          "the name of a lease, {lease: …, on: false}, or {lease: …, once: true}",
          issue.input,
        ),
    }),
    (world, input) => {
      if (typeof input === "string") keepAlive(world, input, true);
      else if (input.once) keepAliveOnce(world, input.lease, input.as);
      else keepAlive(world, input.lease, input.on);
    },
  ),
  "time-to-live": action(
    "A client asks how long a lease still lives.",
    ofLease("time-to-live"),
    (world, input) => {
      const { name, lease, how } = leaseOf(world, input);
      const call = { type: "leaseTimeToLive", request: { id: lease.id, keys: true } } as const;
      const as = "as" in how && how.as !== undefined ? how.as : `time left of ${name}`;
      const what = `how long lease ${name} lives`;
      world.clients.ask(how.client, call, what, as, callOptions(world, how));
    },
  ),
} satisfies Record<string, Action>;

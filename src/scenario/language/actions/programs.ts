import { z } from "zod";
import { Bank } from "../../../sim/workloads/bank.ts";
import { Mirror } from "../../../sim/workloads/mirror.ts";
import { QueueTraffic } from "../../../sim/workloads/queue-traffic.ts";
import { TRAFFIC_KINDS, Traffic } from "../../../sim/workloads/traffic/traffic.ts";
import { duration, expected, flag, integer, key, record, text } from "../../read/scalars.ts";
import { BankProgram } from "../../run/programs/bank-program.ts";
import { MirrorProgram } from "../../run/programs/mirror-program.ts";
import { QueueProgram } from "../../run/programs/queue-program.ts";
import type { Kind, Names } from "../names.ts";
import { type Action, action } from "./action.ts";
import { clientId, giveClient } from "./addressed.ts";

const EVERY = 20_000;

const clients = (what: string) =>
  z
    .array(clientId)
    .min(1, what)
    .refine((ids) => new Set(ids).size === ids.length, {
      error: "a client is listed twice",
    });

const kind = z.enum(TRAFFIC_KINDS, {
  error: (issue) => expected(`one of ${TRAFFIC_KINDS.join(", ")}`, issue.input),
});

/** There is one of a name, and its keys are its own. */
function giveOnce(names: Names, kind: Kind, name: string): void {
  if (names.isGiven(kind, name)) names.complain(`there is a ${kind} "${name}" already`, ["name"]);
  names.give(kind, name);
}

/** Programs of several clients, which know by themselves what must never happen. */
export const PROGRAM_ACTIONS = {
  bank: action(
    "Clients move money between accounts by software transactional memory, each so many `transfers`.",
    record("key of bank", {
      name: key,
      clients: clients("a bank has clients"),
      accounts: integer(2, 100).default(4),
      balance: integer(0, 1_000_000_000).default(100),
      transfers: integer(1, 1_000_000).default(10),
      every: duration.default(EVERY),
    }),
    (names, { name, clients }) => {
      giveOnce(names, "bank", name);
      names.giveKeys(`${name}/%d`);
      for (const client of clients) giveClient(names, client);
    },
    (world, { every: everyUs, ...bank }) => {
      const plan = { ...bank, everyUs, isolation: "serializable-snapshot" } as const;
      const { name } = plan;
      const program = new BankProgram(
        new Bank(world.cluster, plan, world.cluster.stream(`bank ${name}`)),
      );
      world.clients.programs.banks.set(name, program);
    },
  ),
  queue: action(
    "Producers put so many `items` each into a queue, and consumers take them out, until the run ends.",
    record("key of queue", {
      name: key,
      producers: clients("a queue has producers"),
      consumers: clients("a queue has consumers"),
      items: integer(1, 1_000_000).default(10),
      every: duration.default(EVERY),
    }),
    (names, { name, producers, consumers }) => {
      giveOnce(names, "queue", name);
      names.giveKeys(`${name}/*`);
      for (const client of [...producers, ...consumers]) giveClient(names, client);
    },
    (world, { every: everyUs, ...queue }) => {
      const program = new QueueProgram(new QueueTraffic(world.cluster, { ...queue, everyUs }));
      world.clients.programs.queues.set(queue.name, program);
    },
  ),
  mirror: action(
    "A client keeps a copy of all keys with a prefix: it reads them, and watches from there on, until the run ends.",
    record("key of mirror", { prefix: key, client: clientId.default(1), as: text }),
    (names, { client, as }) => {
      names.reserve(as);
      names.give("mirror", as);
      giveClient(names, client);
    },
    (world, { prefix, client, as }) => {
      const mirror = new Mirror(world.cluster, client, prefix);
      world.clients.programs.mirrors.set(as, new MirrorProgram(mirror, prefix));
    },
  ),
  traffic: action(
    "Clients do one random thing after the other, `count` each, `every` so often, waiting for each answer first (not so if `open`), on so many `keys` (k0, k1 …): `of` single values (register), lists in a key (set) or in two (append), transactions (multi-txn), as Kubernetes does, or all of that (mixed).",
    record("key of traffic", {
      clients: clients("traffic is made by clients"),
      of: kind.default("mixed"),
      count: integer(1, 1_000_000).default(100),
      every: duration.default(EVERY),
      keys: integer(1, 10_000).default(4),
      prefix: key.default("k"),
      open: flag.default(false),
      as: text.default("traffic"),
    }).refine(({ open, every }) => !open || every > 0, {
      error: "without waiting for answers all would come at once: say how often, with `every`",
      path: ["open"],
    }),
    (names, { clients, prefix, as }) => {
      names.reserve(as);
      names.give("traffic", as);
      names.giveKeys(`${prefix}%d`);
      for (const client of clients) giveClient(names, client);
    },
    (world, { of: kind, every: everyUs, as, ...traffic }) => {
      const random = world.cluster.stream(`traffic ${as}`);
      const made = new Traffic(world.cluster, { ...traffic, kind, everyUs }, random);
      world.clients.programs.addTraffic(as, made);
    },
  ),
} satisfies Record<string, Action>;

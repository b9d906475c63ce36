import { z } from "zod";
import { rootRandom } from "../../../base/random.ts";
import { SECOND } from "../../../base/time.ts";
import type { Leader } from "../../../client/recipes/election.ts";
import { Bank } from "../../../sim/workloads/bank.ts";
import { duration, flag, integer, key, parsed, record, text, word } from "../../read/scalars.ts";
import { mutexName } from "../../run/client-book.ts";
import { campaign, observe, workUnderLock } from "../../run/programs/lock.ts";
import { giveLock, referToOwnLock } from "../lock-names.ts";
import { type Action, action } from "./action.ts";
import { clientId, giveClient, giveOperation, withOperation } from "./addressed.ts";
import { ttl } from "./leases.ts";
import { namesOfOperation, type Operation, parseOperation, requestOf } from "./txn-syntax.ts";

const TTL_DEFAULT = 10;

/** Who asks for a lock, or a leadership, is called `2 jobs`. */
const byHolder = ({ client, name }: { readonly client: number; readonly name: string }): string =>
  mutexName(client, name);

/** Programs of clients that need each other: locks, elections, transfers of money. */
export const LOCK_ACTIONS = {
  lock: action(
    "A client waits for a lock, works for so long as `hold` says, does `write` (guarded by its fencing token if `fenced`), and gives it back; without `hold` it keeps it.",
    withOperation(
      record("key of lock", {
        name: key,
        client: clientId.default(1),
        ttl: ttl.default(TTL_DEFAULT),
        hold: duration.optional(),
        write: parsed<Operation>('an operation such as "put a=1"', parseOperation).optional(),
        fenced: flag.default(false),
        as: text.optional(),
      }).refine(({ hold, write }) => write === undefined || hold !== undefined, {
        error: "a write comes at the end of `hold`",
      }),
      byHolder,
    ),
    (names, input) => {
      if (input.write !== undefined) namesOfOperation(names, input.write, input.client, "write");
      giveLock(names, input.client, input.name);
      giveOperation(names, input);
    },
    (world, { name, client: id, ttl: seconds, hold, write, fenced, operation }) => {
      const request = write === undefined ? null : requestOf(write, world, id);
      const plan = { name, ttl: seconds, hold: hold ?? null, write: request, fenced };
      const what = `work under the lock ${name}`;
      world.clients.perform(id, what, operation, (client, call) =>
        workUnderLock(client, call, plan, (mutex) =>
          world.clients.mutexes.set(mutexName(id, name), mutex),
        ),
      );
    },
  ),
  unlock: action(
    "A client gives a lock back that it keeps.",
    record("key of unlock", { name: key, client: clientId.default(1) }),
    (names, { name, client }) => referToOwnLock(names, client, name, "name"),
    (world, { name, client }) => {
      const mutex = world.clients.mutex(client, name);
      world.clients.perform(client, `unlock ${name}`, null, () => mutex.unlock());
    },
  ),
  elect: action(
    "A client stands for election, leads for so long as `reign` says, and resigns.",
    withOperation(
      record("key of elect", {
        name: key,
        client: clientId.default(1),
        ttl: ttl.default(TTL_DEFAULT),
        reign: duration.default(SECOND),
        value: word.optional(),
        as: text.optional(),
      }),
      byHolder,
    ),
    (names, input) => {
      giveLock(names, input.client, input.name);
      giveOperation(names, input);
    },
    (world, { name, client: id, ttl: seconds, reign, value, operation }) => {
      const plan = { name, ttl: seconds, reign, value: value ?? `c${id}` };
      const what = `stand for ${name}`;
      world.clients.perform(id, what, operation, (client) => campaign(client, plan));
    },
  ),
  observe: action(
    "A client observes who leads, and what is proclaimed, until the run ends.",
    record("key of observe", { name: key, client: clientId.default(1), as: text }),
    (names, { client, as }) => {
      giveClient(names, client);
      names.reserve(as);
      names.give("observer", as);
    },
    (world, { name, client: id, as }) => {
      const leaders: Leader[] = [];
      world.clients.observed.set(as, leaders);
      const client = world.clients.client(id);
      client.run(observe(client, name, (leader) => void leaders.push(leader)));
    },
  ),
  bank: action(
    "Clients move money between accounts by software transactional memory, each so many `transfers`.",
    record("key of bank", {
      name: key,
      clients: z.array(clientId).min(1, "a bank has clients"),
      accounts: integer(2, 100).default(4),
      balance: integer(0).default(100),
      transfers: integer(1).default(10),
      every: duration.default(20_000),
    }),
    (names, { name, clients }) => {
      names.give("bank", name);
      names.giveKeys(`${name}/%d`);
      for (const client of clients) giveClient(names, client);
    },
    (world, { name, clients, accounts, balance, transfers, every }) => {
      const { cluster } = world;
      const isolation = "serializable-snapshot";
      const plan = {
        name,
        clients,
        accounts,
        balance,
        transfers,
        everyUs: every,
        isolation,
      } as const;
      const random = rootRandom(cluster.options.seed).fork(`bank ${name}`);
      world.clients.banks.set(name, new Bank(cluster, plan, random));
    },
  ),
} satisfies Record<string, Action>;

import { SECOND } from "../../../base/time.ts";
import type { Leader } from "../../../client/recipes/election.ts";
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

/** Locks and elections: programs of single clients that need each other. */
export const LOCK_ACTIONS = {
  lock: action(
    "A client waits for a lock, works for so long as `hold` says, does `write` (guarded by its fencing token if `fenced`), and gives it back; without `hold` it keeps it. So often as `rounds` says, each in a session of its own.",
    withOperation(
      record("key of lock", {
        name: key,
        client: clientId.default(1),
        ttl: ttl.default(TTL_DEFAULT),
        hold: duration.optional(),
        rounds: integer(1, 1_000_000).default(1),
        write: parsed<Operation>('an operation such as "put a=1"', parseOperation).optional(),
        fenced: flag.default(false),
        as: text.optional(),
      })
        .refine(({ hold, write }) => write === undefined || hold !== undefined, {
          error: "a write comes at the end of `hold`",
        })
        .refine(({ hold, rounds }) => rounds === 1 || hold !== undefined, {
          error: "rounds end by giving the lock back: say when, with `hold`",
          path: ["rounds"],
        }),
      byHolder,
    ),
    (names, input) => {
      if (input.write !== undefined) namesOfOperation(names, input.write, input.client, "write");
      giveLock(names, input.client, input.name);
      giveOperation(names, input);
    },
    (world, { name, client: id, ttl: seconds, hold, rounds, write, fenced, operation }) => {
      const request = write === undefined ? null : requestOf(write, world, id);
      const plan = { name, ttl: seconds, hold: hold ?? null, rounds, write: request, fenced };
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
} satisfies Record<string, Action>;

import { plural } from "../../../trace/names.ts";
import { integer, text } from "../../read/scalars.ts";
import { lookUp } from "../../run/client-book.ts";
import { upOf } from "../member-states.ts";
import { refersTo } from "../names.ts";
import { type ExpectationKey, each, expectation } from "./finding.ts";

/** About programs of several clients. */
export const PROGRAM_EXPECTATIONS = {
  "queue kept": expectation(
    "the queue of which nothing was taken twice, and nothing lost that was acknowledged",
    text,
    refersTo("queue"),
    (name) => (world) => {
      const queue = lookUp("queue", name, world.clients.programs.queues);
      const { sent, taken } = queue.workers;
      const members = upOf(world).map(({ id }) => id);
      const [wrong] = queue.wrong({ cluster: world.cluster, members });
      return {
        ok: wrong === undefined,
        found: wrong ?? `${sent.length} items sent, ${taken.length} taken`,
      };
    },
  ),
  "mirror equal": expectation(
    "the mirror that holds what every member that is up holds",
    text,
    refersTo("mirror"),
    (name) => (world) => {
      const mirror = lookUp("mirror", name, world.clients.programs.mirrors);
      const now = upOf(world).map(({ id }) => mirror.differenceNow(world.cluster, id));
      const wrong = now.find((difference) => difference !== null) ?? null;
      const { entries, revision } = mirror.workers;
      return {
        ok: wrong === null,
        found: `${name} ${wrong ?? `has ${entries.size} ${plural(entries.size, "key")}`}; it is at revision ${revision}`,
      };
    },
  ),
  "traffic at least": each(
    "so many operations of clients' traffic succeeded",
    integer(1),
    refersTo("traffic"),
    (world, name, wanted) => {
      const { workers } = lookUp("traffic", name, world.clients.programs.traffic);
      const { succeeded, failures } = workers;
      return { ok: succeeded >= wanted, found: `${name}: ${succeeded}, and ${failures} failed` };
    },
  ),
} satisfies Record<string, ExpectationKey>;

import { z } from "zod";
import { plural } from "../../../trace/names.ts";
import { formatDuration } from "../../read/duration.ts";
import { integer, memberId, someNames, text, word } from "../../read/scalars.ts";
import { lookUp } from "../../run/client-book.ts";
import { leaseRecord, watchRecord } from "../../run/lookups.ts";
import { clientId } from "../actions/addressed.ts";
import { referToMembers } from "../member-names.ts";
import { groupedBy, upOf } from "../member-states.ts";
import { refersTo } from "../names.ts";
import { names } from "../selectors.ts";
import { all, type ExpectationKey, each, expectation } from "./finding.ts";
import { between } from "./span.ts";

/** A list, or how long it is. */
function sequence(actual: readonly string[], wanted: number | readonly string[], noun: string) {
  if (typeof wanted === "number") {
    return { ok: actual.length === wanted, found: `${actual.length} ${noun}` };
  }
  const at = actual.findIndex((item, i) => item !== wanted[i]);
  const same = at < 0 && actual.length === wanted.length;
  if (same || actual.length <= SHOWN) return { ok: same, found: actual.join(", ") || "nothing" };
  const place = Math.max(0, at);
  return { ok: false, found: `${actual.length} ${noun}; number ${place + 1}: ${actual[place]}` };
}

const SHOWN = 8;

const changes = z.union([integer(0), z.array(text)], "expected a list, or a number of changes");

/** About what clients watch, hold and lead. */
export const CLIENT_EXPECTATIONS = {
  watched: each(
    "what watches received, in order (`[put a=1, delete b]`), or how many changes",
    changes,
    refersTo("watch"),
    (world, name, wanted) => {
      const finding = sequence(watchRecord(world, name).received, wanted, "changes");
      return { ok: finding.ok, found: `${name}: ${finding.found}` };
    },
  ),
  "progress told": each(
    "the revisions up to which watches were said to know everything, in order",
    z.array(integer(1)),
    refersTo("watch"),
    (world, name, wanted) => {
      const { progress } = watchRecord(world, name);
      return {
        ok: progress.join() === wanted.join(),
        found: `${name}: ${progress.join(", ") || "none"}`,
      };
    },
  ),
  "watch cancelled": each(
    "watches that ended because history before this revision is gone; 0: for another reason",
    integer(0),
    refersTo("watch"),
    (world, name, revision) => {
      const { canceled } = watchRecord(world, name);
      if (canceled === null) return { ok: false, found: `${name} goes on` };
      const { compactRevision, reason } = canceled;
      const why = compactRevision > 0 ? `compacted to ${compactRevision}` : reason;
      return { ok: compactRevision === revision, found: `${name} was cancelled: ${why}` };
    },
  ),
  "served by": each(
    "the members that served a watch, one after the other",
    z.array(memberId),
    (names, wanted) => {
      refersTo("watch")(names, wanted);
      for (const [name, ids] of Object.entries(wanted)) referToMembers(names, ids, name);
    },
    (world, name, wanted) => {
      const { servedBy } = watchRecord(world, name);
      return { ok: servedBy.join() === wanted.join(), found: `${name}: ${names(servedBy)}` };
    },
  ),
  "victim at least": each(
    "how often a watch became a victim: its client reads so slowly that there was no room for more",
    integer(1),
    refersTo("watch"),
    (world, name, wanted) => {
      const { victim } = watchRecord(world, name);
      return {
        ok: victim >= wanted,
        found: `${name} became a victim ${victim} ${plural(victim, "time")}`,
      };
    },
  ),
  "lease lasted": each(
    "how long leases lasted from their grant to their end: `{L: {from: 10s, to: 12s}}`",
    between,
    refersTo("lease"),
    (world, name, { from, to }) => {
      const lease = leaseRecord(world, name);
      if (lease === undefined) return { ok: false, found: `${name} was never granted` };
      const { grantedAt, revokedAt } = lease;
      if (revokedAt === null) return { ok: false, found: `${name} is still there` };
      const lasted = revokedAt - grantedAt;
      return { ok: lasted >= from && lasted <= to, found: `${name}: ${formatDuration(lasted)}` };
    },
  ),
  "lease alive": expectation(
    "leases that did not end",
    someNames,
    refersTo("lease"),
    (input) => (world) =>
      all(
        (typeof input === "string" ? [input] : input).map((name) => {
          const lease = leaseRecord(world, name);
          if (lease === undefined) return { ok: false, found: `${name} was never granted` };
          const { grantedAt, revokedAt, renewals } = lease;
          return revokedAt === null
            ? {
                ok: true,
                found: `${name} is there, renewed ${renewals} ${plural(renewals, "time")}`,
              }
            : { ok: false, found: `${name} ended after ${formatDuration(revokedAt - grantedAt)}` };
        }),
      ),
  ),
  held: each(
    "the clients that got a lock or leadership, one after the other",
    z.array(clientId),
    refersTo("lock"),
    (world, name, wanted) => {
      const records = world.history.clientRecord.holds.get(name) ?? [];
      const taken = records.filter(({ action }) => action === "acquire");
      const clients = taken.map(({ client }) => client);
      const shown = taken.map(({ client, fence }) => `client ${client} (fence ${fence})`);
      return {
        ok: clients.join() === wanted.join(),
        found: `${name}: ${shown.join(", ") || "nobody"}`,
      };
    },
  ),
  observed: each(
    "the leaders that observers of an election saw, in order",
    z.array(word),
    refersTo("observer"),
    (world, name, wanted) => {
      const values = lookUp("observer", name, world.clients.observed).map(({ value }) => value);
      return { ok: values.join() === wanted.join(), found: `${name}: ${values.join(", ")}` };
    },
  ),
  "sum kept": expectation(
    "the bank whose money is all there, on all members that are up",
    text,
    refersTo("bank"),
    (name) => (world) => {
      const bank = lookUp("bank", name, world.clients.programs.banks);
      const { total, transferred, failures } = bank.workers;
      const { groups, text: sums } = groupedBy(upOf(world), ({ id }) =>
        bank.sumOn(world.cluster, id),
      );
      return {
        ok: groups.size === 1 && groups.has(total),
        found: `${transferred} ${plural(transferred, "transfer")}, ${failures} unsure; the sum on ${sums}`,
      };
    },
  ),
} satisfies Record<string, ExpectationKey>;

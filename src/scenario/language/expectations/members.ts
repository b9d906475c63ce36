import { z } from "zod";
import type { MemberView } from "../../../sim/view.ts";
import { plural } from "../../../trace/names.ts";
import { formatDuration } from "../../read/duration.ts";
import { integer, memberId, members, perMember } from "../../read/scalars.ts";
import type { World } from "../../run/world.ts";
import { referToMemberKeys, referToMembers } from "../member-names.ts";
import { upOf } from "../member-states.ts";
import { formatSelector, names } from "../selectors.ts";
import { all, type ExpectationKey, expectation } from "./finding.ts";

/** An expectation about something that happened, or did not, to members. */
function happened(
  about: string,
  found: (world: World, id: number) => string | null,
): ExpectationKey {
  return expectation(about, members, referToMembers, (who) => (world) => {
    const findings = world.members(who).map((id) => {
      const seen = found(world, id);
      return { ok: seen !== null, found: seen ?? `it did not happen to m${id}` };
    });
    return all(findings);
  });
}

/** An expectation about a number of every member named. */
function numbers(about: string, value: (view: MemberView, world: World) => number): ExpectationKey {
  return expectation(about, perMember(integer(0)), referToMemberKeys, (list) => (world) => {
    const findings = list.flatMap(({ members: who, value: wanted }) =>
      world.members(who).map((id) => {
        const actual = value(world.cluster.view(id), world);
        return { ok: actual === wanted, found: `m${id}: ${actual}` };
      }),
    );
    return all(findings);
  });
}

function configuration(
  about: string,
  part: (view: MemberView) => readonly number[],
): ExpectationKey {
  return expectation(about, z.array(memberId), referToMembers, (wanted) => (world) => {
    const leader = world.cluster.leader();
    const view = leader === 0 ? upOf(world)[0] : world.cluster.view(leader);
    if (view === undefined) return { ok: false, found: "no member is up" };
    const actual = [...part(view)].sort((a, b) => a - b);
    const ok = actual.join() === [...wanted].sort((a, b) => a - b).join();
    return { ok, found: `m${view.id} knows ${names(actual)}` };
  });
}

/** About what happened to members, and what they hold. */
export const MEMBER_EXPECTATIONS = {
  "stepped down": happened(
    "members that led, and stopped leading while they were up",
    (world, id) => {
      const down = world.history.stepDowns.find(({ member }) => member === id);
      return down === undefined
        ? null
        : `m${id} stepped down at ${formatDuration(down.at)} (${down.reason})`;
    },
  ),
  "never led": expectation(
    "members that were not leader at any time",
    members,
    referToMembers,
    (who) => (world) => {
      const led = world.members(who).filter((id) => world.history.leaders().includes(id));
      return led.length > 0
        ? { ok: false, found: `${names(led)} led` }
        : { ok: true, found: `${formatSelector(who)} did not` };
    },
  ),
  truncated: happened("members that dropped conflicting entries from their logs", (world, id) => {
    const count = world.history.truncated.get(id) ?? 0;
    return count === 0 ? null : `m${id} dropped ${count} ${plural(count, "entry", "entries")}`;
  }),
  "snapshot installed": happened("members that took over a leader's snapshot", (world, id) => {
    const index = world.history.installed.get(id);
    return index === undefined ? null : `m${id} took over a snapshot at index ${index}`;
  }),
  "refused to start": happened("members that found their disk damaged", (world, id) => {
    const reason = world.history.refusals.get(id);
    return reason === undefined ? null : `m${id}: ${reason}`;
  }),
  repaired: happened("members that mended their log when they started", (world, id) => {
    const what = world.history.repairs.get(id);
    return what === undefined ? null : `m${id}: ${what}`;
  }),
  "lost unsynced bytes": happened("members whose crash cost bytes not yet synced", (world, id) => {
    const lost = world.history.lostBytes.get(id) ?? 0;
    return lost === 0 ? null : `m${id} lost ${lost} ${plural(lost, "byte")}`;
  }),
  promoted: happened("learners that became voters", (world, id) => {
    const conf = world.history.confs.get(id);
    const voter = conf?.voters.includes(id) === true;
    return voter && world.history.wasLearner.has(id) ? `m${id} was a learner, now votes` : null;
  }),
  voters: configuration("the voters that the leader knows", (view) => view.conf.voters),
  learners: configuration("the learners that the leader knows", (view) => view.conf.learners),
  "last index": numbers("the index of members' last entry", (view) => view.lastIndex),
  "commit index": numbers("the index that members know as committed", (view) => view.commit),
  "log ends with": expectation(
    "the terms of the last entries of members' logs",
    perMember(z.array(integer(0)).min(1, "an empty list says nothing of a log's end")),
    referToMemberKeys,
    (list) => (world) => {
      const findings = list.flatMap(({ members: who, value }) =>
        world.members(who).map((id) => {
          const tail = (world.history.logs.get(id)?.terms ?? []).slice(-value.length);
          return { ok: tail.join() === value.join(), found: `m${id}: ${tail.join(" ")}` };
        }),
      );
      return findings.every(({ ok }) => ok) ? { ok: true, found: "so they do" } : all(findings);
    },
  ),
} satisfies Record<string, ExpectationKey>;

import { z } from "zod";
import { plural } from "../../../trace/names.ts";
import { bytes, expected, integer, perMember, version } from "../../read/scalars.ts";
import { alarmsOf } from "../../run/lookups.ts";
import { referToMemberKeys } from "../member-names.ts";
import { upOf } from "../member-states.ts";
import { noNames } from "../names.ts";
import { all, type ExpectationKey, expectation } from "./finding.ts";

function size(about: string, fits: (actual: number, wanted: number) => boolean): ExpectationKey {
  return expectation(
    about,
    bytes,
    noNames,
    (wanted) => (world) =>
      all(
        upOf(world).map(({ id }) => {
          const actual = world.cluster.inspect(id)?.databaseBytes ?? 0;
          return { ok: fits(actual, wanted), found: `m${id}: ${actual} ${plural(actual, "byte")}` };
        }),
      ),
  );
}

const kind = z.enum(["NOSPACE", "CORRUPT"], {
  error: (issue) => expected("NOSPACE or CORRUPT", issue.input),
});

/** About members' databases, and the alarms that are on. */
export const DATABASE_EXPECTATIONS = {
  alarms: expectation(
    "the alarms that are on, and about which member: `{m1: NOSPACE}`; `{}`: none",
    perMember(kind),
    referToMemberKeys,
    (list) => (world) => {
      const wanted = list
        .flatMap(({ members, value }) => world.members(members).map((id) => `m${id} ${value}`))
        .sort();
      const actual = alarmsOf(world)
        .map(({ alarm, member }) => `${member === 0 ? "nobody" : `m${member}`} ${alarm}`)
        .sort();
      return { ok: actual.join() === wanted.join(), found: actual.join(", ") || "none is on" };
    },
  ),
  "database smaller than": size("of each member that is up", (actual, wanted) => actual < wanted),
  "database larger than": size("of each member that is up", (actual, wanted) => actual > wanted),
  revision: expectation(
    "the revision of members' stores",
    perMember(integer(1)),
    referToMemberKeys,
    (list) => (world) =>
      all(
        list.flatMap(({ members, value }) =>
          world.members(members).map((id) => {
            const { revision } = world.cluster.view(id);
            return { ok: revision === value, found: `m${id}: revision ${revision}` };
          }),
        ),
      ),
  ),
  "cluster version": expectation(
    "the version that members have agreed on",
    version,
    noNames,
    (wanted) => (world) =>
      all(
        upOf(world).map(({ id }) => {
          const actual = world.cluster.inspect(id)?.clusterVersion ?? "";
          return { ok: actual === wanted, found: `m${id}: ${actual === "" ? "none" : actual}` };
        }),
      ),
  ),
  "compacted to": expectation(
    "reads below this revision fail, on members",
    perMember(integer(1)),
    referToMemberKeys,
    (list) => (world) =>
      all(
        list.flatMap(({ members, value }) =>
          world.members(members).map((id) => {
            const { compactRevision } = world.cluster.view(id);
            return { ok: compactRevision === value, found: `m${id}: ${compactRevision}` };
          }),
        ),
      ),
  ),
} satisfies Record<string, ExpectationKey>;

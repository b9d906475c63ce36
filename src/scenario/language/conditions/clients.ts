import { z } from "zod";
import { expected, integer, text } from "../../read/scalars.ts";
import { alarmsOf, leaseRecord, watchRecord } from "../../run/lookups.ts";
import { clientId } from "../actions/addressed.ts";
import { referToHolders } from "../lock-names.ts";
import { noNames, refersTo } from "../names.ts";
import { type ConditionKey, condition, whenever } from "./condition.ts";

const perName = <V>(value: z.ZodType<V>) => z.record(z.string(), value);

const alarmKind = z.enum(["NOSPACE", "CORRUPT", "none"], {
  error: (issue) => expected("NOSPACE, CORRUPT or none", issue.input),
});

/** About watches, leases, locks, alarms and the store. */
export const DATA_CONDITIONS = {
  watched: condition(
    "watches received so many changes: `{W: 3}`",
    perName(integer(1)),
    refersTo("watch"),
    (wanted) =>
      whenever((world) =>
        Object.entries(wanted).every(([name, n]) => watchRecord(world, name).received.length >= n),
      ),
  ),
  "watched to": condition(
    "watches know of a revision: `{W: 7}`",
    perName(integer(1)),
    refersTo("watch"),
    (wanted) =>
      whenever((world) =>
        Object.entries(wanted).every(([name, n]) => watchRecord(world, name).revision >= n),
      ),
  ),
  "watch cancelled": condition("a watch came to its end", text, refersTo("watch"), (name) =>
    whenever((world) => watchRecord(world, name).canceled !== null),
  ),
  "lease gone": condition("a lease was revoked, or expired", text, refersTo("lease"), (name) =>
    whenever((world) => (leaseRecord(world, name)?.revokedAt ?? null) !== null),
  ),
  renewed: condition(
    "leases were renewed so often: `{L: 3}`",
    perName(integer(1)),
    refersTo("lease"),
    (wanted) =>
      whenever((world) =>
        Object.entries(wanted).every(([name, n]) => (leaseRecord(world, name)?.renewals ?? 0) >= n),
      ),
  ),
  holds: condition(
    "locks and leaderships are held by clients: `{jobs: 2}`",
    perName(clientId),
    referToHolders,
    (wanted) =>
      whenever((world) =>
        Object.entries(wanted).every(
          ([name, client]) => world.history.clientRecord.holder(name) === client,
        ),
      ),
  ),
  alarm: condition("an alarm of this kind is on, or `none`", alarmKind, noNames, (kind) =>
    whenever((world) => {
      const alarms = alarmsOf(world);
      return kind === "none" ? alarms.length === 0 : alarms.some(({ alarm }) => alarm === kind);
    }),
  ),
  compacted: condition(
    "all members that are up compacted to this revision",
    integer(1),
    noNames,
    (revision) =>
      whenever((world) =>
        world.cluster
          .views()
          .every((view) => view.status !== "up" || view.compactRevision >= revision),
      ),
  ),
} satisfies Record<string, ConditionKey>;

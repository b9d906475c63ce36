import { z } from "zod";
import { formatDuration } from "../../read/duration.ts";
import { expected, integer, text, version } from "../../read/scalars.ts";
import { few } from "../../run/in-vain.ts";
import { alarmsOf, leaseRecord, watchRecord } from "../../run/lookups.ts";
import type { World } from "../../run/world.ts";
import { clientId } from "../actions/addressed.ts";
import { referToHolders } from "../lock-names.ts";
import { upOf } from "../member-states.ts";
import { noNames, refersTo } from "../names.ts";
import { type ConditionKey, condition, whenever } from "./condition.ts";

const perName = <V>(value: z.ZodType<V>) => z.record(z.string(), value);

const alarmKind = z.enum(["NOSPACE", "CORRUPT", "none"], {
  error: (issue) => expected("NOSPACE, CORRUPT or none", issue.input),
});

function watchesNow(world: World, names: readonly string[]): string {
  const texts = names.map((name) => {
    const { received, revision, canceled } = watchRecord(world, name);
    const end = canceled === null ? "" : `, and was cancelled (${canceled.reason})`;
    return `${name} received ${received.length} changes and knows of revision ${revision}${end}`;
  });
  return few(texts);
}

function leasesNow(world: World, names: readonly string[]): string {
  const texts = names.map((name) => {
    const lease = leaseRecord(world, name);
    if (lease === undefined) return `${name} was never granted`;
    const { renewals, revokedAt } = lease;
    const end = revokedAt === null ? "is there" : `ended at ${formatDuration(revokedAt)}`;
    return `${name} ${end}, renewed ${renewals} times`;
  });
  return few(texts);
}

function holdersNow(world: World, names: readonly string[]): string {
  const texts = names.map((name) => {
    const client = world.history.clientRecord.holder(name);
    return `${name} is held by ${client === 0 ? "nobody" : `client ${client}`}`;
  });
  return few(texts);
}

/** About watches, leases, locks, alarms and the store. */
export const DATA_CONDITIONS = {
  watched: condition(
    "watches received so many changes: `{W: 3}`",
    perName(integer(1)),
    refersTo("watch"),
    (wanted) =>
      whenever(
        (world) =>
          Object.entries(wanted).every(
            ([name, n]) => watchRecord(world, name).received.length >= n,
          ),
        (world) => watchesNow(world, Object.keys(wanted)),
      ),
  ),
  "watched to": condition(
    "watches know of a revision: `{W: 7}`",
    perName(integer(1)),
    refersTo("watch"),
    (wanted) =>
      whenever(
        (world) =>
          Object.entries(wanted).every(([name, n]) => watchRecord(world, name).revision >= n),
        (world) => watchesNow(world, Object.keys(wanted)),
      ),
  ),
  "watch cancelled": condition("a watch came to its end", text, refersTo("watch"), (name) =>
    whenever(
      (world) => watchRecord(world, name).canceled !== null,
      (world) => watchesNow(world, [name]),
    ),
  ),
  "lease gone": condition("a lease was revoked, or expired", text, refersTo("lease"), (name) =>
    whenever(
      (world) => (leaseRecord(world, name)?.revokedAt ?? null) !== null,
      (world) => leasesNow(world, [name]),
    ),
  ),
  renewed: condition(
    "leases were renewed so often: `{L: 3}`",
    perName(integer(1)),
    refersTo("lease"),
    (wanted) =>
      whenever(
        (world) =>
          Object.entries(wanted).every(
            ([name, n]) => (leaseRecord(world, name)?.renewals ?? 0) >= n,
          ),
        (world) => leasesNow(world, Object.keys(wanted)),
      ),
  ),
  holds: condition(
    "locks and leaderships are held by clients: `{jobs: 2}`",
    perName(clientId),
    referToHolders,
    (wanted) =>
      whenever(
        (world) =>
          Object.entries(wanted).every(
            ([name, client]) => world.history.clientRecord.holder(name) === client,
          ),
        (world) => holdersNow(world, Object.keys(wanted)),
      ),
  ),
  alarm: condition("an alarm of this kind is on, or `none`", alarmKind, noNames, (kind) =>
    whenever(
      (world) => {
        const alarms = alarmsOf(world);
        return kind === "none" ? alarms.length === 0 : alarms.some(({ alarm }) => alarm === kind);
      },
      (world) =>
        `alarms: ${
          alarmsOf(world)
            .map(({ alarm }) => alarm)
            .join(", ") || "none"
        }`,
    ),
  ),
  "cluster version": condition(
    "all members that are up have agreed on this version",
    version,
    noNames,
    (wanted) =>
      whenever((world) =>
        world.cluster
          .views()
          .every(
            ({ id, status }) =>
              status !== "up" || world.cluster.inspect(id)?.clusterVersion === wanted,
          ),
      ),
  ),
  compacted: condition(
    "all members that are up compacted to this revision",
    integer(1),
    noNames,
    (revision) =>
      whenever(
        (world) => upOf(world).every((view) => view.compactRevision >= revision),
        (world) =>
          few(
            upOf(world).map(({ id, compactRevision, revision: at }) => {
              const compacted =
                compactRevision < 0 ? "not compacted" : `compacted to ${compactRevision}`;
              return `m${id} is ${compacted}, at revision ${at}`;
            }),
          ),
      ),
  ),
} satisfies Record<string, ConditionKey>;

import type { HoldFrame, LeaseFrame, WatchFrame } from "../../trace/frames/data-frame.ts";
import { leaseOf } from "../../trace/frames/data-frame.ts";
import { timeLeft } from "../../trace/frames/fold-data.ts";
import { alarmsOf, type Frame, memberOf } from "../../trace/frames/frame.ts";
import {
  clientName,
  durationText,
  fewText,
  keysText,
  memberName,
  plural,
  printable,
  watchName,
} from "../../trace/names.ts";
import { dim, plain, type Row, rule, type Segment, sized } from "../style.ts";
import type { View } from "./view.ts";

/** What clients have of the cluster: alarms that concern them all, locks, leases, watches. */

/** How many rows all of it would take. */
export function clientsCount(view: View): number {
  return Math.max(
    1,
    groupsOf(view).reduce((sum, group) => sum + group.length, 0),
  );
}

/**
 * `count` rows under a rule; each kind gets its share of them, the newest of it first.
 *
 * @param chosen the lease that the cursor is on, shown in any case
 */
export function clientsRows(view: View, count: number, chosen?: LeaseFrame): Row[] {
  const title = clientsSummary(view.frame);
  const rows: Row[] = [
    rule([plain("what clients have"), dim(title === "" ? "" : `: ${title}`)], view.columns),
  ];
  const groups = groupsOf(view, chosen).filter((group) => group.length > 0);
  if (groups.length === 0) rows.push([dim("   no leases, watches or locks")]);
  shares(
    groups.map((group) => group.length),
    count,
  ).forEach((share, i) => {
    const group = groups[i] as readonly Row[];
    const from = Math.max(0, group.findIndex(isMarked) - share + 1);
    rows.push(...group.slice(from, from + share));
  });
  const shown = rows.slice(0, count + 1);
  while (shown.length < count + 1) shown.push([]);
  return shown;
}

/** `2 leases · 3 watches · 1 lock`; empty if there is nothing. */
export function clientsSummary(frame: Frame): string {
  const { leases, watches, holds } = frame.data;
  const alarms = alarmsOf(frame).length;
  return [
    alarms === 0 ? "" : `${alarms} ${plural(alarms, "alarm")}`,
    holds.length === 0 ? "" : `${holds.length} ${plural(holds.length, "lock")}`,
    leases.length === 0 ? "" : `${leases.length} ${plural(leases.length, "lease")}`,
    watches.length === 0 ? "" : `${watches.length} ${plural(watches.length, "watch", "watches")}`,
  ]
    .filter((text) => text !== "")
    .join(" · ");
}

/** Shares `room` out: one row to each in turn until all is given or nobody wants more. */
function shares(wanted: readonly number[], room: number): number[] {
  const given = wanted.map(() => 0);
  let left = room;
  for (let before = -1; left > 0 && before !== left; ) {
    before = left;
    wanted.forEach((want, i) => {
      if (left === 0 || (given[i] as number) >= want) return;
      given[i] = (given[i] as number) + 1;
      left--;
    });
  }
  return given;
}

const MARK: Segment = { text: " ▸ ", color: "cyan", bold: true };

function isMarked(one: Row): boolean {
  return one[0] === MARK;
}

function groupsOf(view: View, chosen?: LeaseFrame): readonly (readonly Row[])[] {
  const { frame } = view;
  const { leases, watches, holds } = frame.data;
  return [
    alarmsOf(frame).map(({ alarm, of }) => row("alarm", [red(`${alarm} of ${memberName(of)}`)])),
    holds.toReversed().map((hold) => holdRow(hold, view)),
    leases.toReversed().map((lease) => leaseRow(lease, view, lease === chosen)),
    watches.toReversed().map((watch) => watchRow(watch, frame)),
  ];
}

function row(name: string, segments: readonly Segment[], mark = plain("   ")): Row {
  return [mark, dim(name.padEnd(7)), ...segments];
}

function red(text: string): Segment {
  return { text, color: "red" };
}

/** Red if another believes to hold it too, or the key it is held by has gone with its lease. */
function holdRow(hold: HoldFrame, view: View): Row {
  const { client, name, fence, lease: id } = hold;
  const { data } = view.frame;
  const lease = leaseOf(data, id);
  const rivals = data.holds.filter((other) => other.name === name).length > 1;
  const what = `${sized(printable(name), 14)} ${clientName(client)}  fence ${fence}`;
  const on =
    id === ""
      ? []
      : lease === undefined
        ? [red(`  lease ${shortLease(id)} is gone`)]
        : [dim(`  lease ${shortLease(id)}, ${leftText(lease, view)}`)];
  return row("lock", rivals ? [red(`${what}, as others do`), ...on] : [plain(what), ...on]);
}

const BAR = 10;

function leaseRow(lease: LeaseFrame, view: View, isChosen: boolean): Row {
  const left = timeLeft(lease, view.state.now);
  const whole = lease.expires - lease.since;
  const full = left === null || whole <= 0 ? 0 : Math.ceil((left / whole) * BAR);
  const { keys } = lease;
  const names = keys.map(({ key }) => printable(key));
  const on =
    keys.length === 0
      ? "no keys"
      : `${keys.length} ${plural(keys.length, "key")}: ${fewText(names)}`;
  const segments: readonly Segment[] = [
    plain(sized(shortLease(lease.id), 14)),
    { text: ` ${"█".repeat(full)}`, color: lease.expired ? "red" : "yellow" },
    dim("░".repeat(BAR - full)),
    plain(` ${leftText(lease, view)}`),
    dim(`  ${on}`),
  ];
  return isChosen ? row("lease", segments, MARK) : row("lease", segments);
}

/** `2.1s of 3 s left`, or why that is not known. */
export function leftText(lease: LeaseFrame, view: View): string {
  if (lease.expired) return "expired, its revoke is under way";
  const left = timeLeft(lease, Math.floor(view.state.now));
  if (left === null) return `${lease.ttl} s, no leader counts it down`;
  return `${durationText(left)} of ${lease.ttl} s left`;
}

function watchRow(watch: WatchFrame, frame: Frame): Row {
  const { client, key, rangeEnd, member, next, deliveries } = watch;
  const name = `${watchName(watch.watch)} ${clientName(client)}`;
  const { status } = memberOf(frame, member);
  const where =
    member === 0
      ? dim(" nowhere yet")
      : watch.lost || status !== "up"
        ? red(` was at ${memberName(member)}`)
        : plain(` at ${memberName(member)}`);
  const from = next === 0 ? "from now on" : `next revision ${next}`;
  const heard = deliveries === 0 ? "" : `, heard ${deliveries} ${plural(deliveries, "time")}`;
  return row("watch", [
    plain(sized(name, 8)),
    plain(` ${sized(keysText(key, rangeEnd), 20)}`),
    where,
    dim(`  ${from}${heard}`),
  ]);
}

/** Enough of a lease's id to tell it from others. */
export function shortLease(id: string): string {
  return id.length > 9 ? `${id.slice(0, 8)}…` : id;
}

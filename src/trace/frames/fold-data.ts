import { type Instant, SECOND } from "../../base/time.ts";
import type {
  ChangesEvent,
  HoldEvent,
  KeyChange,
  LeaseEvent,
  TraceEvent,
  WatchEvent,
  WatchResponseEvent,
} from "../events.ts";
import type { DataFrame, HoldFrame, LeasedKey, LeaseFrame, WatchFrame } from "./data-frame.ts";
import { type Frame, type MemberFrame, memberOf } from "./frame.ts";

/**
 * Leases, watches and locks after `event`; the same object if nothing changed. What the log
 * does is emitted by each member: the first of them counts.
 */
export function foldData(data: DataFrame, event: TraceEvent, frame: Frame): DataFrame {
  switch (event.kind) {
    case "lease":
      return foldLease(data, event, memberOf(frame, event.member), frame.election);
    case "changes":
      return isNews(data, event.index, event.member) ? foldChanges(data, event) : data;
    case "compact":
      return event.revision > data.compacted ? { ...data, compacted: event.revision } : data;
    case "crash":
    case "refuse":
      return foldEnd(data, event.member);
    case "watch":
      return { ...data, watches: [...data.watches, openedWatch(event)] };
    case "watch-response":
      return { ...data, watches: foldResponse(data.watches, event) };
    case "hold":
      return { ...data, holds: foldHold(data, event) };
    default:
      return data;
  }
}

/** Whether this member is the first to emit what the entry did. */
function isNews(data: DataFrame, index: number, member: number): boolean {
  return index > data.index || (index === data.index && member === data.by);
}

// ---- leases --------------------------------------------------------------------------------------

/** @param election the election timeout: what a new leader gives leases on top */
function foldLease(
  data: DataFrame,
  event: LeaseEvent,
  m: MemberFrame,
  election: number,
): DataFrame {
  const { action, lease: id, ttl, at, member } = event;
  switch (action) {
    case "promote":
      return m.term < data.primaryTerm ? data : promoted(data, event, m.term, election);
    case "demote":
      return data.primary === member ? { ...data, primary: 0, leases: stopped(data.leases) } : data;
    case "renew": {
      if (data.primary !== member) return data;
      const renewed = { remaining: 0, expires: at + ttl * SECOND, since: at } as const;
      return changed(data, id, { ...renewed, began: "renew", expired: false });
    }
    case "expire":
      return changed(data, id, { expired: true });
    case "grant":
    case "revoke":
    case "checkpoint":
      return foldApplied(data, event, m.applied + 1);
  }
}

/** @param index the entry that did it: all before it were emitted as applied */
function foldApplied(data: DataFrame, event: LeaseEvent, index: number): DataFrame {
  const { action, lease: id, ttl, at, member } = event;
  if (!isNews(data, index, member)) {
    // The primary's clock counts, whoever was the first to apply the grant.
    const isOwn = action === "grant" && data.primary === member;
    const known = isOwn && data.leases.some((lease) => lease.id === id && lease.index === index);
    return known ? changed(data, id, { expires: at + ttl * SECOND, since: at }) : data;
  }
  const next = { ...data, index, by: member };
  if (action === "checkpoint") return changed(next, id, { remaining: ttl });
  const leases = data.leases.filter((lease) => lease.id !== id);
  if (action === "grant") {
    const expires = data.primary === 0 ? -1 : at + ttl * SECOND;
    const fresh = { remaining: 0, keys: [], began: "grant", expired: false } as const;
    leases.push({ id, ttl, index, expires, since: at, ...fresh });
  }
  return { ...next, leases };
}

function changed(data: DataFrame, id: string, change: Partial<LeaseFrame>): DataFrame {
  const leases = data.leases.map((lease) => (lease.id === id ? { ...lease, ...change } : lease));
  return { ...data, leases };
}

/** The new primary does not know how much was left: all begin anew, with an election timeout more. */
function promoted(data: DataFrame, event: LeaseEvent, term: number, election: number): DataFrame {
  const { at, member } = event;
  const leases = data.leases.map((lease): LeaseFrame => {
    const expires = at + election + secondsLeft(lease) * SECOND;
    return { ...lease, expires, since: at, began: "promote", expired: false };
  });
  return { ...data, primary: member, primaryTerm: term, leases };
}

/** What a lessor that knows nothing newer gives a lease. */
export function secondsLeft({ remaining, ttl }: LeaseFrame): number {
  return remaining > 0 ? remaining : ttl;
}

function stopped(leases: readonly LeaseFrame[]): LeaseFrame[] {
  return leases.map((lease) => ({ ...lease, expires: -1, expired: false }));
}

function foldChanges(data: DataFrame, event: ChangesEvent): DataFrame {
  const next = { ...data, index: event.index, by: event.member };
  if (data.leases.length === 0) return next;
  let { leases } = data;
  for (const change of event.changes) leases = attached(leases, change);
  return { ...next, leases };
}

/** A key belongs to the lease it was put with last. */
function attached(leases: readonly LeaseFrame[], change: KeyChange): readonly LeaseFrame[] {
  const { key, createRevision } = change;
  const owner = change.type === "put" ? change.lease : "";
  return leases.map((lease) => {
    const had = lease.keys.some((known) => known.key === key);
    if (lease.id !== owner) return had ? { ...lease, keys: without(lease.keys, key) } : lease;
    return { ...lease, keys: [...without(lease.keys, key), { key, createRevision }] };
  });
}

function without(keys: readonly LeasedKey[], key: string): LeasedKey[] {
  return keys.filter((known) => known.key !== key);
}

/** A process that ends takes its lessor and its watch streams with it. */
function foldEnd(data: DataFrame, member: number): DataFrame {
  const decides = data.primary === member;
  const serves = data.watches.some((watch) => watch.member === member && !watch.lost);
  if (!decides && !serves) return data;
  return {
    ...data,
    primary: decides ? 0 : data.primary,
    leases: decides ? stopped(data.leases) : data.leases,
    watches: data.watches.map((watch) =>
      watch.member === member ? { ...watch, lost: true } : watch,
    ),
  };
}

// ---- watches and locks -----------------------------------------------------------------------------

function openedWatch(event: WatchEvent): WatchFrame {
  const { watch, client, key, rangeEnd, startRevision: next } = event;
  const fresh = { member: 0, lost: false, deliveries: 0, last: 0 };
  return { watch, client, key, rangeEnd, next, ...fresh };
}

function foldResponse(
  watches: readonly WatchFrame[],
  event: WatchResponseEvent,
): readonly WatchFrame[] {
  const { watch, what, from: member, at } = event;
  if (what === "canceled") return watches.filter((known) => known.watch !== watch);
  return watches.map((known) => {
    if (known.watch !== watch) return known;
    const served = { ...known, member, lost: false, next: nextRevision(known, event) };
    if (what !== "events") return served;
    return { ...served, deliveries: known.deliveries + 1, last: at };
  });
}

/** Where the client's library would go on (watcher.ts). */
function nextRevision({ next }: WatchFrame, event: WatchResponseEvent): number {
  const last = event.events.at(-1);
  if (last !== undefined) return event.fragment ? last.modRevision : last.modRevision + 1;
  if (event.what === "created") return next > 0 ? next : event.revision + 1;
  return event.revision >= next ? event.revision + 1 : next;
}

function foldHold(data: DataFrame, event: HoldEvent): readonly HoldFrame[] {
  const { client, name, fence, action, at } = event;
  const others = data.holds.filter((hold) => hold.client !== client || hold.name !== name);
  if (action !== "acquire") return others;
  return [...others, { client, name, fence, since: at, lease: leaseAt(data, name, fence) }];
}

/** A lock's fence is the create revision of the key it is held by, which goes with its lease. */
function leaseAt(data: DataFrame, name: string, fence: number): string {
  const isIts = (known: LeasedKey) => known.createRevision === fence && known.key.startsWith(name);
  return data.leases.find((lease) => lease.keys.some(isIts))?.id ?? "";
}

/** Seconds and less that a lease has at `now`; null if nobody counts it down. */
export function timeLeft(lease: LeaseFrame, now: Instant): number | null {
  if (lease.expires < 0) return null;
  return lease.expires > now ? lease.expires - now : 0;
}

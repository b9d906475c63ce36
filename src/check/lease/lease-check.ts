import { type Duration, type Instant, type Ppm, SECOND } from "../../base/time.ts";
import type {
  ApplyEvent,
  ChangesEvent,
  CompleteEvent,
  InvokeEvent,
  LeaseEvent,
  RoleEvent,
  TraceEvent,
} from "../../trace/events.ts";
import type { History, ReportAs, Row } from "../model/history.ts";
import { moment, seconds } from "../violation.ts";
import { LeaseCalls } from "./calls.ts";
import { LeaseKeys } from "./keys.ts";
import { LeaseLimits } from "./limits.ts";
import { LeaseModel } from "./model.ts";
import { LEASE_OPTIONS, type LeaseOptions, REVOKES_PER_SECOND } from "./options.ts";
import {
  LEASE_ACKNOWLEDGED,
  LEASE_CHECKPOINT,
  LEASE_EARLY,
  LEASE_EXTENDED,
  LEASE_KEYS,
  LEASE_LATE,
  LEASE_LEFT,
  LEASE_RENEWED,
  LEASE_TTL,
} from "./rule-names.ts";

/** What happened to leases, for expectations. */
export interface LeaseCounts {
  granted: number;
  /** Revoked though nobody asked for it. */
  expired: number;
  renewed: number;
}

/** Revoked leases that are still known, for keep-alives that are answered late. */
const REMEMBERED = 1000;

/** An event's instant is exact; a timer of a member's own clock may be a rounding off. */
const ROUNDING_US = 2;

/**
 * Holds what members do with leases against what they told clients.
 *
 * When may a lease end? A client that sent a grant or keep-alive at `t` and was answered with a TTL
 * knows that its request was executed at `t` or later, so that the lease lives at least until
 * t + TTL, unless somebody asks for its revoke: that is the promise (`invoke` is before all
 * attempts, which makes the bound weaker, never wrong). It holds across changes of leaders, because
 * a new leader gives every lease its TTL anew, or what the last checkpoint left, and a renewal undoes
 * the checkpoint before it is answered. An answer may arrive when the lease is gone already: then the
 * promise is held against the moment of its end.
 *
 * Besides, the leader's lessor has a deadline of its own: TTL after it applied the grant or renewed
 * the lease; at its promotion TTL, or what the checkpoint left, from then on, and an election timeout
 * for the time without a leader. A revoke that was
 * proposed by an earlier leader is applied before a later one is promoted, so that the deadline of
 * the lessor promoted last counts. (The newest term's: one that was paused may be promoted late.)
 *
 * How long a lessor may keep a lease at most is the other side of it: {@link LeaseLimits}. It shows
 * where somebody asks how much is left.
 *
 * All of this is measured on the world's clock; members' clocks may drift by `driftPpm`. A run that drifts
 * by nobody knows how much is not judged by time ({@link LeaseMonitor.untimed}).
 */
export class LeaseMonitor {
  readonly counts: LeaseCounts = { granted: 0, expired: 0, renewed: 0 };
  readonly #history: History;
  readonly #report: ReportAs;
  #options: LeaseOptions;
  readonly #leases = new Map<string, LeaseModel>();
  readonly #revoked: string[] = [];
  /** Some revoked leases are not known any more. */
  #forgot = false;
  #timed = true;
  readonly #leads: number[] = [];
  /** Who was promoted last, and in which term. */
  #primary = 0;
  #primaryTerm = 0;
  readonly #keys: LeaseKeys;
  readonly #limits: LeaseLimits;
  readonly #calls = new LeaseCalls();

  constructor(history: History, report: ReportAs, options: Partial<LeaseOptions> = {}) {
    this.#history = history;
    this.#report = report;
    this.#options = { ...LEASE_OPTIONS, ...options };
    this.#keys = new LeaseKeys(history, this.#leases, report);
    this.#limits = new LeaseLimits(history, this.#options.electionUs);
  }

  /** Clocks run as they like from now on: nothing is judged by time any more. */
  untimed(): void {
    this.#timed = false;
  }

  /** Some member's clock is wrong by as much from now on. */
  drifts(ppm: Ppm): void {
    const { driftPpm } = this.#options;
    if (ppm > driftPpm) this.#options = { ...this.#options, driftPpm: ppm };
  }

  /** The keys that go with the lease, as far as anybody applied. */
  keysOf(id: string): Iterable<string> {
    return this.#leases.get(id)?.keys ?? [];
  }

  /** Whether the lease was revoked, as far as anybody applied; null: there is no such lease. */
  isRevoked(id: string): boolean | null {
    const lease = this.#leases.get(id);
    return lease === undefined ? null : !lease.alive;
  }

  role(e: RoleEvent): void {
    if (e.role !== "leader") return;
    this.#leads[e.member] = e.term;
    this.#limits.leads(e.member, e.at);
  }

  // ---- what members do -----------------------------------------------------------------------

  event(e: LeaseEvent): void {
    switch (e.action) {
      case "grant":
        this.#granted(e);
        return;
      case "revoke":
        this.#revoke(e);
        return;
      case "checkpoint":
        this.#checkpoint(e);
        return;
      case "renew":
        this.#renewed(e);
        return;
      case "promote":
        this.#promoted(e);
        return;
      case "demote":
        this.#deposed(e.member);
        return;
      case "expire":
        return;
    }
  }

  crashed(member: number): void {
    this.#deposed(member);
  }

  #deposed(member: number): void {
    this.#limits.ended(member);
    if (member === this.#primary) this.#primary = 0;
  }

  /** The entry that the member is applying. */
  #index(member: number): number {
    return this.#history.position(member).applied + 1;
  }

  #granted(e: LeaseEvent): void {
    const index = this.#index(e.member);
    const known = this.#leases.get(e.lease);
    if (index > this.#history.index) {
      if (known?.alive) this.#say(LEASE_TTL, e, known, "is granted once more, and was not revoked");
      this.counts.granted++;
      this.#leases.set(e.lease, new LeaseModel(e.lease, e.ttl, index, e.at, known !== undefined));
      return;
    }
    if (known === undefined || known.grantIndex !== index) return;
    if (known.ttl !== e.ttl) {
      this.#say(LEASE_TTL, e, known, `has a TTL of ${e.ttl} s on member ${e.member}`);
    }
    this.#limits.begins(known, e.member, e.at);
    if (e.member === this.#primary) this.#extend(known, e.at, known.ttl * SECOND);
  }

  #revoke(e: LeaseEvent): void {
    const index = this.#index(e.member);
    if (index <= this.#history.index) return;
    const lease = this.#leases.get(e.lease);
    if (!lease?.alive) {
      if (this.#history.whole) {
        this.#report(LEASE_KEYS, e, `lease ${e.lease} is revoked, and is not there`);
      }
      return;
    }
    lease.revokeIndex = index;
    lease.revokedAt = e.at;
    this.#keys.revoked(lease);
    this.#forget(lease);
    if (this.#calls.mayEnd(lease.id)) return;
    this.counts.expired++;
    if (!this.#brokePromise(e, lease) && this.#timed && this.#primary !== 0) {
      const until = lease.due + lease.extra;
      if (e.at >= until - this.#tolerance(lease, lease.extra)) return;
      const due = `member ${this.#primary} had to keep it until ${seconds(until)}`;
      this.#say(LEASE_EXTENDED, e, lease, `expired at ${moment(e.at, e.seq)}: ${due}`);
    }
  }

  #brokePromise(e: TraceEvent, lease: LeaseModel): boolean {
    if (!this.#timed || lease.revokedAt >= lease.promised - this.#tolerance(lease)) return false;
    const ended = `expired at ${moment(lease.revokedAt, e.seq)}`;
    this.#say(LEASE_EARLY, e, lease, `${ended}, although ${lease.promise}`);
    return true;
  }

  #checkpoint(e: LeaseEvent): void {
    const lease = this.#leases.get(e.lease);
    if (!lease?.alive || this.#index(e.member) <= this.#history.index) return;
    lease.left = e.ttl;
    lease.leftIndex = this.#index(e.member);
    lease.leftAt = e.at;
    if (e.ttl >= 0 && e.ttl <= lease.ttl) return;
    this.#say(LEASE_CHECKPOINT, e, lease, `has ${e.ttl} s left by a checkpoint`);
  }

  #renewed(e: LeaseEvent): void {
    this.counts.renewed++;
    const lease = this.#leases.get(e.lease);
    if (lease === undefined) {
      if (!this.#history.whole || this.#forgot) return;
      this.#report(LEASE_RENEWED, e, `lease ${e.lease} is renewed, and was never granted`);
    } else if (lease.alive) {
      this.#limits.begins(lease, e.member, e.at);
      if (e.member === this.#primary) this.#extend(lease, e.at, lease.ttl * SECOND);
    } else if (this.#history.position(e.member).applied >= lease.revokeIndex) {
      const gone = `whose end (entry ${lease.revokeIndex}) it has applied`;
      this.#report(LEASE_RENEWED, e, `member ${e.member} renewed ${lease.name}, ${gone}`);
    }
  }

  #promoted(e: LeaseEvent): void {
    const delay = Math.ceil((this.#leases.size * SECOND) / REVOKES_PER_SECOND);
    this.#limits.promoted(e.member, e.at, this.#leases.values(), delay);
    const term = this.#leads[e.member] ?? 0;
    if (term < this.#primaryTerm) return;
    this.#primary = e.member;
    this.#primaryTerm = term;
    for (const lease of this.#leases.values()) {
      if (lease.alive) this.#extend(lease, e.at, lease.duration, this.#options.electionUs);
    }
  }

  #extend(lease: LeaseModel, at: Instant, duration: Duration, extra: Duration = 0): void {
    lease.due = at + duration;
    lease.extra = extra;
  }

  /** The store has a new revision. */
  changed(e: ChangesEvent, row: Row): void {
    this.#keys.changed(e, row);
  }

  /** Entries were applied: all that they did is told. */
  applied(e: ApplyEvent): void {
    this.#keys.applied(e);
  }

  // ---- clients -------------------------------------------------------------------------------

  invoked(e: InvokeEvent): void {
    this.#calls.invoked(e);
  }

  completed(e: CompleteEvent): void {
    const answered = this.#calls.answered(e);
    if (answered === null) return;
    const { invoke, id } = answered;
    const { request, text } = invoke;
    const ttl = e.result?.ttl ?? 0;
    const lease = this.#leases.get(id);
    if (request.type !== "lease") return;
    if (lease === undefined) {
      if (!this.#history.whole || this.#forgot) return;
      this.#report(LEASE_ACKNOWLEDGED, e, `${text} was answered with a lease nobody granted`);
    } else if (request.method === "time-to-live") this.#told(e, invoke, lease, ttl);
    else if (request.method !== "revoke") this.#promise(e, invoke, lease, ttl);
  }

  #promise(e: CompleteEvent, invoke: InvokeEvent, lease: LeaseModel, ttl: number): void {
    const { request } = invoke;
    const renewal = request.type === "lease" && request.method === "keep-alive";
    // It may speak of an earlier lease of the same id.
    if (renewal ? lease.grantedAt > invoke.at : lease.again) return;
    if (ttl !== lease.ttl) {
      this.#say(LEASE_TTL, e, lease, `was said to have ${ttl} s by ${invoke.text}`);
      return;
    }
    const until = invoke.at + ttl * SECOND;
    if (until <= lease.promised) return;
    lease.promised = until;
    lease.promise = `${invoke.text}, sent at ${moment(invoke.at, invoke.seq)}, was told ${ttl} s`;
    if (!lease.alive && !this.#calls.mayEnd(lease.id)) this.#brokePromise(e, lease);
  }

  #told(e: CompleteEvent, invoke: InvokeEvent, lease: LeaseModel, left: number): void {
    const { electionUs } = this.#options;
    // A new leader extends leases, and puts some off so that they do not all end at once.
    if (left * SECOND > lease.ttl * SECOND + electionUs + this.#pileUp()) {
      this.#say(LEASE_TTL, e, lease, `was said to have ${left} s left`);
      return;
    }
    // It may speak of an earlier lease of the same id, or of the time of an earlier leader.
    if (!this.#timed || lease.grantedAt > invoke.at || !this.#limits.heldSince(invoke.at)) return;
    const latest = lease.latest + this.#tolerance(lease, electionUs + this.#pileUp() + SECOND);
    if (invoke.at + left * SECOND <= latest) return;
    const asked = `${invoke.text}, sent at ${moment(invoke.at, invoke.seq)}`;
    const limit = `it could not last beyond ${seconds(lease.latest)}`;
    this.#say(LEASE_LEFT, e, lease, `was said to have ${left} s left by ${asked}: ${limit}`);
  }

  // ---- the end -------------------------------------------------------------------------------

  /** The run is over; since `calm` there was no fault, and a leader could do its work. */
  finish(where: TraceEvent, calm: Instant): void {
    if (!this.#timed || this.#primary === 0) return;
    const { electionUs, slackUs } = this.#options;
    for (const lease of this.#leases.values()) {
      if (!lease.alive) continue;
      const due = Math.max(lease.due + this.#tolerance(lease), calm);
      if (where.at <= due + electionUs + slackUs + this.#pileUp()) continue;
      const since = `member ${this.#primary} could let it expire at ${seconds(lease.due)}`;
      this.#say(LEASE_LATE, where, lease, `is still there: ${since}`);
    }
  }

  #pileUp(): Duration {
    return Math.floor(this.#leases.size / REVOKES_PER_SECOND) * SECOND;
  }

  /** By how much a member's clock may be wrong over the lease's life, and some time more. */
  #tolerance(lease: LeaseModel, more: Duration = 0): Duration {
    return Math.ceil((lease.ttl + more / SECOND) * this.#options.driftPpm) + ROUNDING_US;
  }

  #forget(lease: LeaseModel): void {
    this.#revoked.push(lease.id);
    if (this.#revoked.length <= REMEMBERED) return;
    const oldest = this.#revoked.shift() as string;
    if (this.#leases.get(oldest)?.alive !== false) return;
    this.#leases.delete(oldest);
    this.#forgot = true;
  }

  #say(rule: string, e: TraceEvent, lease: LeaseModel, text: string): void {
    this.#report(rule, e, `${lease.name} ${text}`);
  }
}

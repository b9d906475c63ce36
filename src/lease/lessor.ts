import { type ApiError, Errors } from "../api/errors.ts";
import type { LeaseCheckpoint } from "../api/requests.ts";
import { assert } from "../base/assert.ts";
import type { Digest } from "../base/digest.ts";
import { type Duration, type Instant, MILLISECOND, NEVER, SECOND } from "../base/time.ts";
import { TimerHeap } from "../base/timer-heap.ts";
import type { LeaseMistakes } from "../museum/lease.ts";
import { Checkpoints } from "./checkpoints.ts";
import { byExpiry, FOREVER, Lease, MAX_TTL, type RenewalAnswer } from "./lease.ts";
import type { LeaseStore } from "./lease-store.ts";
import type { LessorHost, LessorOptions } from "./options.ts";
import { spreadExpiry } from "./spread-expiry.ts";

/** How etcd's lessor sees a demoted lease: the longest Go duration, in seconds. */
const FOREVER_SECONDS = 9_223_372_036;

/** etcd's lessor looks for expired leases this often, and finds at most half a second's share. */
const ROUND_US = 500 * MILLISECOND;

export interface TimeToLive {
  /** Whole seconds, cut towards zero. */
  readonly ttl: number;
  readonly grantedTtl: number;
  /** Sorted; empty unless asked for. */
  readonly keys: readonly string[];
}

/**
 * Owns the leases of one member (server/lease/lessor.go). What is replicated (grant, revoke,
 * checkpoint, which keys are attached) comes from the applied log; when a lease ends is decided by
 * the primary lessor alone, the leader's, by its own clock. All others hold leases forever.
 *
 * There is no polling: the member wakes it at {@link Lessor.due}.
 */
export class Lessor {
  private readonly options: LessorOptions;
  private readonly mistakes: LeaseMistakes;
  private store: LeaseStore;
  private leases = new Map<bigint, Lease>();
  private readonly revokes = new TimerHeap<Lease>();
  private readonly checkpoints: Checkpoints | null;
  private primary = false;
  private nextOrder = 0;
  /** The round of revokes under way: it began at `roundAt` and has found `roundCount` leases. */
  private roundAt: Instant = 0;
  private roundCount = 0;

  /** `host` null: no checkpoints are made (etcd before 3.6 without the experimental flag). */
  constructor(store: LeaseStore, options: LessorOptions, host: LessorHost | null) {
    assert(options.revokeRate >= 2, "fewer than one revoke a round would revoke nothing");
    this.store = store;
    this.options = options;
    this.mistakes = options.mistakes;
    this.checkpoints = host === null ? null : new Checkpoints(host, options, this);
    this.recover(store);
  }

  get isPrimary(): boolean {
    return this.primary;
  }

  get size(): number {
    return this.leases.size;
  }

  lookup(id: bigint): Lease | null {
    return this.leases.get(id) ?? null;
  }

  // ---- what the applied log says -------------------------------------------------------------

  /** Grants a lease; `id` is not 0 any more here. `now` matters to the primary lessor alone. */
  grant(now: Instant, id: bigint, ttl: number): Lease | ApiError {
    if (id === 0n) return Errors.leaseNotFound;
    if (ttl > MAX_TTL) return Errors.leaseTtlTooLarge;
    if (this.leases.has(id)) return Errors.leaseExists;
    const { minTtl } = this.options;
    const lease = this.add(id, ttl < minTtl ? minTtl : ttl, 0);
    this.store.put(lease);
    if (this.primary) this.start(now, lease, 0);
    return lease;
  }

  /**
   * Ends a lease: `deleteKey` is called for each of its keys, in order, so that all members delete
   * in the same one. Belongs into one transaction of the backend (BackendApplier opens it): half a revoke must not survive.
   */
  revoke(id: bigint, deleteKey: (key: string) => void): ApiError | null {
    const lease = this.leases.get(id);
    if (lease === undefined) return Errors.leaseNotFound;
    this.leases.delete(id);
    this.revokes.cancel(lease.revokeTimer);
    this.checkpoints?.cancel(lease);
    // Known mistake L3: as they were attached, which a restart changes: members delete in different
    // orders, and their revisions do not match.
    const keys = this.mistakes.revokesUnordered ? [...lease.keys] : lease.sortedKeys();
    for (const key of keys) deleteKey(key);
    this.store.delete(id);
    for (const answer of lease.takeWaiting()) answer({ kind: "not found" });
    return null;
  }

  /** Notes how much was left; a lease that is gone meanwhile is none of its business. */
  checkpoint(now: Instant, checkpoint: LeaseCheckpoint): void {
    const lease = this.leases.get(checkpoint.id);
    if (lease === undefined) return;
    lease.remainingTtl = checkpoint.remainingTtl;
    // Known mistake L5: in memory alone. After a restart the lease has all its time again.
    if (!this.mistakes.forgetsCheckpoints) this.store.put(lease);
    if (this.primary) this.checkpoints?.schedule(now, lease);
  }

  // ---- which keys go with it: what the key-value store asks and tells ---------------------------

  /** Whether the lease was granted and not revoked yet. */
  exists(id: bigint): boolean {
    return this.leases.has(id);
  }

  /**
   * The key lives as long as the lease. One that is gone is passed over: after a restart the
   * backend may hold keys of a lease whose revoke is still to be applied again.
   */
  attach(id: bigint, key: string): void {
    this.leases.get(id)?.keys.add(key);
  }

  detach(id: bigint, key: string): void {
    this.leases.get(id)?.keys.delete(key);
  }

  /** Starts over with what `store` has, after a restart or a snapshot; keys come by `attach`. */
  recover(store: LeaseStore): void {
    for (const lease of this.leases.values()) {
      for (const answer of lease.takeWaiting()) answer({ kind: "not primary" });
    }
    this.store = store;
    this.leases = new Map();
    this.revokes.clear();
    this.checkpoints?.clear();
    const { minTtl } = this.options;
    store.forEach(({ id, ttl, remainingTtl }) => {
      // Known mistake L7: read as a range from 0 up, and ids are signed: these leases are gone.
      if (id < 0n && this.mistakes.skipsNegativeIds) return;
      this.add(id, ttl < minTtl ? minTtl : ttl, remainingTtl);
    });
  }

  // ---- what the primary lessor decides -------------------------------------------------------

  /**
   * This member leads, and has applied its term's first entry. Nobody knows how much was left of
   * a lease: all are refreshed, and `electionUs` makes up for the time without a leader.
   */
  promote(now: Instant, electionUs: Duration): void {
    this.primary = true;
    this.roundCount = 0;
    // Known mistake L12: as if there had been a leader all the while. Leases end under clients that had
    // nobody to renew them.
    const extendUs = this.mistakes.omitsElectionTime ? 0 : electionUs;
    for (const lease of this.leases.values()) this.start(now, lease, extendUs);
    const { revokeRate } = this.options;
    if (this.leases.size < revokeRate) return;
    spreadExpiry(now, [...this.leases.values()].sort(byExpiry), revokeRate, (lease, delayUs) =>
      this.start(now, lease, delayUs + extendUs),
    );
  }

  /** This member leads no more: its leases are held until it is told otherwise. */
  demote(): void {
    this.primary = false;
    this.revokes.clear();
    this.checkpoints?.clear();
    for (const lease of this.leases.values()) {
      lease.expiry = FOREVER;
      for (const answer of lease.takeWaiting()) answer({ kind: "not primary" });
    }
  }

  /** A keep-alive. `answer` is called once, perhaps later. */
  renew(now: Instant, id: bigint, answer: RenewalAnswer): void {
    if (!this.primary) {
      answer({ kind: "not primary" });
      return;
    }
    const lease = this.leases.get(id);
    if (lease === undefined) {
      answer({ kind: "not found" });
    } else if (lease.expired(now)) {
      // Its revoke may be on the way through the log: to say "renewed" now could be a lie.
      lease.waiting.push(answer);
    } else if (this.checkpoints !== null && lease.remainingTtl > 0) {
      // Without this the next leader would give it less than the client was promised.
      const request = { checkpoints: [{ id, remainingTtl: 0 }] };
      this.checkpoints.propose(request, (then, error) =>
        this.finishRenewal(then, lease, error, answer),
      );
    } else {
      this.extend(now, lease);
      answer({ kind: "renewed", ttl: lease.ttl });
    }
  }

  private finishRenewal(
    now: Instant,
    lease: Lease,
    error: ApiError | null,
    answer: RenewalAnswer,
  ): void {
    const known = this.leases.get(lease.id) === lease;
    // Known mistake L4: it was revoked while the checkpoint was on its way, and the client is told that
    // it lives on.
    if (!known && !this.mistakes.renewsRevoked) answer({ kind: "not found" });
    else if (!this.primary) answer({ kind: "not primary" });
    else if (known && lease.expired(now)) lease.waiting.push(answer);
    // Known mistake L14: it still has what was left at its checkpoint, and its client is told that it has
    // all its time again.
    else if (
      known &&
      error !== null &&
      lease.remainingTtl > 0 &&
      !this.mistakes.dropsCheckpointErrors
    ) {
      answer({ kind: "failed", error });
    } else {
      if (known) this.extend(now, lease);
      answer({ kind: "renewed", ttl: lease.ttl });
    }
  }

  /** How long the lease has; errors leaseNotFound (a client sees TTL -1) and leaderChanged. */
  timeToLive(now: Instant, id: bigint, withKeys: boolean): TimeToLive | ApiError {
    const lease = this.leases.get(id);
    if (lease === undefined) return Errors.leaseNotFound;
    // Known mistake L8: who does not lead any more holds its leases for ever, and says so.
    if (lease.expiry === FOREVER && !this.mistakes.tellsTimeWhenDemoted) {
      return Errors.leaderChanged;
    }
    const left =
      lease.expiry === FOREVER ? FOREVER_SECONDS : Math.trunc((lease.expiry - now) / SECOND);
    // Adding 0 turns Go's impossible -0 into 0.
    return { ttl: left + 0, grantedTtl: lease.ttl, keys: withKeys ? lease.sortedKeys() : [] };
  }

  /** All leases, the one that ends first at the front. */
  list(): Lease[] {
    return [...this.leases.values()].sort(byExpiry);
  }

  /** When {@link Lessor.expired} or {@link Lessor.sendCheckpoints} has something to do; or NEVER. */
  due(): Instant {
    let revoke = this.revokes.next;
    const full = this.roundCount >= this.revokesPerRound;
    if (revoke !== NEVER && full && revoke < this.roundAt + ROUND_US) {
      revoke = this.roundAt + ROUND_US;
    }
    const checkpoint = this.checkpoints?.due() ?? NEVER;
    return revoke < checkpoint ? revoke : checkpoint;
  }

  /**
   * Leases to revoke now, the first to end first: the member makes sure that it still leads, then
   * proposes their revokes. A lease that is not gone after the retry time is named again.
   */
  expired(now: Instant): Lease[] {
    const found: Lease[] = [];
    if (now >= this.roundAt + ROUND_US || this.roundCount === 0) {
      this.roundAt = now;
      this.roundCount = 0;
    }
    // Known mistake L9: a revoke that got lost is asked for by nobody, and the keys stay for ever.
    const retry = this.mistakes.revokesOnce ? NEVER : this.options.revokeRetryUs;
    while (this.revokes.next <= now && this.roundCount < this.revokesPerRound) {
      const lease = this.revokes.first().owner;
      assert(lease.expired(now), "a timer that rings belongs to an expired lease");
      if (retry === NEVER) this.revokes.cancel(lease.revokeTimer);
      else this.revokes.set(lease.revokeTimer, now + retry);
      found.push(lease);
      this.roundCount++;
    }
    assert(found.length === 0 || this.primary, "only the primary lessor lets leases expire");
    return found;
  }

  /** Proposes the checkpoints that are due, a batch after the other. */
  sendCheckpoints(now: Instant): void {
    this.checkpoints?.send(now);
  }

  private get revokesPerRound(): number {
    return this.options.revokeRate >> 1;
  }

  private add(id: bigint, ttl: number, remainingTtl: number): Lease {
    assert(id !== 0n && !this.leases.has(id), "a lease is added once");
    const lease = new Lease(id, ttl, remainingTtl, this.nextOrder++);
    this.leases.set(id, lease);
    return lease;
  }

  private start(now: Instant, lease: Lease, extendUs: Duration): void {
    lease.refresh(now, extendUs);
    this.revokes.set(lease.revokeTimer, lease.expiry);
    this.checkpoints?.schedule(now, lease);
  }

  private extend(now: Instant, lease: Lease): void {
    lease.refresh(now, 0);
    this.revokes.set(lease.revokeTimer, lease.expiry);
  }

  /** Takes its volatile state into a fingerprint. */
  digest(into: Digest): void {
    into.number(this.leases.size);
    into.number(this.primary ? 1 : 0);
    for (const lease of this.leases.values()) {
      into.string(lease.id.toString());
      into.instant(lease.expiry);
      into.number(lease.remainingTtl);
      into.number(lease.keys.size);
    }
  }
}

import type { ApiError } from "../api/errors.ts";
import { type Duration, type Instant, NEVER, SECOND } from "../base/time.ts";
import { Timer } from "../base/timer-heap.ts";

/** The longest TTL in seconds (server/lease/lessor.go). */
export const MAX_TTL = 9_000_000_000;

/** No expiry: the lessor is not the primary one. */
export const FOREVER: Instant = NEVER;

/** How a keep-alive ended. */
export type Renewal =
  /** `ttl`: seconds, as granted. */
  | { readonly kind: "renewed"; readonly ttl: number }
  | { readonly kind: "not found" }
  /** Another member's lessor decides now. */
  | { readonly kind: "not primary" }
  /** It can't be renewed now, for this reason: it lives as long as its client was told before. */
  | { readonly kind: "failed"; readonly error: ApiError };

export type RenewalAnswer = (renewal: Renewal) => void;

/** A lease as one member knows it. `expiry` is by that member's own clock and never replicated. */
export class Lease {
  readonly id: bigint;
  /** Seconds, as granted. */
  readonly ttl: number;
  /** Seconds that were left at the last checkpoint; 0: none since the last renewal. */
  remainingTtl: number;
  expiry: Instant = FOREVER;
  readonly keys = new Set<string>();
  /** When it is to be revoked, or the revoke to be tried again. */
  readonly revokeTimer: Timer<Lease>;
  readonly checkpointTimer: Timer<Lease>;
  /** Keep-alives that came too late: they wait for the revoke, or for the lessor's demotion. */
  waiting: RenewalAnswer[] = [];

  constructor(id: bigint, ttl: number, remainingTtl: number, order: number) {
    this.id = id;
    this.ttl = ttl;
    this.remainingTtl = remainingTtl;
    this.revokeTimer = new Timer<Lease>(this, order);
    this.checkpointTimer = new Timer<Lease>(this, order);
  }

  /** Seconds that a lessor that knows nothing newer must give it. */
  get secondsLeft(): number {
    return this.remainingTtl > 0 ? this.remainingTtl : this.ttl;
  }

  /** Its expiry becomes now + `extend` + what the TTL or the last checkpoint says. */
  refresh(now: Instant, extend: Duration): void {
    const expiry = now + extend + this.secondsLeft * SECOND;
    // 9e9 seconds are nearly all that a safe integer of microseconds can hold.
    this.expiry = Math.min(expiry, Number.MAX_SAFE_INTEGER);
  }

  expired(now: Instant): boolean {
    return this.expiry !== FOREVER && now >= this.expiry;
  }

  sortedKeys(): string[] {
    // The default order compares char codes, which are bytes here.
    return [...this.keys].sort();
  }

  /** Takes the renewals that waited; the caller answers them. */
  takeWaiting(): readonly RenewalAnswer[] {
    const { waiting } = this;
    this.waiting = [];
    return waiting;
  }
}

/** By expiry, then by id: how etcd lists leases, without its chance among equals. */
export function byExpiry(a: Lease, b: Lease): number {
  if (a.expiry !== b.expiry) return a.expiry - b.expiry;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

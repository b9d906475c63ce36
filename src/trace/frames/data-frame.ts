import type { Instant } from "../../base/time.ts";

/**
 * What clients see of the cluster at one moment: leases, watches, locks. As of the member that has
 * applied most, since all others will come to the same.
 */
export interface DataFrame {
  /** The newest entry whose effects are in here, and the member that emitted them first. */
  readonly index: number;
  readonly by: number;
  /** Reads below it fail. */
  readonly compacted: number;
  /** The member whose lessor counts leases down; 0: none does. `primaryTerm` is when it led. */
  readonly primary: number;
  readonly primaryTerm: number;
  /** In the order in which they were granted. */
  readonly leases: readonly LeaseFrame[];
  /** In the order in which they were opened. */
  readonly watches: readonly WatchFrame[];
  /** In the order in which they were acquired. Two of one name: both believe to hold it. */
  readonly holds: readonly HoldFrame[];
}

export interface LeaseFrame {
  /** Hex digits. */
  readonly id: string;
  /** Seconds, as granted. */
  readonly ttl: number;
  /** Seconds that were left at the last checkpoint; 0: none since the last renewal. */
  readonly remaining: number;
  /** The entry that granted it. */
  readonly index: number;
  readonly keys: readonly LeasedKey[];
  /** When it ends unless it is renewed, about: clocks drift. -1: no lessor counts it down. */
  readonly expires: Instant;
  /** When its time began anew: granted, renewed, or a new primary lessor began to count. */
  readonly since: Instant;
  readonly began: "grant" | "renew" | "promote";
  /** The primary found it expired and proposed its revoke. */
  readonly expired: boolean;
}

export interface LeasedKey {
  readonly key: string;
  readonly createRevision: number;
}

export interface WatchFrame {
  readonly watch: number;
  readonly client: number;
  readonly key: string;
  readonly rangeEnd: string;
  /** The member that served it last; 0: none yet. */
  readonly member: number;
  /** That member has crashed since: the watch goes on elsewhere, or waits to. */
  readonly lost: boolean;
  /** The first revision that it has not given to its client yet; 0: from now on. */
  readonly next: number;
  /** Responses with events so far, and when the last of them came. */
  readonly deliveries: number;
  readonly last: Instant;
}

export interface HoldFrame {
  readonly client: number;
  readonly name: string;
  readonly fence: number;
  readonly since: Instant;
  /** The lease of the key that it is held by; "": it has none, or that is not known. */
  readonly lease: string;
}

export const NO_DATA: DataFrame = {
  index: 0,
  by: 0,
  compacted: 0,
  primary: 0,
  primaryTerm: 0,
  leases: [],
  watches: [],
  holds: [],
};

export function leaseOf(data: DataFrame, id: string): LeaseFrame | undefined {
  return data.leases.find((lease) => lease.id === id);
}

export function watchOf(data: DataFrame, watch: number): WatchFrame | undefined {
  return data.watches.find((known) => known.watch === watch);
}

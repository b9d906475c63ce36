import { type Duration, SECOND } from "../../base/time.ts";

export interface LeaseOptions {
  /** No member's clock is faster or slower than the world's by more, in parts per million. */
  readonly driftPpm: number;
  /** The election timeout: by so much a new leader extends leases, and so long one may be missing. */
  readonly electionUs: Duration;
  /**
   * How long after its end a lease may still be there in a calm cluster: etcd looks for expired
   * ones twice a second, asks a quorum whether it still leads, and proposes a lost revoke again
   * after 3 s.
   */
  readonly slackUs: Duration;
}

export const LEASE_OPTIONS: LeaseOptions = { driftPpm: 0, electionUs: SECOND, slackUs: 5 * SECOND };

/** etcd revokes 1000 leases a second, and keeps a quarter of that free when it spreads a pile-up. */
export const REVOKES_PER_SECOND = 750;

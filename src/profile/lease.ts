import { type Behaviours, type ProfileOf, since } from "./behaviour.ts";

/** Leases, as the Lease service and the leader's lessor keep them. */
export const LEASE = {
  renewsBeforeApplied: {
    about:
      "A leader that knows a lease renews it without applying first what is committed: only for one that it does not know it waits, a second at most.",
    source: "LeaseRenew of server/etcdserver/v3_server.go in 3.7.3; FastLeaseKeepAlive",
    values: since("3.7", true, false),
  },
} as const satisfies Behaviours;

export type LeaseProfile = ProfileOf<typeof LEASE>;

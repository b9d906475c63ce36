export const LEASE_EARLY = "lease-early";
export const LEASE_EXTENDED = "lease-extended";
export const LEASE_LATE = "lease-late";
export const LEASE_KEYS = "lease-keys";
export const LEASE_RENEWED = "lease-renewed";
export const LEASE_TTL = "lease-ttl";
export const LEASE_LEFT = "lease-left";
export const LEASE_CHECKPOINT = "lease-checkpoint";
export const LEASE_ACKNOWLEDGED = "lease-acknowledged";

/** In the order of the checks; each with the promise it stands for. */
export const LEASE_RULES: readonly { readonly name: string; readonly says: string }[] = [
  {
    name: LEASE_EARLY,
    says: "a lease that nobody asked to revoke lives as long as clients were told",
  },
  {
    name: LEASE_EXTENDED,
    says: "a new leader gives every lease its time anew and an election timeout, and none ends before",
  },
  { name: LEASE_LATE, says: "an expired lease is revoked soon, once there is a leader" },
  { name: LEASE_KEYS, says: "a lease's end deletes its keys, all of them and no others, at once" },
  { name: LEASE_RENEWED, says: "whoever has applied the end of a lease does not renew it" },
  { name: LEASE_TTL, says: "members and answers agree on a lease's TTL" },
  {
    name: LEASE_LEFT,
    says: "a leader gives a lease no more than its TTL, or what a checkpoint left when it took over",
  },
  { name: LEASE_CHECKPOINT, says: "a checkpoint leaves no more than the TTL" },
  { name: LEASE_ACKNOWLEDGED, says: "a lease that a client got was granted" },
];

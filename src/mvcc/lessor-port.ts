/** What the store tells the lessor, and asks it: which keys go when a lease does. */
export interface LeaseAttachments {
  /** Whether the lease was granted and not revoked yet. */
  exists(lease: bigint): boolean;
  attach(lease: bigint, key: string): void;
  detach(lease: bigint, key: string): void;
}

/** Without a lessor no lease was ever granted. */
export const NO_LEASES: LeaseAttachments = {
  exists: () => false,
  attach: () => undefined,
  detach: () => undefined,
};

import { assert } from "../base/assert.ts";
import { type Duration, type Instant, SECOND } from "../base/time.ts";
import type { Lease } from "./lease.ts";

/**
 * After a change of leaders all leases of one TTL would end in the same instant. Puts them off so
 * that no more than three quarters of the revoke rate fall into a second, and leases that end by
 * themselves are not kept waiting (server/lease/lessor.go, Promote).
 *
 * @param sorted all leases, by expiry; `delay` is called for those to be put off, in that order
 */
export function spreadExpiry(
  now: Instant,
  sorted: readonly Lease[],
  revokeRate: number,
  delay: (lease: Lease, delayUs: Duration) => void,
): void {
  const perSecond = Math.floor((3 * revokeRate) / 4);
  assert(perSecond >= 1, "a revoke rate that lets leases end");
  let windowFrom = Number.NEGATIVE_INFINITY;
  let windowTo = Number.NEGATIVE_INFINITY;
  let inWindow = 0;
  for (const lease of sorted) {
    const left = lease.expiry - now;
    if (left > windowTo) {
      windowFrom = left;
      windowTo = left + SECOND;
      inWindow = 1;
      continue;
    }
    inWindow++;
    if (inWindow <= perSecond) continue;
    // A lease that ends later in the window is that much less in the way.
    const delayUs = Math.floor((SECOND * inWindow) / perSecond) - (left - windowFrom);
    windowTo = windowFrom + delayUs;
    delay(lease, delayUs);
  }
}

import type { Duration, Instant } from "../../base/time.ts";
import type { Fault } from "../../sim/fault.ts";

/**
 * When clients were paused, or cut off from members. A client that nothing reaches goes on to believe
 * what it knew, in a lease or a lock of its own: the checkers must not blame it for that.
 */
export class ClientReachability {
  readonly #paused = new Set<number>();
  readonly #cut = new Set<number>();
  /** Those that take watch responses slowly, or not at all. */
  readonly #slow = new Set<number>();
  /** When each that was unreachable once could be reached again. */
  readonly #reachableSince = new Map<number, Instant>();

  /** To be called with every fault. */
  injected(fault: Fault, now: Instant): void {
    switch (fault.type) {
      case "client-pause":
        this.#paused.add(fault.client);
        return;
      case "client-resume":
        this.#paused.delete(fault.client);
        this.#reachableSince.set(fault.client, now);
        return;
      case "client-cut":
        for (const client of fault.clients) this.#cut.add(client);
        return;
      case "heal":
        for (const client of this.#cut) this.#reachableSince.set(client, now);
        this.#cut.clear();
        return;
    }
  }

  readEvery(client: number, everyUs: Duration): void {
    if (everyUs === 0) this.#slow.delete(client);
    else this.#slow.add(client);
  }

  isSlow(client: number): boolean {
    return this.#slow.has(client);
  }

  isUnreachable(client: number): boolean {
    return this.#paused.has(client) || this.#cut.has(client);
  }

  /** Whether it is so now, or was at any time since `at`. */
  wasUnreachable(client: number, at: Instant): boolean {
    return this.isUnreachable(client) || (this.#reachableSince.get(client) ?? -1) >= at;
  }
}

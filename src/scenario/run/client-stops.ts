import type { Duration, Instant } from "../../base/time.ts";
import type { Fault } from "../../sim/fault.ts";

/**
 * When clients were stopped, or cut off from members: nobody can take a belief away from a client
 * that does not hear, so that the checkers must know of it.
 */
export class ClientStops {
  readonly #paused = new Set<number>();
  readonly #cut = new Set<number>();
  /** Those that take watch responses slowly, or not at all. */
  readonly #slow = new Set<number>();
  /** When it went on, of each that was stopped once. */
  readonly #wentOn = new Map<number, Instant>();

  injected(fault: Fault, now: Instant): void {
    switch (fault.type) {
      case "client-pause":
        this.#paused.add(fault.client);
        return;
      case "client-resume":
        this.#paused.delete(fault.client);
        this.#wentOn.set(fault.client, now);
        return;
      case "client-cut":
        for (const client of fault.clients) this.#cut.add(client);
        return;
      case "heal":
        for (const client of this.#cut) this.#wentOn.set(client, now);
        this.#cut.clear();
        return;
    }
  }

  reads(client: number, everyUs: Duration): void {
    if (everyUs === 0) this.#slow.delete(client);
    else this.#slow.add(client);
  }

  isSlow(client: number): boolean {
    return this.#slow.has(client);
  }

  isStopped(client: number): boolean {
    return this.#paused.has(client) || this.#cut.has(client);
  }

  /** Whether it is stopped now, or was so at any time since `at`. */
  wasStopped(client: number, at: Instant): boolean {
    return this.isStopped(client) || (this.#wentOn.get(client) ?? -1) >= at;
  }
}

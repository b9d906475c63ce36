import type { Instant } from "../base/time.ts";
import { formatDuration } from "../scenario/read/duration.ts";

/** Something that the workload waits for. */
export interface Wait {
  /** As a person says it: `get a of client 1`. */
  readonly what: string;
  readonly since: Instant;
}

const SHOWN_MAX = 5;

/** What the workload waits for, in the order of its asking. */
export class Waits {
  readonly #open = new Set<Wait>();
  /** Ways by which the simulation may yet call the workload, though it does not wait for them. */
  listeners = 0;

  get count(): number {
    return this.#open.size;
  }

  add(wait: Wait): void {
    this.#open.add(wait);
  }

  /** False if it is not waited for any more. */
  delete(wait: Wait): boolean {
    return this.#open.delete(wait);
  }

  text(now: Instant): string {
    const waits = [...this.#open];
    const shown = waits
      .slice(0, SHOWN_MAX)
      .map(({ what, since }) => `${what} (for ${formatDuration(now - since)})`);
    const more = waits.length - shown.length;
    return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(", ");
  }
}

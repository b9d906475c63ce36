import type { ApiError } from "../../api/errors.ts";
import { type Duration, MILLISECOND, NEVER } from "../../base/time.ts";

export const DEADLINE: ApiError = Object.freeze({
  code: "DeadlineExceeded",
  message: "context deadline exceeded",
});

/** What the host's timers can count. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** How long a client waits, by the host's clock. */
export class Deadline {
  private readonly timer: NodeJS.Timeout | null;

  constructor(us: Duration, onLate: () => void) {
    const ms = Math.min(us / MILLISECOND, TIMER_MAX_MS);
    this.timer = us === NEVER ? null : setTimeout(onLate, ms);
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
  }
}

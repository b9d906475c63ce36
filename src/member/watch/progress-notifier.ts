import type { Digest } from "../../base/digest.ts";
import type { Random } from "../../base/random.ts";
import { type Duration, type Instant, NEVER } from "../../base/time.ts";
import type { StoreWatcher } from "../../mvcc/watch/watcher.ts";

/**
 * Who is told of progress from time to time, and when. The period is drawn once a stream, up to a
 * tenth longer, so that streams which were opened together do not speak together.
 */
export class ProgressNotifier {
  private readonly opened: Instant;
  private readonly period: Duration;
  /** Whether the watcher was sent no events since the last tick. */
  private readonly quiet = new Map<StoreWatcher, boolean>();

  constructor(now: Instant, random: Random, period: Duration) {
    this.opened = now;
    this.period = period + random.below(Math.max(1, Math.floor(period / 10)));
  }

  add(watcher: StoreWatcher): void {
    this.quiet.set(watcher, true);
  }

  delete(watcher: StoreWatcher): void {
    this.quiet.delete(watcher);
  }

  /** It was sent events: the next notification would tell it nothing. */
  sent(watcher: StoreWatcher): void {
    if (this.quiet.has(watcher)) this.quiet.set(watcher, false);
  }

  /** The tick after `now`; NEVER while nobody asked for it. */
  next(now: Instant): Instant {
    if (this.quiet.size === 0) return NEVER;
    const since = now - this.opened;
    return now + this.period - (since % this.period);
  }

  digest(into: Digest): void {
    into.number(this.opened);
    into.number(this.period);
    for (const [watcher, quiet] of this.quiet) into.number(quiet ? watcher.id : -1 - watcher.id);
  }

  tick(notify: (watcher: StoreWatcher) => void): void {
    for (const [watcher, quiet] of this.quiet) {
      if (quiet) notify(watcher);
      else this.quiet.set(watcher, true);
    }
  }
}

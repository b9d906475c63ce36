import { assert } from "../../base/assert.ts";
import type { Duration, Instant } from "../../base/time.ts";
import type { RawNode } from "../../raft/raw-node.ts";

/**
 * Raft's ticks out of a member's own clock, without an event a tick: ticks that only count are
 * caught up with at the next input, and `due` says when one will do something (an election
 * timeout, a heartbeat). What can be observed is the same as with a tick event every `tickUs`.
 */
export class Ticker {
  private readonly node: RawNode;
  private readonly tickUs: Duration;
  private last: Instant;

  constructor(node: RawNode, tickUs: Duration, now: Instant) {
    assert(tickUs > 0, "a tick takes time");
    this.node = node;
    this.tickUs = tickUs;
    this.last = now;
  }

  /** Local time of the next tick that does something, unless an input changes that before. */
  due(): Instant {
    return this.last + this.node.ticksUntilDue() * this.tickUs;
  }

  /** Ticks that went by and raft was not told of yet. */
  since(now: Instant): number {
    return Math.floor((now - this.last) / this.tickUs);
  }

  /** Gives raft the ticks up to local time `now`; returns how many of them did something. */
  catchUp(now: Instant): number {
    if (now - this.last < this.tickUs) return 0;
    let ticks = this.since(now);
    this.last += ticks * this.tickUs;
    let acted = 0;
    while (ticks > 0) {
      const due = this.node.ticksUntilDue();
      if (ticks < due) {
        this.node.skipTicks(ticks);
        break;
      }
      if (due > 1) this.node.skipTicks(due - 1);
      this.node.tick();
      acted++;
      ticks -= due;
    }
    return acted;
  }

  /** After a pause of the process: like Go's ticker, which keeps one missed tick and drops the rest. */
  resume(now: Instant): void {
    const missed = this.since(now);
    if (missed > 1) this.last += (missed - 1) * this.tickUs;
  }
}

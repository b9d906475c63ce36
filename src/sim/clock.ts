import { assert } from "../base/assert.ts";
import { type EventId, EventQueue } from "../base/event-queue.ts";
import type { Instant } from "../base/time.ts";

/** What reads the time and no more. */
export interface ReadClock {
  readonly now: Instant;
}

/** What schedules events that carry an `E`. */
export interface Scheduler<E> extends ReadClock {
  at(when: Instant, kind: number, target: number, payload: E): EventId;
}

/**
 * The world's virtual time: it stands still while an event is handled and jumps to the next one.
 * `next` leaves the event in `queue.kind`, `queue.target` and `queue.payload`.
 */
export class SimClock<P> implements Scheduler<P> {
  now: Instant = 0;
  readonly queue = new EventQueue<P>();

  /** Schedules an event; never in the past. Events of one instant happen in the order of scheduling. */
  at(when: Instant, kind: number, target: number, payload: P | null): EventId {
    assert(when >= this.now, "the past can't be scheduled");
    return this.queue.push(when, kind, target, payload);
  }

  cancel(id: EventId): boolean {
    return this.queue.cancel(id);
  }

  /** When the next event happens, or NEVER. */
  peekAt(): Instant {
    return this.queue.peekAt();
  }

  /** Goes to the next event; false, with the time unchanged, if there is none. */
  next(): boolean {
    if (!this.queue.pop()) return false;
    assert(this.queue.at >= this.now, "time does not run backwards");
    this.now = this.queue.at;
    return true;
  }

  /** Lets time pass up to `when` where nothing is scheduled before it. */
  advanceTo(when: Instant): void {
    assert(when >= this.now && when <= this.queue.peekAt(), "no event may be jumped over");
    this.now = when;
  }
}

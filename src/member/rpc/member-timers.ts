import { type Duration, type Instant, NEVER } from "../../base/time.ts";
import { Timer, TimerHeap } from "../../base/timer-heap.ts";

export type MemberTimer = Timer<() => void>;

/** What a member means to do later, by its own clock. */
export class MemberTimers {
  private readonly heap = new TimerHeap<() => void>();
  private made = 0;
  private readonly clock: { readonly now: Instant };

  constructor(clock: { readonly now: Instant }) {
    this.clock = clock;
  }

  /** Calls `run` in `delayUs`, unless it is cancelled before. */
  after(delayUs: Duration, run: () => void): MemberTimer {
    const timer = new Timer(run, this.made++);
    this.heap.set(timer, this.clock.now + delayUs);
    return timer;
  }

  cancel(alarm: MemberTimer): void {
    this.heap.cancel(alarm);
  }

  due(): Instant {
    return this.heap.next;
  }

  /** Rings what is due. What it sets for now rings in the same turn. */
  wake(): void {
    while (this.heap.next !== NEVER && this.heap.next <= this.clock.now) {
      const { owner } = this.heap.first();
      this.heap.cancel(this.heap.first());
      owner();
    }
  }
}

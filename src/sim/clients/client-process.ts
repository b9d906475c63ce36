import type { EventId } from "../../base/event-queue.ts";
import type { Instant, Ppm } from "../../base/time.ts";
import type { ClientClock, Timer } from "../../client/ports.ts";
import type { SimClock } from "../clock.ts";
import { EventKind, type Payload } from "../event-kinds.ts";
import { LocalClock } from "../machine/local-clock.ts";

/**
 * The process that a client runs in: a clock of its own that may drift, and an inbox that waits while the
 * process is paused, as it is in a long garbage collection. The clock is not: timers are late then.
 */
export class ClientProcess implements ClientClock {
  readonly id: number;
  paused = false;
  private readonly clock: SimClock<Payload>;
  private readonly local = new LocalClock();
  /** What came while it was paused, in the order of coming. */
  private backlog: (() => void)[] = [];

  constructor(id: number, clock: SimClock<Payload>) {
    this.id = id;
    this.clock = clock;
  }

  get now(): Instant {
    return this.local.local(this.clock.now);
  }

  /** How much faster its clock runs. */
  get drift(): Ppm {
    return this.local.drift;
  }

  at(when: Instant, fire: () => void): Timer {
    return this.atGlobal(this.local.globalFor(when), fire);
  }

  /** A timer of the world's clock, which fires when the process runs. */
  atGlobal(when: Instant, fire: () => void): Timer {
    const { clock, id } = this;
    const timer = new ProcessTimer(this, fire);
    timer.event = clock.at(Math.max(when, clock.now), EventKind.ClientTimer, id, timer);
    return timer;
  }

  cancel(event: EventId): void {
    this.clock.cancel(event);
  }

  /** Keeps an input for later; called while paused. */
  defer(input: () => void): void {
    this.backlog.push(input);
  }

  pause(): void {
    this.paused = true;
  }

  /** The process goes on, and finds all that came meanwhile. */
  resume(): void {
    this.paused = false;
    const waiting = this.backlog;
    this.backlog = [];
    for (const input of waiting) input();
  }

  /** Its clock runs so much faster (negative: slower). Timers that are set keep their moment. */
  setDrift(ppm: Ppm): void {
    this.local.setDrift(this.clock.now, ppm);
  }
}

class ProcessTimer implements Timer {
  event: EventId = 0;
  private readonly process: ClientProcess;
  /** Null: it was cancelled, perhaps after it had run out in a paused process. */
  private fire: (() => void) | null;

  constructor(process: ClientProcess, fire: () => void) {
    this.process = process;
    this.fire = fire;
  }

  ranOut(): void {
    if (this.process.paused) this.process.defer(() => this.fire?.());
    else this.fire?.();
  }

  cancel(): void {
    this.fire = null;
    this.process.cancel(this.event);
  }
}

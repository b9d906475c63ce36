import type { LeaseCheckpoint, LeaseCheckpointRequest } from "../api/requests.ts";
import { assert } from "../base/assert.ts";
import { type Instant, NEVER, SECOND } from "../base/time.ts";
import { TimerHeap } from "../base/timer-heap.ts";
import type { Lease } from "./lease.ts";
import type { CheckpointDone, LessorHost, LessorOptions } from "./options.ts";

/** Batches in one round: etcd's 1000 a second, at two rounds a second. */
const BATCHES_PER_ROUND = 500;

/** The lessor whose leases they are. */
interface Owner {
  readonly isPrimary: boolean;
  lookup(id: bigint): Lease | null;
}

/**
 * Writes down through the log how much is left of long leases, so that a new leader does not give
 * them their whole TTL again. A round sends batch after batch, each when the one before is applied.
 */
export class Checkpoints {
  private readonly host: LessorHost;
  private readonly options: LessorOptions;
  private readonly owner: Owner;
  private readonly timers = new TimerHeap<Lease>();
  private batch: readonly LeaseCheckpoint[] = [];
  private sending = false;

  constructor(host: LessorHost, options: LessorOptions, owner: Owner) {
    assert(options.checkpointBatch >= 1, "a batch holds something");
    this.host = host;
    this.options = options;
    this.owner = owner;
  }

  /** A lease that ends before the next checkpoint needs none; one that waits for one keeps its turn. */
  schedule(now: Instant, lease: Lease): void {
    const { checkpointIntervalUs } = this.options;
    if (lease.secondsLeft * SECOND <= checkpointIntervalUs) return;
    if (lease.checkpointTimer.place >= 0) return;
    this.timers.set(lease.checkpointTimer, now + checkpointIntervalUs);
  }

  cancel(lease: Lease): void {
    this.timers.cancel(lease.checkpointTimer);
  }

  clear(): void {
    this.timers.clear();
  }

  due(): Instant {
    return this.sending ? NEVER : this.timers.next;
  }

  propose(request: LeaseCheckpointRequest, done: CheckpointDone): void {
    this.host.proposeCheckpoint(request, done);
  }

  send(now: Instant): void {
    if (this.sending) return;
    this.sending = true;
    this.round(now, 1);
  }

  private round(now: Instant, nth: number): void {
    const { isPrimary } = this.owner;
    const { resendsCheckpoints, dropsCheckpointErrors } = this.options.mistakes;
    // Known mistake L6: a lessor that was demoted meanwhile sends again what it sent last, over what
    // the new leader knows better.
    if (isPrimary || !resendsCheckpoints) this.batch = isPrimary ? this.take(now) : [];
    const { batch } = this;
    if (batch.length === 0) {
      this.sending = false;
      return;
    }
    this.host.proposeCheckpoint({ checkpoints: batch }, (then, error) => {
      // Known mistake L14: nobody looks, and these leases are never written down. With L6 nobody does, too.
      const failed = error !== null && !dropsCheckpointErrors && !resendsCheckpoints;
      if (failed) this.again(then, batch);
      const more = batch.length === this.options.checkpointBatch && nth < BATCHES_PER_ROUND;
      if (more && !failed) this.round(then, nth + 1);
      else this.sending = false;
    });
  }

  /** What was not written down has another turn. */
  private again(now: Instant, batch: readonly LeaseCheckpoint[]): void {
    if (!this.owner.isPrimary) return;
    for (const { id } of batch) {
      const lease = this.owner.lookup(id);
      if (lease !== null) this.schedule(now, lease);
    }
  }

  private take(now: Instant): LeaseCheckpoint[] {
    const found: LeaseCheckpoint[] = [];
    const { timers, options } = this;
    while (timers.next <= now && found.length < options.checkpointBatch) {
      const lease = timers.first().owner;
      timers.cancel(lease.checkpointTimer);
      if (lease.expired(now)) continue;
      const remainingTtl = Math.ceil((lease.expiry - now) / SECOND);
      if (remainingTtl < lease.ttl) found.push({ id: lease.id, remainingTtl });
      // Just renewed: nothing to write down yet.
      else this.schedule(now, lease);
    }
    return found;
  }
}

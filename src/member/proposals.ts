import { type ApiError, Errors } from "../api/errors.ts";
import { assert } from "../base/assert.ts";
import { type Duration, type Instant, MILLISECOND, SECOND } from "../base/time.ts";
import type { MemberConfig } from "./types.ts";

/** A proposal that waits for its entry to be applied here. */
interface Pending {
  readonly id: number;
  readonly callId: number;
  readonly deadline: Instant;
}

/** etcd waits 5 s for a proposal and two election timeouts for a leader (config.go ReqTimeout). */
export function requestTimeoutUs(config: MemberConfig): Duration {
  return 5 * SECOND + 2 * config.electionTicks * config.tickUs;
}

/**
 * What was proposed by this member and not yet applied, by request id. An entry that comes up in
 * the log with an id that is not here was proposed by someone else, or in an earlier life.
 */
export class Proposals {
  private readonly byId = new Map<number, Pending>();
  /** In the order of their deadlines, as all wait equally long; the settled ones are skipped later. */
  private queue: Pending[] = [];
  private head = 0;
  private nextId: number;
  private readonly timeoutUs: Duration;
  private readonly fail: (callId: number, error: ApiError) => void;

  constructor(
    member: number,
    bootedAt: Instant,
    timeoutUs: Duration,
    fail: (callId: number, error: ApiError) => void,
  ) {
    // As etcd's idutil: member, then the time, then a counter, so that no life re-uses an id.
    const milliseconds = Math.floor(bootedAt / MILLISECOND) % 2 ** 33;
    this.nextId = (member % 64) * 2 ** 46 + milliseconds * 2 ** 13;
    this.timeoutUs = timeoutUs;
    this.fail = fail;
  }

  /** Registers a call and returns the id to propose under. */
  add(callId: number, now: Instant): number {
    const id = ++this.nextId;
    assert(id < Number.MAX_SAFE_INTEGER, "request ids are safe integers");
    const pending = { id, callId, deadline: now + this.timeoutUs };
    this.byId.set(id, pending);
    this.queue.push(pending);
    return id;
  }

  /** Whether somebody still waits for this id. */
  has(id: number): boolean {
    return this.byId.has(id);
  }

  /** The call that waits for this id, which is settled with that; 0 if none does. */
  take(id: number): number {
    const pending = this.byId.get(id);
    if (pending === undefined) return 0;
    this.byId.delete(id);
    return pending.callId;
  }

  due(): Instant {
    this.skipSettled();
    return this.queue[this.head]?.deadline ?? Number.POSITIVE_INFINITY;
  }

  /** Fails what waited too long. It may still be applied: the caller can't know. */
  wake(now: Instant): void {
    for (;;) {
      this.skipSettled();
      const first = this.queue[this.head];
      if (first === undefined || first.deadline > now) return;
      this.byId.delete(first.id);
      this.fail(first.callId, Errors.timeout);
    }
  }

  private skipSettled(): void {
    const queue = this.queue;
    while (this.head < queue.length && !this.byId.has((queue[this.head] as Pending).id)) {
      this.head++;
    }
    if (this.head > 1024 && this.head * 2 > queue.length) {
      this.queue = queue.slice(this.head);
      this.head = 0;
    }
  }
}

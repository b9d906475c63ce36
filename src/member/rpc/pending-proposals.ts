import type { ApiError } from "../../api/errors.ts";
import type { Reply } from "../../api/reply.ts";
import type { InternalResponse } from "../../api/requests.ts";
import { assert } from "../../base/assert.ts";
import {
  type Duration,
  type Instant,
  MILLISECOND,
  NEVER,
  SECOND,
  type WallTime,
} from "../../base/time.ts";
import type { ProposalWaiters } from "../apply/apply-listener.ts";
import type { MemberConfig } from "../settings.ts";

/** How the member itself hears of what it proposed. */
export type Settled = (reply: Reply<InternalResponse>) => void;

/** A proposal that waits for its entry to be applied here. */
export interface PendingProposal {
  readonly id: number;
  /** The client's call that waits for it; 0 where the member itself does, by `done`. */
  readonly callId: number;
  readonly done: Settled | null;
  readonly startedAt: Instant;
  /** Nobody waits any more. */
  settled: boolean;
}

/** etcd waits 5 s for a proposal and two election timeouts for a leader (config.go ReqTimeout). */
export function requestTimeoutUs(config: MemberConfig): Duration {
  return 5 * SECOND + 2 * config.electionTicks * config.tickUs;
}

/** Whether it is given up after etcd's own limit, or goes on until its client gives up (`configure`). */
export type Patience = "limited" | "unlimited";

/** Ids count milliseconds from 2026-01-01 on. There are 33 bits for them: 99 days, and over again. */
const ID_EPOCH: WallTime = 1_767_225_600 * SECOND;

function dateBits(date: WallTime): number {
  const milliseconds = Math.floor((date - ID_EPOCH) / MILLISECOND) % 2 ** 33;
  return milliseconds < 0 ? milliseconds + 2 ** 33 : milliseconds;
}

/**
 * What was proposed by this member and not yet applied, by request id, and who waits for it (etcd's
 * pkg/wait). An entry that comes up in the log with an id that is not here was proposed by someone else,
 * or in an earlier life.
 */
export class PendingProposals implements ProposalWaiters {
  private readonly byId = new Map<number, PendingProposal>();
  /** In the order of their deadlines, as all with a limit wait equally long; the settled ones are skipped later. */
  private queue: PendingProposal[] = [];
  private head = 0;
  /** What was applied and is still worked on: who waits for it, by id. */
  private readonly held = new Map<number, PendingProposal>();
  /**
   * As etcd's idutil: member, date of the start, counter, so that no life re-uses an earlier one's
   * ids. Unless the wall clock was set back to where that one began: then an entry of its, applied
   * only now, is taken for what somebody waits for here.
   */
  private nextId: number;
  private readonly timeoutUs: Duration;
  private readonly respond: (callId: number, reply: Reply<InternalResponse>) => void;
  private readonly late: (pending: PendingProposal) => ApiError;

  /**
   * @param respond takes what comes of a client's proposal to the client
   * @param late why one is given up that waited too long; its entry may still be applied
   */
  constructor(
    member: number,
    bootedAt: WallTime,
    timeoutUs: Duration,
    respond: (callId: number, reply: Reply<InternalResponse>) => void,
    late: (pending: PendingProposal) => ApiError,
  ) {
    this.nextId = (member % 64) * 2 ** 46 + dateBits(bootedAt) * 2 ** 13;
    this.timeoutUs = timeoutUs;
    this.respond = respond;
    this.late = late;
  }

  /** Registers who waits and returns the id to propose under. */
  add(callId: number, done: Settled | null, now: Instant, patience: Patience = "limited"): number {
    const id = ++this.nextId;
    assert(id < Number.MAX_SAFE_INTEGER, "request ids are safe integers");
    const pending = { id, callId, done, startedAt: now, settled: false };
    this.byId.set(id, pending);
    if (patience === "limited") this.queue.push(pending);
    return id;
  }

  /** What waits for its entry to be applied; null if that was, or if it is no proposal of this life. */
  get(id: number): PendingProposal | null {
    return this.byId.get(id) ?? null;
  }

  awaits(id: number): boolean {
    return this.byId.has(id);
  }

  /** The entry of proposal `id` was applied, or never will be; whoever waits for it here gets the reply. */
  settle(id: number, reply: Reply<InternalResponse>): void {
    const pending = this.take(id) ?? this.held.get(id) ?? null;
    this.held.delete(id);
    if (pending !== null) this.settleWith(pending, reply);
  }

  /**
   * The entry of proposal `id` was applied, but its answer waits for work in the background: no
   * limit runs for that (v3_server.go Compact waits for physc alone).
   */
  hold(id: number): void {
    const pending = this.take(id);
    if (pending !== null) this.held.set(id, pending);
  }

  private take(id: number): PendingProposal | null {
    const pending = this.byId.get(id);
    if (pending === undefined) return null;
    this.byId.delete(id);
    pending.settled = true;
    return pending;
  }

  private settleWith({ callId, done }: PendingProposal, reply: Reply<InternalResponse>): void {
    if (done !== null) done(reply);
    else this.respond(callId, reply);
  }

  due(): Instant {
    this.skipSettled();
    const first = this.queue[this.head];
    return first === undefined ? NEVER : first.startedAt + this.timeoutUs;
  }

  /** Gives up what waited too long. */
  wake(now: Instant): void {
    for (;;) {
      this.skipSettled();
      const first = this.queue[this.head];
      if (first === undefined || first.startedAt + this.timeoutUs > now) return;
      this.byId.delete(first.id);
      first.settled = true;
      this.settleWith(first, { response: null, error: this.late(first) });
    }
  }

  private skipSettled(): void {
    const queue = this.queue;
    while (this.head < queue.length && (queue[this.head] as PendingProposal).settled) this.head++;
    if (this.head > 1024 && this.head * 2 > queue.length) {
      this.queue = queue.slice(this.head);
      this.head = 0;
    }
  }
}

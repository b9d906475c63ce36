import { type ApiError, Errors } from "../api/errors.ts";
import { assert } from "../base/assert.ts";
import { equalBytes } from "../base/bytes.ts";
import { type Duration, type Instant, MILLISECOND } from "../base/time.ts";
import type { RawNode } from "../raft/raw-node.ts";
import type { Index, ReadState } from "../raft/types.ts";

/** etcd asks again when no answer came for so long (v3_server.go readIndexRetryTime). */
export const READ_INDEX_RETRY_US: Duration = 500 * MILLISECOND;

/** A read that waits for the right to be answered. */
export interface WaitingRead {
  readonly deadline: Instant;
  /** Answers from the state machine as it is now. */
  serve(): void;
  fail(error: ApiError): void;
}

/**
 * Linearizable reads (Raft thesis 6.4, v3_server.go linearizableReadLoop): ask the leader for its
 * commit index once for all reads that wait, then answer them as soon as that much is applied.
 * One question is under way at a time; reads that come meanwhile make the next one.
 */
export class LinearizableReads {
  private readonly node: RawNode;
  private readonly member: number;
  private waiting: WaitingRead[] = [];
  private asked: WaitingRead[] = [];
  private context: Uint8Array = new Uint8Array(0);
  private retryAt: Instant = Number.POSITIVE_INFINITY;
  private questions = 0;
  /** Known mistake R27: an answer counts though the leader has changed since (PR 21375). */
  private readonly trusts: boolean;
  private confirmed: { readonly index: Index; readonly reads: readonly WaitingRead[] }[] = [];

  constructor(node: RawNode, member: number, trusts = false) {
    this.node = node;
    this.member = member;
    this.trusts = trusts;
  }

  add(read: WaitingRead, now: Instant): void {
    this.waiting.push(read);
    this.ask(now);
  }

  /** When this must be looked at again. */
  due(): Instant {
    return this.retryAt;
  }

  private ask(now: Instant): void {
    if (this.asked.length > 0 || this.waiting.length === 0) return;
    this.asked = this.waiting;
    this.waiting = [];
    this.questions++;
    // Unlike any other question of this member or another, so that a late answer can't confirm it.
    this.context = questionId(this.member, now, this.questions);
    this.retryAt = now + READ_INDEX_RETRY_US;
    this.node.readIndex(this.context);
  }

  /** Raft answered a question; an answer to an older one is dropped. */
  answered(state: ReadState, applied: Index, now: Instant): void {
    if (this.asked.length === 0 || !equalBytes(state.requestContext, this.context)) return;
    const reads = this.asked;
    this.asked = [];
    this.retryAt = Number.POSITIVE_INFINITY;
    if (state.index <= applied) for (const read of reads) read.serve();
    else this.confirmed.push({ index: state.index, reads });
    this.ask(now);
  }

  appliedTo(index: Index): void {
    if (this.confirmed.length === 0) return;
    const ready = this.confirmed.filter((batch) => batch.index <= index);
    if (ready.length === 0) return;
    this.confirmed = this.confirmed.filter((batch) => batch.index > index);
    for (const batch of ready) for (const read of batch.reads) read.serve();
  }

  /** The answer under way can't be trusted to come: etcd fails these reads. */
  leaderChanged(now: Instant): void {
    if (this.trusts) return;
    const failed = this.asked;
    this.asked = [];
    this.retryAt = Number.POSITIVE_INFINITY;
    for (const read of failed) read.fail(Errors.leaderChanged);
    this.ask(now);
  }

  /** The leader could not answer before it committed in its term; ask again at once. */
  repeat(now: Instant): void {
    if (this.asked.length === 0) return;
    this.retryAt = now + READ_INDEX_RETRY_US;
    this.node.readIndex(this.context);
  }

  /** Retries and gives up what waited too long. */
  wake(now: Instant): void {
    if (now < this.retryAt) return;
    const late = this.asked.filter((read) => read.deadline <= now);
    this.asked = this.asked.filter((read) => read.deadline > now);
    for (const read of late) read.fail(Errors.timeout);
    this.retryAt = Number.POSITIVE_INFINITY;
    if (this.asked.length > 0) this.repeat(now);
    else this.ask(now);
    assert(this.retryAt > now, "the next look lies in the future");
  }
}

/** 8 bytes: member, a counter, and the time, so that a restarted member asks anew. */
function questionId(member: number, now: Instant, count: number): Uint8Array {
  const id = new Uint8Array(8);
  id[0] = member;
  id[1] = count & 0xff;
  let rest = now;
  for (let i = 7; i > 1; i--) {
    id[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return id;
}

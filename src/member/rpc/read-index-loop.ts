import { type ApiError, Errors } from "../../api/errors.ts";
import { assert } from "../../base/assert.ts";
import { equalBytes } from "../../base/bytes.ts";
import { type Duration, type Instant, MILLISECOND, NEVER } from "../../base/time.ts";
import type { MemberMistakes } from "../../museum/member.ts";
import { NO_MISTAKES } from "../../museum/switches.ts";
import type { RawNode } from "../../raft/raw-node.ts";
import type { Index, ReadState } from "../../raft/types.ts";

/** etcd asks again when no answer came for so long (v3_server.go readIndexRetryTime). */
export const READ_INDEX_RETRY_US: Duration = 500 * MILLISECOND;

/** A read that waits for the right to be answered. */
export interface PendingRead {
  /** Answers from the state machine as it is now. */
  serve(): void;
  fail(error: ApiError): void;
}

/** Where the loop stands: nobody asks, raft has been asked, or its answer waits to be applied. */
type Turn =
  | { readonly kind: "idle" }
  | { readonly kind: "asked"; readonly context: Uint8Array; readonly giveUpAt: Instant }
  | { readonly kind: "confirmed"; readonly index: Index };

const IDLE: Turn = { kind: "idle" };

/**
 * Linearizable reads (Raft thesis 6.4, v3_server.go linearizableReadLoop): ask the leader for its
 * commit index once for all reads that wait, then answer them as soon as that much is applied. One
 * turn comes after the other; reads that come meanwhile wait for the next one.
 *
 * A question is given up after a request's time. To be applied takes as long as it takes, and so does
 * the turn: only those who ask know how long they wait, and drop their reads.
 */
export class ReadIndexLoop {
  private readonly node: RawNode;
  private readonly member: number;
  private readonly timeoutUs: Duration;
  private turn: Turn = IDLE;
  /** Whose turn it is. All may have been dropped: that ends no turn. */
  private current = new Set<PendingRead>();
  private waiting = new Set<PendingRead>();
  private retryAt: Instant = NEVER;
  private questions = 0;
  private readonly mistakes: MemberMistakes;

  constructor(
    node: RawNode,
    member: number,
    timeoutUs: Duration,
    mistakes: MemberMistakes = NO_MISTAKES,
  ) {
    this.node = node;
    this.member = member;
    this.timeoutUs = timeoutUs;
    this.mistakes = mistakes;
  }

  add(read: PendingRead, now: Instant): void {
    this.waiting.add(read);
    if (this.turn === IDLE) this.ask(now);
  }

  /** Nobody waits for it any more. */
  drop(read: PendingRead): void {
    if (!this.current.delete(read)) this.waiting.delete(read);
  }

  /** When this must be looked at again. */
  due(): Instant {
    return this.turn.kind === "asked" ? Math.min(this.retryAt, this.turn.giveUpAt) : NEVER;
  }

  private ask(now: Instant): void {
    assert(this.turn === IDLE, "one turn comes after the other");
    if (this.waiting.size === 0) return;
    this.current = this.waiting;
    this.waiting = new Set();
    this.questions++;
    // Unlike any other question of this member or another, so that a late answer can't confirm it.
    const context = questionId(this.member, now, this.questions);
    this.turn = { kind: "asked", context, giveUpAt: now + this.timeoutUs };
    this.retryAt = now + READ_INDEX_RETRY_US;
    this.node.readIndex(context);
  }

  /** The turn is over, for all whose it was; the next one begins. */
  private end(now: Instant, settle: (read: PendingRead) => void): void {
    const reads = this.current;
    this.current = new Set();
    this.turn = IDLE;
    for (const read of reads) settle(read);
    // Somebody may have come by what was settled just now.
    if (this.turn === IDLE) this.ask(now);
  }

  /** Raft answered a question; an answer to an older one is dropped. */
  answered(state: ReadState, applied: Index, now: Instant): void {
    const { turn } = this;
    if (turn.kind !== "asked" || !equalBytes(state.requestContext, turn.context)) return;
    if (state.index <= applied) this.end(now, serve);
    else this.turn = { kind: "confirmed", index: state.index };
  }

  appliedTo(index: Index, now: Instant): void {
    if (this.turn.kind === "confirmed" && this.turn.index <= index) this.end(now, serve);
  }

  /** The answer under way can't be trusted to come: etcd fails these reads. */
  leaderChanged(now: Instant): void {
    if (this.turn.kind !== "asked") return;
    // Known mistake R27: an answer counts that the old leader gave. Where reads have numbers that are
    // used again (R26) it may be to an older question.
    if (this.mistakes.trustsOldLeaderRead) return;
    this.end(now, (read) => read.fail(Errors.leaderChanged));
  }

  /** The leader could not answer before it committed in its term; ask again at once. */
  repeat(now: Instant): void {
    if (this.turn.kind !== "asked") return;
    this.retryAt = now + READ_INDEX_RETRY_US;
    this.node.readIndex(this.turn.context);
  }

  /** Asks again, or gives up. */
  wake(now: Instant): void {
    if (this.turn.kind !== "asked") return;
    if (now >= this.turn.giveUpAt) this.end(now, (read) => read.fail(Errors.timeout));
    else if (now >= this.retryAt) this.repeat(now);
    assert(this.due() > now, "the next look lies in the future");
  }
}

function serve(read: PendingRead): void {
  read.serve();
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

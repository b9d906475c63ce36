import { assert } from "../../base/assert.ts";
import type { Index, NodeId } from "../types.ts";
import type { Inflights } from "./inflights.ts";

/** How a leader treats a follower (etcd-io/raft's tracker.StateType). */
export const ProgressState = { Probe: 0, Replicate: 1, Snapshot: 2 } as const;
export type ProgressState = (typeof ProgressState)[keyof typeof ProgressState];
/** `PROGRESS_STATE_NAMES[ProgressState.Probe] === "StateProbe"`. */
export const PROGRESS_STATE_NAMES = ["StateProbe", "StateReplicate", "StateSnapshot"] as const;

/**
 * What a leader knows of one follower (etcd-io/raft's tracker.Progress).
 *
 * - Probe: it does not know where the logs agree; one append with entries, then it waits.
 * - Replicate: it sends ahead without waiting, within the bounds of `inflights`.
 * - Snapshot: it sent a snapshot and waits; `next === pendingSnapshot + 1`.
 *
 * All of flow control is decided here. Before an append replication.ts asks {@link isPaused} (then
 * none goes out) and {@link canSendEntries} (else only one without entries); what happened may be a
 * reason for an append even without entries, see {@link canBumpCommit} and {@link needsProbe}.
 */
export class Progress {
  readonly id: NodeId;
  /** The highest index up to which the follower's log is known to agree with the leader's. */
  match: Index = 0;
  /** The next index to send; those in (match, next) are in flight. Invariant: 0 <= match < next. */
  next: Index;
  /**
   * The commit index that was sent last: sending it once more tells the follower nothing. At most
   * next - 1 of it counts, as the follower cannot commit what it does not have; a rejection lowers
   * it, for what was sent along with lost entries did not help.
   */
  sentCommit: Index = 0;
  state: ProgressState = ProgressState.Probe;
  /**
   * In Snapshot: the index of the snapshot that was sent; else 0.
   *
   * An ack ends the wait although it may be below or above this index: it is enough that the
   * follower's log reaches into the leader's, and an application may have fetched its snapshot
   * elsewhere, at whatever index there was one. The index only says where to probe after the
   * application reported that the snapshot was delivered: that report is what helps when the
   * follower's ack gets lost.
   */
  pendingSnapshot: Index = 0;
  /**
   * Heard from since the last CheckQuorum; always true of the leader itself. Without it no snapshot
   * is sent: it would be lost, and the follower would stay in Snapshot.
   */
  recentActive: boolean;
  /**
   * The append that was sent last waits for an answer: one with entries in Probe, or in Replicate
   * one that filled the window or found it full. No other goes out before, or a follower that is
   * down would be sent the same again and again. As the append may be lost, the answer to a
   * heartbeat lifts it, and the next append asks again.
   */
  msgAppFlowPaused = false;
  /** Replicate: what is on the way. Bounds it, lest a slow follower be buried. */
  inflights: Inflights;
  isLearner: boolean;

  constructor(
    id: NodeId,
    next: Index,
    isLearner: boolean,
    recentActive: boolean,
    inflights: Inflights,
  ) {
    assert(next >= 1, "next is above match");
    this.id = id;
    this.next = next;
    this.isLearner = isLearner;
    this.recentActive = recentActive;
    this.inflights = inflights;
  }

  /** A new term: nothing is known of the follower any more but its role. */
  resetForTerm(match: Index, next: Index, inflights: Inflights): void {
    this.match = match;
    this.next = next;
    this.sentCommit = 0;
    this.state = ProgressState.Probe;
    this.pendingSnapshot = 0;
    this.recentActive = false;
    this.msgAppFlowPaused = false;
    this.inflights = inflights;
  }

  /** Probes after `match`, or after the snapshot that it was sent. */
  becomeProbe(): void {
    const after =
      this.state === ProgressState.Snapshot
        ? Math.max(this.match, this.pendingSnapshot)
        : this.match;
    this.resetState(ProgressState.Probe);
    this.next = after + 1;
    this.sentCommit = Math.min(this.sentCommit, this.next - 1);
  }

  becomeReplicate(): void {
    this.resetState(ProgressState.Replicate);
    this.next = this.match + 1;
  }

  becomeSnapshot(index: Index): void {
    this.resetState(ProgressState.Snapshot);
    this.pendingSnapshot = index;
    this.next = index + 1;
    this.sentCommit = index;
  }

  /** The application reported how the transport of the snapshot ended. */
  becomeProbeAfterSnapshot(delivered: boolean): void {
    // Else we would probe behind a snapshot that never arrived.
    if (!delivered) this.pendingSnapshot = 0;
    this.becomeProbe();
  }

  /** No append may go out now. */
  isPaused(): boolean {
    return this.state === ProgressState.Snapshot || this.msgAppFlowPaused;
  }

  /**
   * Unless paused: may the append carry entries? With a full window it may not, but it goes out: if
   * all that was in flight got lost, its rejection is what gets things going again.
   */
  canSendEntries(): boolean {
    return this.state !== ProgressState.Replicate || !this.inflights.full();
  }

  /** Would sending `commit` move the follower's commit index? */
  canBumpCommit(commit: Index): boolean {
    return commit > this.sentCommit && this.sentCommit < this.next - 1;
  }

  /** Must an append, if only an empty one, find out where the follower stands? */
  needsProbe(lastIndex: Index): boolean {
    return this.match < lastIndex || this.state === ProgressState.Probe;
  }

  /** An append went out: `count` entries of `bytes` payload from `next` on, and `commit`. */
  sentAppend(count: number, bytes: number, commit: Index): void {
    assert(
      this.state !== ProgressState.Snapshot,
      "sending append in unhandled state StateSnapshot",
    );
    if (this.state === ProgressState.Replicate) {
      if (count > 0) {
        this.next += count;
        this.inflights.add(this.next - 1, bytes);
      }
      this.msgAppFlowPaused = this.inflights.full();
    } else if (count > 0) {
      this.msgAppFlowPaused = true;
    }
    this.sentCommit = commit;
  }

  sentHeartbeat(commit: Index): void {
    this.sentCommit = commit;
  }

  /** It answered a heartbeat. Whatever else we sent before that may have been lost. */
  answeredHeartbeat(): void {
    this.recentActive = true;
    this.msgAppFlowPaused = false;
  }

  /** No append until the follower is heard from. */
  pause(): void {
    this.msgAppFlowPaused = true;
  }

  /** An ack up to `index`; false if it says nothing new. */
  maybeUpdate(index: Index): boolean {
    if (index <= this.match) return false;
    this.match = index;
    if (this.next <= index) this.next = index + 1;
    this.msgAppFlowPaused = false;
    return true;
  }

  /**
   * A rejection of the append after `rejected`, with the index to try next. False if it is stale:
   * in Replicate about something already matched, else about another probe than the last.
   */
  maybeDecrTo(rejected: Index, hint: Index): boolean {
    if (this.state === ProgressState.Replicate) {
      if (rejected <= this.match) return false;
      this.next = this.match + 1;
    } else {
      if (this.next - 1 !== rejected) return false;
      this.next = Math.max(Math.min(rejected, hint + 1), this.match + 1);
      this.msgAppFlowPaused = false;
    }
    this.sentCommit = Math.min(this.sentCommit, this.next - 1);
    assert(this.match < this.next, "match < next");
    return true;
  }

  clone(): Progress {
    const copy = new Progress(
      this.id,
      this.next,
      this.isLearner,
      this.recentActive,
      this.inflights.clone(),
    );
    copy.match = this.match;
    copy.sentCommit = this.sentCommit;
    copy.state = this.state;
    copy.pendingSnapshot = this.pendingSnapshot;
    copy.msgAppFlowPaused = this.msgAppFlowPaused;
    return copy;
  }

  /** `StateProbe match=0 next=1 learner paused pendingSnap=9 inactive inflight=2[full]`. */
  describe(): string {
    let text = `${PROGRESS_STATE_NAMES[this.state]} match=${this.match} next=${this.next}`;
    if (this.isLearner) text += " learner";
    if (this.isPaused()) text += " paused";
    if (this.pendingSnapshot > 0) text += ` pendingSnap=${this.pendingSnapshot}`;
    if (!this.recentActive) text += " inactive";
    const inflight = this.inflights.count;
    if (inflight > 0) text += ` inflight=${inflight}${this.inflights.full() ? "[full]" : ""}`;
    return text;
  }

  private resetState(state: ProgressState): void {
    this.msgAppFlowPaused = false;
    this.pendingSnapshot = 0;
    this.state = state;
    this.inflights.reset();
  }
}

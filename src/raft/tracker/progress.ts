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
 * - Probe: it does not know where the logs agree; one append at a time.
 * - Replicate: it sends ahead without waiting, within the bounds of `inflights`.
 * - Snapshot: it sent a snapshot and waits; `next === pendingSnapshot + 1`.
 */
export class Progress {
  readonly id: NodeId;
  /** The highest index known to be in the follower's log. Invariant: match < next. */
  match: Index = 0;
  /** The next index to send; those in (match, next) are in flight. */
  next: Index;
  /** The highest commit index that was sent, as far as it is worth remembering. */
  sentCommit: Index = 0;
  state: ProgressState = ProgressState.Probe;
  /** In Snapshot: the index of the snapshot that was sent. */
  pendingSnapshot: Index = 0;
  /** Heard from since the last CheckQuorum; always true of the leader itself. */
  recentActive: boolean;
  /** No further append until an ack or a heartbeat's answer arrives. */
  msgAppFlowPaused = false;
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

  /** `count` entries of `bytes` payload went out from `next` on. */
  sentEntries(count: number, bytes: number): void {
    assert(
      this.state !== ProgressState.Snapshot,
      "sending append in unhandled state StateSnapshot",
    );
    if (this.state === ProgressState.Replicate) {
      if (count > 0) {
        this.next += count;
        this.inflights.add(this.next - 1, bytes);
      }
      // The message that fills the window, or one sent while it is full, is a probe.
      this.msgAppFlowPaused = this.inflights.full();
    } else if (count > 0) {
      this.msgAppFlowPaused = true;
    }
  }

  /** Would sending `commit` move the follower's commit index? */
  canBumpCommit(commit: Index): boolean {
    return commit > this.sentCommit && this.sentCommit < this.next - 1;
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

  /** No append may be sent now. */
  isPaused(): boolean {
    return this.state === ProgressState.Snapshot || this.msgAppFlowPaused;
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

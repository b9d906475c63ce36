import type { RaftError } from "./errors.ts";
import * as lines from "./log-lines/index.ts";
import { onPropose } from "./proposals.ts";
import type { Raft } from "./raft.ts";
import { onHeartbeatEcho, onReadIndex, releasePendingReads } from "./read-index.ts";
import {
  broadcastAppend,
  broadcastHeartbeat,
  maybeCommit,
  maybeSendAppend,
} from "./replication.ts";
import { type Progress, ProgressState } from "./tracker/progress.ts";
import { continueTransfer, onTransferRequest } from "./transfer.ts";
import { type Message, MessageType, NONE } from "./types.ts";

/** What a leader does with a message of its term. */
export function stepLeader(r: Raft, m: Message): RaftError | null {
  switch (m.type) {
    case MessageType.Beat:
      broadcastHeartbeat(r);
      return null;
    case MessageType.CheckQuorum:
      checkQuorum(r);
      return null;
    case MessageType.Prop:
      return onPropose(r, m.entries);
    case MessageType.ReadIndex:
      onReadIndex(r, m);
      return null;
    case MessageType.ForgetLeader:
      return null;
    default:
  }
  const from = r.tracker.get(m.from);
  if (from === null) {
    lines.ignoredUnknownNode(r, m.from);
    return null;
  }
  switch (m.type) {
    case MessageType.AppResp:
      from.recentActive = true;
      if (m.reject) onAppendRejected(r, from, m);
      else onAppendAccepted(r, from, m);
      break;
    case MessageType.HeartbeatResp:
      onHeartbeatResponse(r, from, m);
      break;
    case MessageType.SnapStatus:
      onSnapshotStatus(r, from, m.reject);
      break;
    case MessageType.Unreachable:
      onUnreachable(r, from);
      break;
    case MessageType.TransferLeader:
      onTransferRequest(r, from);
      break;
    default:
  }
  return null;
}

/** A leader that did not hear from a quorum for an election timeout steps down (thesis 6.2). */
export function checkQuorum(r: Raft): void {
  if (!r.tracker.quorumActive()) {
    lines.steppedDownWithoutQuorum(r);
    r.becomeFollower(r.term, NONE, "quorum lost");
  }
  for (const progress of r.tracker.progress) {
    if (progress.id !== r.id) progress.recentActive = false;
  }
}

/**
 * The follower's log does not match before the append. Its hint, the largest (index, term) at
 * which the logs may agree from its point of view, lets us skip whole terms from ours.
 */
function onAppendRejected(r: Raft, from: Progress, m: Message): void {
  lines.receivedRejection(r, m);
  const probe = m.logTerm > 0 ? r.log.findConflictByTerm(m.rejectHint, m.logTerm) : m.rejectHint;
  if (!from.maybeDecrTo(m.index, probe)) return;
  lines.decreasedProgress(r, from);
  if (from.state === ProgressState.Replicate) from.becomeProbe();
  maybeSendAppend(r, from, true);
}

/** The follower's log agrees with ours up to m.index. Our own acks come here too. */
function onAppendAccepted(r: Raft, from: Progress, m: Message): void {
  const news = from.maybeUpdate(m.index);
  // An ack that says nothing new still ends a probe: see heartbeat_resp_recovers_from_probing.txt.
  if (!news && !(from.match === m.index && from.state === ProgressState.Probe)) return;
  if (from.state === ProgressState.Probe) from.becomeReplicate();
  else if (from.state === ProgressState.Snapshot) maybeLeaveSnapshot(r, from);
  else from.inflights.freeUpTo(m.index);

  const isOther = m.from !== r.id;
  if (maybeCommit(r)) {
    releasePendingReads(r);
    broadcastAppend(r);
  } else if (isOther && from.canBumpCommit(r.log.committed)) {
    maybeSendAppend(r, from, true);
  }
  // There may be room in the window for several bounded messages now.
  if (isOther) while (maybeSendAppend(r, from, false));
  continueTransfer(r, from);
}

/** Any ack that reaches into our log ends the wait: see `Progress.pendingSnapshot`. */
function maybeLeaveSnapshot(r: Raft, from: Progress): void {
  if (from.match + 1 < r.log.firstIndex()) return;
  // Known mistake R34: it got an older snapshot elsewhere, could be sent entries, and waits for ever.
  if (r.mistakes.awaitsPendingSnapshot && from.match < from.pendingSnapshot) return;
  lines.resumedAfterSnapshot(r, from);
  from.becomeProbe();
  from.becomeReplicate();
}

function onHeartbeatResponse(r: Raft, from: Progress, m: Message): void {
  from.answeredHeartbeat();
  if (from.needsProbe(r.log.lastIndex())) maybeSendAppend(r, from, true);
  onHeartbeatEcho(r, m);
}

/** The application tells how the transport of a snapshot ended. */
function onSnapshotStatus(r: Raft, to: Progress, failed: boolean): void {
  if (to.state !== ProgressState.Snapshot) return;
  to.becomeProbeAfterSnapshot(!failed);
  lines.resumedAfterSnapshotReport(r, to, failed);
  // Wait for its ack, or after a failure for a heartbeat interval, before the next append.
  to.pause();
}

/** What we sent ahead probably got lost. */
function onUnreachable(r: Raft, to: Progress): void {
  if (to.state === ProgressState.Replicate) to.becomeProbe();
  lines.reportedUnreachable(r, to);
}

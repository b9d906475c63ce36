import { maybeCommit } from "./commit.ts";
import * as lines from "./log-lines/index.ts";
import type { Raft } from "./raft.ts";
import { releasePendingReads } from "./read-index.ts";
import { broadcastAppend, maybeSendAppend } from "./replication.ts";
import { type Progress, ProgressState } from "./tracker/progress.ts";
import { continueTransfer } from "./transfer.ts";
import type { Message } from "./types.ts";

// What a leader does with a follower's answer to AppendEntries (Raft 5.3): nextIndex and matchIndex move,
// and with them perhaps the commit index.

/** MsgAppResp of a member that the leader knows. */
export function onAppendResponse(r: Raft, from: Progress, m: Message): void {
  from.recentActive = true;
  if (m.reject) onAppendRejected(r, from, m);
  else onAppendAccepted(r, from, m);
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

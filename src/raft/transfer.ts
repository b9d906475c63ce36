import * as lines from "./log-lines/index.ts";
import { makeMessage } from "./messages.ts";
import type { Raft } from "./raft.ts";
import { maybeSendAppend } from "./replication.ts";
import type { Progress } from "./tracker/progress.ts";
import { MessageType, NONE, type NodeId } from "./types.ts";

// Handing leadership over (thesis 3.10): bring the target's log up to date, then tell it to
// campaign at once. Proposals are refused meanwhile; after an election timeout we go on as before.

/** Leader: asked to make `to` the leader. */
export function onTransferRequest(r: Raft, to: Progress): void {
  if (to.isLearner) {
    lines.ignoredTransferToLearner(r);
    return;
  }
  if (r.leadTransferee !== NONE) {
    if (r.leadTransferee === to.id) {
      lines.ignoredSameTransfer(r, to.id);
      return;
    }
    const previous = r.leadTransferee;
    abortLeaderTransfer(r);
    lines.abortedTransfer(r, previous);
  }
  if (to.id === r.id) {
    lines.ignoredTransferToSelf(r);
    return;
  }
  lines.startedTransfer(r, to.id);
  // It has one election timeout from now.
  r.electionElapsed = 0;
  r.leadTransferee = to.id;
  r.emitTransfer();
  if (to.match === r.log.lastIndex()) {
    sendTimeoutNow(r, to.id);
    lines.sentTimeoutNowAtOnce(r, to.id);
  } else {
    maybeSendAppend(r, to, true);
  }
}

/** Leader: `from` acknowledged an append; if it was the target's last, let it campaign. */
export function continueTransfer(r: Raft, from: Progress): void {
  if (from.id !== r.leadTransferee || from.match !== r.log.lastIndex()) return;
  lines.sentTimeoutNowAfterAck(r, from.id);
  sendTimeoutNow(r, from.id);
}

/** Leader: takes proposals again. A change of role ends a transfer too (`Raft.reset`). */
export function abortLeaderTransfer(r: Raft): void {
  if (r.leadTransferee === NONE) return;
  r.leadTransferee = NONE;
  r.emitTransfer();
}

function sendTimeoutNow(r: Raft, to: NodeId): void {
  r.send(makeMessage({ type: MessageType.TimeoutNow, to, from: r.id, term: r.term }));
}

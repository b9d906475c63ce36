import { hex } from "./log-lines.ts";
import { makeMessage } from "./messages.ts";
import { LogLevel } from "./observer.ts";
import type { Raft } from "./raft.ts";
import { maybeSendAppend } from "./replication.ts";
import type { Progress } from "./tracker/progress.ts";
import { MessageType, NONE, type NodeId } from "./types.ts";

// Handing leadership over (thesis 3.10): bring the target's log up to date, then tell it to
// campaign at once. Proposals are refused meanwhile; after an election timeout we go on as before.

/** Leader: asked to make `to` the leader. */
export function onTransferRequest(r: Raft, to: Progress): void {
  const target = hex(to.id);
  if (to.isLearner) {
    if (r.lines.wants(LogLevel.Debug)) {
      r.lines.debug(`${hex(r.id)} is learner. Ignored transferring leadership`);
    }
    return;
  }
  const info = r.lines.wants(LogLevel.Info);
  if (r.leadTransferee !== NONE) {
    if (r.leadTransferee === to.id) {
      if (info) {
        r.lines.info(
          `${hex(r.id)} [term ${r.term}] transfer leadership to ${target} is in progress, ` +
            `ignores request to same node ${target}`,
        );
      }
      return;
    }
    const previous = r.leadTransferee;
    r.abortLeaderTransfer();
    if (info) {
      r.lines.info(
        `${hex(r.id)} [term ${r.term}] abort previous transferring leadership to ${hex(previous)}`,
      );
    }
  }
  if (to.id === r.id) {
    if (r.lines.wants(LogLevel.Debug)) {
      r.lines.debug(`${hex(r.id)} is already leader. Ignored transferring leadership to self`);
    }
    return;
  }
  if (info) {
    r.lines.info(`${hex(r.id)} [term ${r.term}] starts to transfer leadership to ${target}`);
  }
  // It has one election timeout from now.
  r.electionElapsed = 0;
  r.leadTransferee = to.id;
  if (to.match === r.log.lastIndex()) {
    sendTimeoutNow(r, to.id);
    if (info) {
      r.lines.info(
        `${hex(r.id)} sends MsgTimeoutNow to ${target} immediately as ${target} already has ` +
          "up-to-date log",
      );
    }
  } else {
    maybeSendAppend(r, to, true);
  }
}

/** Leader: `from` acknowledged an append; if it was the target's last, let it campaign. */
export function continueTransfer(r: Raft, from: Progress): void {
  if (from.id !== r.leadTransferee || from.match !== r.log.lastIndex()) return;
  if (r.lines.wants(LogLevel.Info)) {
    r.lines.info(`${hex(r.id)} sent MsgTimeoutNow to ${hex(from.id)} after received MsgAppResp`);
  }
  sendTimeoutNow(r, from.id);
}

function sendTimeoutNow(r: Raft, to: NodeId): void {
  r.send(makeMessage({ type: MessageType.TimeoutNow, to, from: r.id, term: r.term }));
}

import { onAppendResponse } from "./append-response.ts";
import { checkQuorum } from "./check-quorum.ts";
import type { RaftError } from "./errors.ts";
import * as lines from "./log-lines/index.ts";
import { onPropose } from "./proposals.ts";
import type { Raft } from "./raft.ts";
import { onHeartbeatEcho, onReadIndex } from "./read-index.ts";
import { broadcastHeartbeat, maybeSendAppend } from "./replication.ts";
import { type Progress, ProgressState } from "./tracker/progress.ts";
import { onTransferRequest } from "./transfer.ts";
import { type Message, MessageType } from "./types.ts";

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
      onAppendResponse(r, from, m);
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

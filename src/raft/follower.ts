import { hup } from "./election.ts";
import { ErrProposalDropped, type RaftError } from "./errors.ts";
import { NO_MATCH } from "./log/raft-log.ts";
import * as lines from "./log-lines/index.ts";
import { appendAck, appendRejection, heartbeatAck } from "./messages.ts";
import type { Raft } from "./raft.ts";
import { onReadIndexResponse } from "./read-index.ts";
import { onSnapshot } from "./restore.ts";
import { MESSAGE_TYPE_NAMES, type Message, MessageType, NONE } from "./types.ts";

/** What a follower does with a message of its term. */
export function stepFollower(r: Raft, m: Message): RaftError | null {
  switch (m.type) {
    case MessageType.App:
    case MessageType.Heartbeat:
    case MessageType.Snap:
      r.electionElapsed = 0;
      r.setLead(m.from, "leader found");
      onLeaderMessage(r, m);
      return null;
    case MessageType.Prop:
      return forwardProposal(r, m);
    case MessageType.TransferLeader:
      forwardOrDrop(r, m, "leader transfer msg");
      return null;
    case MessageType.ReadIndex:
      forwardOrDrop(r, m, "index reading msg");
      return null;
    case MessageType.ReadIndexResp:
      onReadIndexResponse(r, m);
      return null;
    case MessageType.ForgetLeader:
      forgetLeader(r);
      return null;
    case MessageType.TimeoutNow:
      lines.receivedTimeoutNow(r, m);
      // Never a pre-vote: we were asked, so we are not coming back from a partition.
      hup(r, "transfer", "leadership transfer");
      return null;
    default:
      return null;
  }
}

/** MsgApp, MsgHeartbeat or MsgSnap from the leader of our term. */
export function onLeaderMessage(r: Raft, m: Message): void {
  if (m.type === MessageType.App) onAppend(r, m);
  else if (m.type === MessageType.Heartbeat) onHeartbeat(r, m);
  else onSnapshot(r, m);
}

/**
 * MsgApp: takes over the leader's entries where the logs agree just before them (Raft 5.3).
 *
 * It assumes:
 * - m is from the one leader of our term, whose log holds all that is committed (Raft 5.4). So no
 *   conflict can lie at or below our commit index: `RaftLog` panics on one before it truncates.
 * - m.entries follow (m.logTerm, m.index) without a gap, as they stand in the leader's log. So of
 *   those that we hold already, the first of another term is where our log goes wrong, and
 *   without one nothing is truncated: the message may be older than others that we took.
 * - m.commit may be beyond m.entries. So only what this message vouches for is committed by it.
 */
function onAppend(r: Raft, m: Message): void {
  const { log } = r;
  // Old news: what is committed agrees with the leader's log anyway.
  // Known mistake R9: the entry before it may be compacted away here. It is rejected as if in
  // conflict, the leader goes back and sends it all again, and so on.
  if (m.index < log.committed && !r.mistakes.rejectsStaleAppends) {
    r.sendAfterAppend(appendAck(m.from, r.id, r.term, log.committed));
    return;
  }
  const last = log.maybeAppend(m.logTerm, m.index, m.entries, m.commit);
  if (last !== NO_MATCH) {
    r.sendAfterAppend(appendAck(m.from, r.id, r.term, last));
    return;
  }
  lines.rejectedAppend(r, m);
  // Everything in our tail above the leader's term at m.index cannot be in its log: skip it.
  const hint = log.findConflictByTerm(Math.min(m.index, log.lastIndex()), m.logTerm);
  r.sendAfterAppend(appendRejection(m.from, r.id, r.term, m.index, hint, log.termOrZero(hint)));
}

function onHeartbeat(r: Raft, m: Message): void {
  // A right leader never goes beyond what we acknowledged. Known mistake R7: it does, and what we have
  // there, perhaps a tail of an old term, is committed.
  r.log.commitTo(r.mistakes.heartbeatsRawCommit ? Math.min(m.commit, r.log.lastIndex()) : m.commit);
  r.send(heartbeatAck(m.from, r.id, r.term, m.context));
}

function forwardProposal(r: Raft, m: Message): RaftError | null {
  if (r.lead === NONE) {
    lines.droppedWithoutLeader(r, "proposal");
    return ErrProposalDropped;
  }
  if (r.disableProposalForwarding) {
    lines.droppedAsForwardingIsOff(r);
    return ErrProposalDropped;
  }
  forward(r, m);
  return null;
}

function forwardOrDrop(r: Raft, m: Message, what: string): void {
  if (r.lead === NONE) lines.droppedWithoutLeader(r, what);
  else forward(r, m);
}

/** Passes a message on to the leader, who sees whom it is from. */
function forward(r: Raft, m: Message): void {
  if (m.term !== 0) {
    r.logger.panic(
      `term should not be set when sending ${MESSAGE_TYPE_NAMES[m.type]} (was ${m.term})`,
    );
  }
  // Proposals and reads are questions to whoever leads: they carry no term.
  const term = m.type === MessageType.TransferLeader ? r.term : 0;
  r.send({ ...m, to: r.lead, from: m.from === NONE ? r.id : m.from, term });
}

/**
 * Lets this node vote for another candidate although its leader's lease has not run out. Refused
 * with lease-based reads, which rely on nobody doing that.
 */
function forgetLeader(r: Raft): void {
  // Known mistake R28: it votes for another while the leader still answers reads by its lease.
  if (r.leaseBasedReads && !r.mistakes.dropsLeaseGuards) {
    lines.refusedToForgetLeader(r);
    return;
  }
  if (r.lead === NONE) return;
  lines.forgettingLeader(r);
  r.setLead(NONE, "leader forgotten");
}

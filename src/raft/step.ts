import { onAppended, onApplied } from "./advance.ts";
import { stepCandidate } from "./candidate.ts";
import { hup, onVoteRequest, ownCampaign } from "./election.ts";
import type { RaftError } from "./errors.ts";
import { stepFollower } from "./follower.ts";
import { stepLeader } from "./leader.ts";
import * as lines from "./log-lines/index.ts";
import { appendAck, CAMPAIGN_TRANSFER, voteResponse } from "./messages.ts";
import type { Raft } from "./raft.ts";
import { type Message, MessageType, NONE, StateType } from "./types.ts";

/** Handles a message: first its term, then, by type and role, the rest. */
export function step(r: Raft, m: Message): RaftError | null {
  if (r.probe !== null) r.probe.received(r, m);
  if (m.term > r.term) {
    if (!enterHigherTerm(r, m)) return null;
  } else if (m.term < r.term && m.term !== 0) {
    answerLowerTerm(r, m);
    return null;
  }
  switch (m.type) {
    case MessageType.Vote:
    case MessageType.PreVote:
      onVoteRequest(r, m);
      return null;
    case MessageType.Hup:
      hup(r, ownCampaign(r), "campaign");
      return null;
    case MessageType.StorageAppendResp:
      onAppended(r, m.term, m.logTerm, m.index, m.snapshot);
      return null;
    case MessageType.StorageApplyResp:
      onApplied(r, m.entries, r.log.applyQuota.sizeOf(m.entries));
      return null;
    default:
  }
  if (r.state === StateType.Follower) return stepFollower(r, m);
  return r.state === StateType.Leader ? stepLeader(r, m) : stepCandidate(r, m);
}

/** A message of a later term makes us a follower of it, with exceptions. False: do not go on. */
function enterHigherTerm(r: Raft, m: Message): boolean {
  switch (m.type) {
    case MessageType.PreVote:
      return !ignoresInLease(r, m); // never changes our term
    case MessageType.PreVoteResp:
      // A grant carries the term that we asked about: we enter it with the election itself.
      if (!m.reject) return true;
      break;
    case MessageType.Vote:
      if (ignoresInLease(r, m)) return false;
      break;
    default:
  }
  lines.receivedHigherTerm(r, m);
  const fromLeader =
    m.type === MessageType.App || m.type === MessageType.Heartbeat || m.type === MessageType.Snap;
  r.becomeFollower(m.term, fromLeader ? m.from : NONE, "higher term");
  return true;
}

/**
 * Within an election timeout of hearing from a leader we neither change our term nor vote, unless
 * the leader itself asked for the election (thesis 4.2.3).
 */
function ignoresInLease(r: Raft, m: Message): boolean {
  // Known mistake R23: after a start nobody votes before an election timeout has passed.
  const hasLeader = r.lead !== NONE || r.mistakes.leasesWithoutLeader;
  const inLease = r.checkQuorum && hasLeader && r.electionElapsed < r.electionTimeout;
  if (!inLease || sameBytes(m.context, CAMPAIGN_TRANSFER)) return false;
  lines.ignoredVoteInLease(r, m);
  return true;
}

function answerLowerTerm(r: Raft, m: Message): void {
  const fromLeader = m.type === MessageType.App || m.type === MessageType.Heartbeat;
  if (fromLeader && (r.checkQuorum || r.preVote)) {
    // Our vote requests may be ignored there (lease, pre-vote): tell the stale leader our term
    // this way, lest it waits for us for ever.
    r.sendAfterAppend(appendAck(m.from, r.id, r.term, 0));
  } else if (m.type === MessageType.PreVote && !r.mistakes.ignoresStalePreVotes) {
    // Silence (known mistake R22) could deadlock a group of which some members do not know pre-vote
    // yet: who is behind would never learn the term.
    lines.rejectedVote(r, m);
    r.sendAfterAppend(voteResponse(MessageType.PreVoteResp, m.from, r.id, r.term, true));
  } else if (m.type === MessageType.StorageAppendResp) {
    onAppended(r, m.term, m.logTerm, m.index, m.snapshot);
  } else {
    lines.ignoredLowerTerm(r, m);
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

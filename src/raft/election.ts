import { assert } from "../base/assert.ts";
import * as lines from "./log-lines/index.ts";
import { CAMPAIGN_TRANSFER, voteRequest, voteResponse, voteResponseType } from "./messages.ts";
import type { RoleReason } from "./observer.ts";
import { VoteResult } from "./quorum/majority.ts";
import type { Raft } from "./raft.ts";
import { appendOwn, broadcastAppend } from "./replication.ts";
import { ProgressState } from "./tracker/progress.ts";
import {
  EMPTY,
  type Entry,
  EntryType,
  MESSAGE_TYPE_NAMES,
  type Message,
  MessageType,
  NONE,
  StateType,
} from "./types.ts";

/** Which kind of campaign: asking first, for real, or for real because the leader said so. */
export type Campaign = "pre-election" | "election" | "transfer";

/** A new leader's first entry. With it, everything before can be committed too (Raft 5.4.2, 8). */
const FIRST_ENTRY: readonly Entry[] = Object.freeze([
  Object.freeze({ term: 0, index: 0, type: EntryType.Normal, data: EMPTY }),
]);

/** Starts an election, if this node may. */
export function hup(r: Raft, campaignType: Campaign, reason: RoleReason): void {
  if (r.state === StateType.Leader) {
    lines.ignoredHupAsLeader(r);
    return;
  }
  if (!r.promotable()) {
    lines.ignoredHupAsUnpromotable(r);
    return;
  }
  // Known mistake R12: it would ask for the votes of a configuration that is no more, whose majority
  // may have nobody in common with the new one's.
  if (!r.mistakes.campaignsBeforeChange && r.log.hasUnappliedConfChange()) {
    lines.ignoredHupBeforeConfChange(r);
    return;
  }
  lines.startedElection(r);
  campaign(r, campaignType, reason);
}

/** The kind of campaign that a timeout starts. */
export function ownCampaign(r: Raft): Campaign {
  return r.preVote ? "pre-election" : "election";
}

function campaign(r: Raft, campaignType: Campaign, reason: RoleReason): void {
  const pre = campaignType === "pre-election";
  if (pre) r.becomePreCandidate(reason);
  else r.becomeCandidate(reason);
  const type = pre ? MessageType.PreVote : MessageType.Vote;
  // A pre-vote asks about the next term without entering it.
  const term = pre ? r.term + 1 : r.term;
  const lastIndex = r.log.lastIndex();
  const lastTerm = r.log.lastTerm();
  const context = campaignType === "transfer" ? CAMPAIGN_TRANSFER : EMPTY;
  for (const id of r.tracker.voterIds) {
    if (id === r.id) {
      // Our own vote counts once it is durable, like any other.
      r.sendAfterAppend(voteResponse(voteResponseType(type), id, r.id, term, false));
      continue;
    }
    lines.sentVoteRequest(r, type, id, lastTerm, lastIndex);
    r.send(voteRequest(type, id, r.id, term, lastTerm, lastIndex, context));
  }
}

/** Someone asks for our vote, in this term or (pre-vote) a later one (Raft 5.2, 5.4.1). */
export function onVoteRequest(r: Raft, m: Message): void {
  const canVote =
    r.vote === m.from ||
    (r.vote === NONE && r.lead === NONE) ||
    (m.type === MessageType.PreVote && m.term > r.term);
  const respond = voteResponseType(m.type);
  // Learners vote when asked: they may have been promoted without having heard of it yet.
  // Known mistake R18: where the others count on such a vote, nobody can be elected.
  const refusesAsLearner = r.mistakes.refusesVotesAsLearner && r.isLearner;
  if (!canVote || refusesAsLearner || !r.log.isUpToDate(m.logTerm, m.index)) {
    lines.rejectedVote(r, m);
    // Only a node without a past has no term to answer with, and it can refuse nobody.
    if (r.term === 0) {
      r.logger.panic(`term should be set when sending ${MESSAGE_TYPE_NAMES[respond]}`);
    }
    r.sendAfterAppend(voteResponse(respond, m.from, r.id, r.term, true));
    return;
  }
  lines.castVote(r, m);
  // The answer carries the term asked for: with our own (perhaps older) one it would be ignored.
  r.sendAfterAppend(voteResponse(respond, m.from, r.id, m.term, false));
  if (m.type === MessageType.Vote) {
    r.electionElapsed = 0;
    r.vote = m.from;
  }
}

/** Candidate: an answer to our kind of campaign. */
export function onVoteResponse(r: Raft, m: Message): void {
  lines.receivedVote(r, m);
  r.tracker.recordVote(m.from, !m.reject);
  const tally = r.tracker.tallyVotes();
  lines.talliedVotes(r, m, tally);
  if (tally.result === VoteResult.Won) {
    if (r.state === StateType.PreCandidate) {
      campaign(r, "election", "pre-vote won");
    } else {
      becomeLeader(r);
      broadcastAppend(r);
    }
  } else if (tally.result === VoteResult.Lost) {
    r.becomeFollower(r.term, NONE, "election lost");
  }
}

function becomeLeader(r: Raft): void {
  assert(r.state !== StateType.Follower, "invalid transition [follower -> leader]");
  r.reset(r.term);
  r.lead = r.id;
  r.state = StateType.Leader;
  const own = r.tracker.get(r.id);
  assert(own !== null, "a leader is in its configuration");
  own.becomeReplicate();
  own.recentActive = true;
  // There may be a conf change in the tail: no other one until all of it is applied.
  // Known mistake R13: it takes a second change, and the majorities of the two need not overlap.
  r.pendingConfIndex = r.mistakes.forgetsPendingChange ? 0 : r.log.lastIndex();
  if (r.probe !== null) r.probe.at(r, "leader");
  if (!appendOwn(r, FIRST_ENTRY)) r.logger.panic("empty entry was dropped");
  assert(own.state === ProgressState.Replicate, "the leader replicates to itself");
  lines.becameLeader(r);
  r.emitRole("election won");
}

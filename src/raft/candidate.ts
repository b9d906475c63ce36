import { onVoteResponse } from "./election.ts";
import { ErrProposalDropped, type RaftError } from "./errors.ts";
import { onLeaderMessage } from "./follower.ts";
import * as lines from "./log-lines/index.ts";
import type { Raft } from "./raft.ts";
import { type Message, MessageType, StateType } from "./types.ts";

/** What a candidate or pre-candidate does with a message of its term. */
export function stepCandidate(r: Raft, m: Message): RaftError | null {
  switch (m.type) {
    case MessageType.Prop:
      lines.droppedWithoutLeader(r, "proposal");
      return ErrProposalDropped;
    case MessageType.App:
    case MessageType.Heartbeat:
    case MessageType.Snap:
      // The election of our term is decided.
      r.becomeFollower(m.term, m.from, "leader found");
      onLeaderMessage(r, m);
      return null;
    case MessageType.VoteResp:
    case MessageType.PreVoteResp:
      if (answersOurCampaign(r, m)) onVoteResponse(r, m);
      return null;
    case MessageType.TimeoutNow:
      lines.ignoredTimeoutNow(r, m);
      return null;
    default:
      return null;
  }
}

/**
 * A late answer to our pre-vote must not count as a vote. Known mistake R21: it does, and whoever
 * gave it may vote for another in the same term.
 */
function answersOurCampaign(r: Raft, m: Message): boolean {
  if (r.mistakes.countsPreVotes) return true;
  const wanted =
    r.state === StateType.PreCandidate ? MessageType.PreVoteResp : MessageType.VoteResp;
  return m.type === wanted;
}

import { onVoteResponse } from "./election.ts";
import { ErrProposalDropped, type RaftError } from "./errors.ts";
import { onLeaderMessage } from "./follower.ts";
import { hex } from "./log-lines.ts";
import { LogLevel } from "./observer.ts";
import type { Raft } from "./raft.ts";
import { type Message, MessageType, STATE_TYPE_NAMES, StateType } from "./types.ts";

/** What a candidate or pre-candidate does with a message of its term. */
export function stepCandidate(r: Raft, m: Message): RaftError | null {
  switch (m.type) {
    case MessageType.Prop:
      if (r.lines.wants(LogLevel.Info)) {
        r.lines.info(`${hex(r.id)} no leader at term ${r.term}; dropping proposal`);
      }
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
      if (r.lines.wants(LogLevel.Debug)) {
        r.lines.debug(
          `${hex(r.id)} [term ${r.term} state ${STATE_TYPE_NAMES[r.state]}] ignored ` +
            `MsgTimeoutNow from ${hex(m.from)}`,
        );
      }
      return null;
    default:
      return null;
  }
}

/** A late answer to our pre-vote must not count as a vote. */
function answersOurCampaign(r: Raft, m: Message): boolean {
  if (r.bugs.R21) return true;
  const wanted =
    r.state === StateType.PreCandidate ? MessageType.PreVoteResp : MessageType.VoteResp;
  return m.type === wanted;
}

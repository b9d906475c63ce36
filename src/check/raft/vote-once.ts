import type { DeliverEvent, TraceEvent } from "../../trace/events.ts";
import type { MemberModel } from "../model/member.ts";
import { moment } from "../violation.ts";
import type { Invariant, InvariantMaker } from "./invariant.ts";

interface Vote {
  readonly candidate: number;
  readonly seq: number;
  readonly at: number;
}

/**
 * Raft, section 5.2: "each server will vote for at most one candidate in a given term", also
 * across restarts. What an onlooker can hold against a member: within one life, two hard states
 * of one term that name different candidates; over several lives, two votes that reached their
 * candidates. A vote written but lost in a crash before anybody heard of it never happened. A
 * leader's vote for itself counts as heard: it was counted.
 */
export const voteOnce: InvariantMaker = (_observed, report): Invariant => {
  /** By member, then term: the vote that somebody heard of. */
  const heard: Map<number, Vote>[] = [];

  function votesOf(member: number): Map<number, Vote> {
    while (heard.length <= member) heard.push(new Map());
    return heard[member] as Map<number, Vote>;
  }

  function hear(e: TraceEvent, voter: number, term: number, candidate: number): void {
    const votes = votesOf(voter);
    const vote = votes.get(term);
    if (vote === undefined) votes.set(term, { candidate, seq: e.seq, at: e.at });
    else if (vote.candidate !== candidate) report(e, twice(voter, term, candidate, vote));
  }

  function twice(voter: number, term: number, candidate: number, vote: Vote): string {
    return (
      `member ${voter} voted for member ${candidate} in term ${term}, but member ` +
      `${vote.candidate} had its vote of that term at ${moment(vote.at, vote.seq)}`
    );
  }

  return {
    name: "vote-once",
    says: "each member votes for at most one candidate in a given term, also across restarts",
    hardState(m, e) {
      const before = m.hardTerm === e.term ? m.hardVote : 0;
      if (before !== 0 && before !== e.vote) {
        const now = e.vote === 0 ? "took back its vote for" : `votes for member ${e.vote} after`;
        report(e, `member ${m.id} ${now} member ${before} in term ${e.term}`);
        return;
      }
      if (e.vote === 0 || before === e.vote) return;
      const vote = votesOf(m.id).get(e.term);
      if (vote !== undefined && vote.candidate !== e.vote) {
        report(e, twice(m.id, e.term, e.vote, vote));
      }
    },
    role(m: MemberModel, e) {
      if (e.role === "leader") hear(e, m.id, e.term, m.id);
    },
    deliver(e: DeliverEvent) {
      const message = e.message;
      if (message.type !== "MsgVoteResp" || message.reject === true) return;
      hear(e, message.from, message.term, message.to);
    },
  };
};

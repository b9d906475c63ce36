import type { DeliverEvent } from "../../trace/events.ts";
import type { MemberModel } from "../model/member.ts";
import { moment } from "../violation.ts";
import type { Invariant, InvariantMaker } from "./invariant.ts";

/** What one member has told the others that it will never forget. */
interface Promises {
  term: number;
  vote: number;
  voteTerm: number;
  /** Last entry it acknowledged to a leader, and that entry's term. */
  index: number;
  indexTerm: number;
  seq: number;
  at: number;
}

/**
 * Raft, figure 2: currentTerm, votedFor and log[] are "updated on stable storage before responding
 * to RPCs" (thesis, section 3.8). Observable: a message that arrived was sent, so its sender must
 * have stored what it says (its term, the vote it grants, the entries it acknowledges). After a
 * crash the recovered state is held against these promises. Needs the messages.
 */
export const durablePromises: InvariantMaker = (observed, report): Invariant => {
  const promises: Promises[] = [];

  function of(member: number): Promises {
    while (promises.length <= member) {
      promises.push({ term: 0, vote: 0, voteTerm: 0, index: 0, indexTerm: 0, seq: 0, at: 0 });
    }
    return promises[member] as Promises;
  }

  /** Entries acknowledged to the leader of a term stay until a later leader overwrites them. */
  function acknowledge(e: DeliverEvent): void {
    const message = e.message;
    const index = message.index ?? 0;
    const m = observed.member(message.from);
    const promise = of(m.id);
    if (message.term > promise.term) promise.term = message.term;
    // An old acknowledgement, delivered late: what it speaks of may be gone with good reason.
    if (message.reject === true || message.term < m.term || !m.up || m.booting) return;
    if (index > m.log.last) {
      report(
        e,
        `member ${m.id} acknowledged entry ${index} in term ${message.term}, ` +
          `but its log ends at ${m.log.last}`,
      );
      return;
    }
    if (index <= promise.index || index < m.log.base) return;
    promise.index = index;
    promise.indexTerm = m.log.term(index);
    promise.seq = e.seq;
    promise.at = e.at;
  }

  return {
    name: "durable-promises",
    says: "after a crash a member still knows the term, vote and entries it told others of",
    deliver(e) {
      const message = e.message;
      const type = message.type;
      // A pre-vote speaks of a term to come, and a proposal may bear none; neither is a promise.
      if (type === "MsgPreVote" || type === "MsgPreVoteResp" || message.term === 0) return;
      const promise = of(message.from);
      if (message.term > promise.term) promise.term = message.term;
      if (type === "MsgVoteResp" && message.reject !== true && message.term > promise.voteTerm) {
        promise.voteTerm = message.term;
        promise.vote = message.to;
      } else if (type === "MsgVote" && message.term > promise.voteTerm) {
        promise.voteTerm = message.term;
        promise.vote = message.from;
      }
    },
    acknowledge,
    append(m: MemberModel, e) {
      const first = e.entries[0];
      const promise = promises[m.id];
      if (first === undefined || promise === undefined || first.index > promise.index) return;
      promise.index = first.index - 1;
      promise.indexTerm = m.log.has(promise.index) ? m.log.term(promise.index) : 0;
    },
    recovered(m, e) {
      const promise = promises[m.id];
      if (promise === undefined) return;
      if (e.term < promise.term) {
        report(e, `member ${m.id} recovered term ${e.term} after it spoke in term ${promise.term}`);
      } else if (e.term === promise.voteTerm && e.vote !== promise.vote) {
        const now = e.vote === 0 ? "no vote" : `a vote for member ${e.vote}`;
        report(
          e,
          `member ${m.id} recovered ${now} in term ${e.term}, ` +
            `after member ${promise.vote} got its vote of that term`,
        );
      }
      const lost = m.log.last < promise.index;
      const known = m.log.has(promise.index) && promise.indexTerm !== 0;
      if (lost || (known && m.log.term(promise.index) !== promise.indexTerm)) {
        report(
          e,
          `member ${m.id} recovered a log that ends at ${m.log.last} without entry ` +
            `${promise.index} of term ${promise.indexTerm}, ` +
            `acknowledged at ${moment(promise.at, promise.seq)}`,
        );
      }
    },
  };
};

import type { TraceEvent } from "../../trace/events.ts";
import type { MemberModel } from "../model/member.ts";
import type { Invariant, InvariantMaker } from "./invariant.ts";

/**
 * Raft, figure 3: "if a log entry is committed in a given term, then that entry will be present in
 * the logs of the leaders for all higher-numbered terms". Looked at from both sides: when a leader
 * is elected, and when an entry is committed in a term that some leader has already left behind
 * (the commit became known late; the leader must hold the entry all the same).
 */
export const leaderCompleteness: InvariantMaker = (observed, report): Invariant => {
  const { canon } = observed;
  let highestLed = 0;

  function check(m: MemberModel, e: TraceEvent, term: number, index: number): void {
    if (index <= m.log.base) return; // covered by a snapshot, which was checked when it came
    if (index <= m.log.last && m.log.chain(index) === canon.chain(index)) return;
    const holds =
      index > m.log.last
        ? `its log ends at ${m.log.last}`
        : m.log.term(index) === canon.term(index)
          ? "its log differs before it"
          : `it holds one of term ${m.log.term(index)} there`;
    report(
      e,
      `member ${m.id} leads term ${term} without entry ${index} of term ${canon.term(index)}, ` +
        `which member ${canon.member(index)} committed in term ${canon.committedIn(index)} ` +
        `(#${canon.seq(index)}): ${holds}`,
    );
  }

  return {
    name: "leader-completeness",
    says: "an entry committed in a term is in the logs of the leaders of all later terms",
    role(m, e) {
      if (e.role !== "leader" || (m.role === "leader" && m.term === e.term)) return;
      if (e.term > highestLed) highestLed = e.term;
      const index = canon.lastCommittedBefore(e.term);
      if (index > canon.base) check(m, e, e.term, index);
    },
    committed(m, e) {
      if (m.term >= highestLed || canon.last !== e.index || canon.seq(e.index) !== e.seq) return;
      for (const leader of observed.members) {
        if (leader.role === "leader" && leader.term > m.term) {
          check(leader, e, leader.term, e.index);
        }
      }
    },
  };
};

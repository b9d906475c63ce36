import type { DeliverEvent } from "../../trace/events.ts";
import type { MemberModel } from "../model/member.ts";
import { isQuorum } from "../model/quorum.ts";
import type { Invariant, InvariantMaker } from "./invariant.ts";

/**
 * Raft, sections 5.2 to 5.4: a leader commits an entry of its own term (figure 8) once a majority
 * of the voters stores it; a majority of each half while the configuration is joint. A leader's
 * configuration may have changed between the count and the report of it, so that a quorum of the
 * configuration before it is good enough.
 */
export const commitQuorum: InvariantMaker = (observed, report): Invariant => {
  let index = 0;
  let chain = 0;
  const stores = (voter: number): boolean => {
    const log = observed.member(voter).log;
    return index < log.base || (log.has(index) && log.chain(index) === chain);
  };
  return {
    name: "commit-quorum",
    says: "a leader commits entries of its own term that a majority of the voters stores",
    commit(m, e) {
      if (m.role !== "leader" || !m.log.has(e.index) || e.index <= m.commit) return;
      if (e.term !== m.term) {
        report(
          e,
          `member ${m.id}, leader of term ${m.term}, committed entry ${e.index} of term ${e.term} ` +
            "by counting, though another leader could still overwrite it",
        );
        return;
      }
      if (m.conf.voters.length === 0) return;
      index = e.index;
      chain = m.log.chain(index);
      if (isQuorum(m.conf, stores) || isQuorum(m.confBefore, stores)) return;
      const holders = m.conf.voters.filter(stores).join(", ");
      const rest =
        m.conf.votersOutgoing.length === 0 ? "" : ` and of ${m.conf.votersOutgoing.join(", ")}`;
      report(
        e,
        `member ${m.id}, leader of term ${m.term}, committed entry ${index}, which only members ` +
          `${holders} store: no majority of ${m.conf.voters.join(", ")}${rest}`,
      );
    },
  };
};

/**
 * Raft, section 5.2: "a candidate wins an election if it receives votes from a majority of the
 * servers in the full cluster for the same term". Needs the messages.
 */
export const electionQuorum: InvariantMaker = (_observed, report): Invariant => {
  /** By candidate, then voter: the latest term in which the vote reached it. */
  const granted: number[][] = [];
  let candidate = 0;
  let term = 0;
  const votes = (voter: number): boolean =>
    voter === candidate || (granted[candidate]?.[voter] ?? 0) === term;

  return {
    name: "election-quorum",
    says: "a leader was elected by a majority of the voters",
    deliver(e: DeliverEvent) {
      const message = e.message;
      if (message.type !== "MsgVoteResp" || message.reject === true) return;
      while (granted.length <= message.to) granted.push([]);
      const row = granted[message.to] as number[];
      while (row.length <= message.from) row.push(0);
      row[message.from] = Math.max(row[message.from] as number, message.term);
    },
    role(m: MemberModel, e) {
      if (e.role !== "leader" || (m.role === "leader" && m.term === e.term)) return;
      if (m.conf.voters.length === 0) return;
      candidate = m.id;
      term = e.term;
      if (isQuorum(m.conf, votes) || isQuorum(m.confBefore, votes)) return;
      const voters = [...m.conf.voters, ...m.conf.votersOutgoing];
      report(
        e,
        `member ${m.id} became leader of term ${e.term} with the votes of ` +
          `${[...new Set(voters.filter(votes))].join(", ")} among ${m.conf.voters.join(", ")}` +
          (m.conf.votersOutgoing.length > 0 ? ` and ${m.conf.votersOutgoing.join(", ")}` : ""),
      );
    },
  };
};

import type { Raft } from "../raft.ts";
import type { Tally } from "../tracker/tracker.ts";
import {
  type Index,
  MESSAGE_TYPE_NAMES,
  type Message,
  type MessageType,
  type NodeId,
  STATE_TYPE_NAMES,
  type Term,
} from "../types.ts";
import { hex } from "./hex.ts";

export function ignoredHupAsLeader(r: Raft): void {
  r.logger.debug?.(`${hex(r.id)} ignoring MsgHup because already leader`);
}

export function ignoredHupAsUnpromotable(r: Raft): void {
  r.logger.warn?.(`${hex(r.id)} is unpromotable and can not campaign`);
}

export function ignoredHupBeforeConfChange(r: Raft): void {
  r.logger.warn?.(
    `${hex(r.id)} cannot campaign at term ${r.term} since there are still pending ` +
      "configuration changes to apply",
  );
}

export function startedElection(r: Raft): void {
  r.logger.info?.(`${hex(r.id)} is starting a new election at term ${r.term}`);
}

/** Received by a follower, which now campaigns. */
export function receivedTimeoutNow(r: Raft, m: Message): void {
  r.logger.info?.(
    `${hex(r.id)} [term ${r.term}] received MsgTimeoutNow from ${hex(m.from)} and starts ` +
      "an election to get leadership.",
  );
}

/** Received by a candidate, which campaigns already. */
export function ignoredTimeoutNow(r: Raft, m: Message): void {
  r.logger.debug?.(
    `${hex(r.id)} [term ${r.term} state ${STATE_TYPE_NAMES[r.state]}] ignored ` +
      `MsgTimeoutNow from ${hex(m.from)}`,
  );
}

export function sentVoteRequest(
  r: Raft,
  type: MessageType,
  to: NodeId,
  lastTerm: Term,
  lastIndex: Index,
): void {
  r.logger.info?.(
    `${hex(r.id)} [logterm: ${lastTerm}, index: ${lastIndex}] sent ` +
      `${MESSAGE_TYPE_NAMES[type]} request to ${hex(to)} at term ${r.term}`,
  );
}

export function castVote(r: Raft, m: Message): void {
  r.logger.info?.(voteLine(r, m, "cast"));
}

export function rejectedVote(r: Raft, m: Message): void {
  r.logger.info?.(voteLine(r, m, "rejected"));
}

export function ignoredVoteInLease(r: Raft, m: Message): void {
  r.logger.info?.(
    `${voteLine(r, m, "ignored")}: lease is not expired (remaining ticks: ` +
      `${r.electionTimeout - r.electionElapsed})`,
  );
}

/** `1 [logterm: 1, index: 11, vote: 0] cast MsgVote for 2 [logterm: 1, index: 11] at term 1`. */
function voteLine(r: Raft, m: Message, verb: "cast" | "rejected" | "ignored"): string {
  const preposition = verb === "cast" ? "for" : "from";
  return (
    `${hex(r.id)} [logterm: ${r.log.lastTerm()}, index: ${r.log.lastIndex()}, ` +
    `vote: ${hex(r.vote)}] ${verb} ${MESSAGE_TYPE_NAMES[m.type]} ${preposition} ${hex(m.from)} ` +
    `[logterm: ${m.logTerm}, index: ${m.index}] at term ${r.term}`
  );
}

export function receivedVote(r: Raft, m: Message): void {
  r.logger.info?.(
    `${hex(r.id)} received ${MESSAGE_TYPE_NAMES[m.type]}${m.reject ? " rejection" : ""} ` +
      `from ${hex(m.from)} at term ${r.term}`,
  );
}

export function talliedVotes(r: Raft, m: Message, { granted, rejected }: Tally): void {
  r.logger.info?.(
    `${hex(r.id)} has received ${granted} ${MESSAGE_TYPE_NAMES[m.type]} votes and ` +
      `${rejected} vote rejections`,
  );
}

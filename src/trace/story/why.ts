import type {
  DeliverEvent,
  HardStateEvent,
  MessageSummary,
  SendEvent,
  TraceEvent,
} from "../events.ts";
import {
  type Frame,
  isClogged,
  isCut,
  isQuorum,
  leaderOf,
  type MemberFrame,
  memberOf,
} from "../frames/frame.ts";
import { memberName, memberNames, messageName } from "../names.ts";

/** Reasons, read off the state and the chain of causes. */

/** What keeps `from` from reaching `to` and hearing back, said of `to`; null if nothing does. */
export function trouble(frame: Frame, from: number, to: number): string | null {
  const { status } = memberOf(frame, to);
  if (status === "down") return "is down";
  if (status === "paused") return "is paused";
  if (status === "refused") return "refused to start";
  if (status === "absent") return "was never started";
  const out = isCut(frame, from, to);
  const back = isCut(frame, to, from);
  if (out && back) return "is cut off";
  if (out) return "is not reached (cut one way)";
  if (back) return "is not heard (cut one way)";
  if (isClogged(frame, from, to) || isClogged(frame, to, from)) return "has a clogged link";
  return null;
}

const PLURALS: Readonly<Record<string, string>> = { is: "are", was: "were", has: "have" };

/** `m1 is down, m2, m3 are cut off`: members with the same trouble together. */
export function troublesText(troubles: ReadonlyMap<string, readonly number[]>): string {
  const parts: string[] = [];
  for (const [predicate, ids] of troubles) {
    const [verb = "", ...rest] = predicate.split(" ");
    const said = ids.length === 1 ? verb : (PLURALS[verb] ?? verb);
    parts.push(`${memberNames(ids)} ${[said, ...rest].join(" ")}`);
  }
  return parts.join("; ");
}

/** Voters known to the leader to store its log up to `index`, itself included; sorted. */
export function storedOn(leader: MemberFrame, index: number): number[] {
  const ids = leader.peers.filter((peer) => peer.match >= index).map((peer) => peer.id);
  const voters = [...leader.conf.voters, ...leader.conf.votersOutgoing];
  return [...ids, leader.id].filter((id) => voters.includes(id)).sort((a, b) => a - b);
}

/** Why the entry at `index` of this leader's log is not committed yet; empty if it is. */
export function whyNotCommitted(frame: Frame, leader: MemberFrame, index: number): string {
  if (index <= leader.commit) return "";
  const stored = storedOn(leader, index);
  const term = leader.log.termAt(index) ?? leader.term;
  if (isQuorum(leader.conf, stored)) {
    return term < leader.term
      ? `it is on a majority (${memberNames(stored)}) but of term ${term}: a leader of term ${leader.term} may not commit it by counting, only with an entry of its own term`
      : `a majority (${memberNames(stored)}) stores it, the leader is about to say so`;
  }
  const only = stored.length === 1 ? `${memberNames(stored)} only` : memberNames(stored);
  const troubles = new Map<string, number[]>();
  for (const voter of new Set([...leader.conf.voters, ...leader.conf.votersOutgoing])) {
    if (stored.includes(voter)) continue;
    const predicate = trouble(frame, leader.id, voter) ?? "did not acknowledge it yet";
    troubles.set(predicate, [...(troubles.get(predicate) ?? []), voter]);
  }
  return `known to be stored on ${only}, ${needed(leader)}; ${troublesText(troubles)}`;
}

function needed(leader: MemberFrame): string {
  const { voters, votersOutgoing } = leader.conf;
  const majority = (list: readonly number[]) => `${(list.length >> 1) + 1} of ${list.length}`;
  return votersOutgoing.length > 0
    ? `needs ${majority(votersOutgoing)} old and ${majority(voters)} new voters`
    : `needs ${majority(voters)}`;
}

/** What is wrong at this moment with the member `to`, for a client that waits in vain for it. */
export function whySilent(frame: Frame, to: number): string {
  const asked = memberOf(frame, to);
  const name = `${memberName(to)}, which it asked,`;
  if (to !== 0 && asked.status !== "up") return `${name} is ${asked.status}`;
  if (asked.role !== "leader" && leaderOf(frame) === undefined) return "there is no leader";
  return to !== 0 && asked.lead === 0 ? `${name} has no leader` : "";
}

/** Why nothing is committed at this moment, for a client whose write got no answer from `to`. */
export function whyNoProgress(frame: Frame, to: number): string {
  const silent = whySilent(frame, to);
  if (silent !== "") return silent;
  const asked = memberOf(frame, to);
  const leader = asked.role === "leader" ? asked : leaderOf(frame);
  if (leader === undefined || leader.log.lastIndex <= leader.commit) return "";
  return `${memberName(leader.id)} cannot commit entry ${leader.commit + 1}: ${whyNotCommitted(frame, leader, leader.commit + 1)}`;
}

/** A cause as the end of a sentence: `m2's heartbeat carries term 3` → `m2's heartbeat`. */
export function sourceText(message: MessageSummary): string {
  return `${memberName(message.from)}'s ${messageName(message)}`;
}

/** Finds events by their seq. */
export type EventLookup = (seq: number) => TraceEvent | undefined;

/** The nearest delivery among the causes of `event`: the message it answers to. */
export function deliveredMessage(event: TraceEvent, find: EventLookup): MessageSummary | null {
  let next = find(event.cause);
  // A disk's work may lie between a message and what it brought about, but never another message.
  for (let steps = 0; next !== undefined && steps < 8; steps++) {
    if (next.kind === "deliver") return next.message;
    next = next.cause === 0 ? undefined : find(next.cause);
  }
  return null;
}

const REQUESTS: Readonly<Record<string, string>> = {
  MsgVoteResp: "MsgVote",
  MsgPreVoteResp: "MsgPreVote",
  MsgAppResp: "MsgApp",
};
/** An answer waits for the disk, not for longer than this many events of all members. */
const LOOK_BACK = 5000;

/**
 * The arrival of the request that a sent answer answers. It need not be among the answer's causes: an answer goes
 * out when the disk has what it promises, and one sync may serve several requests.
 */
export function requestOf(answer: SendEvent, find: EventLookup): DeliverEvent | null {
  const { from, to, type } = answer.message;
  const wanted = REQUESTS[type];
  const last = answer.seq - LOOK_BACK;
  for (let seq = answer.seq - 1; seq > 0 && seq > last; seq--) {
    const event = find(seq);
    if (event?.kind !== "deliver" || event.member !== from) continue;
    const { message } = event;
    if (message.type !== wanted || message.from !== to) continue;
    // A rejected append names the index it was asked to append after.
    if (type !== "MsgAppResp" || message.index === answer.message.index) return event;
  }
  return null;
}

/** The arrival of the request that a vote answers, if it is not among the causes of the vote. */
export function voteRequest(vote: HardStateEvent, find: EventLookup): DeliverEvent | null {
  const last = vote.seq - LOOK_BACK;
  for (let seq = vote.seq - 1; seq > 0 && seq > last; seq--) {
    const event = find(seq);
    if (event?.kind !== "deliver" || event.member !== vote.member) continue;
    const { message } = event;
    const isOne = message.type === "MsgVote" && message.from === vote.vote;
    if (isOne && message.term === vote.term) return event;
  }
  return null;
}

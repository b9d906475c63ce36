import type { MessageSummary, TraceEvent } from "./events.ts";
import { type Frame, isClogged, isCut, isQuorum, type MemberFrame, memberOf } from "./frame.ts";
import { memberName, memberNames, messageName } from "./words.ts";

/** Reasons, read off the state and the chain of causes. */

/** What keeps `from` from reaching `to` and hearing back, in words; null if nothing does. */
export function trouble(frame: Frame, from: number, to: number): string | null {
  const name = memberName(to);
  const { status } = memberOf(frame, to);
  if (status === "down") return `${name} is down`;
  if (status === "paused") return `${name} is paused`;
  if (status === "refused") return `${name} refused to start`;
  if (status === "absent") return `${name} was never started`;
  const out = isCut(frame, from, to);
  const back = isCut(frame, to, from);
  if (out && back) return `${name} is cut off`;
  if (out) return `nothing reaches ${name}`;
  if (back) return `nothing comes back from ${name}`;
  if (isClogged(frame, from, to)) return `the link to ${name} is clogged`;
  if (isClogged(frame, to, from)) return `the link from ${name} is clogged`;
  return null;
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
  const troubles: string[] = [];
  const waiting: number[] = [];
  for (const voter of new Set([...leader.conf.voters, ...leader.conf.votersOutgoing])) {
    if (stored.includes(voter)) continue;
    const reason = trouble(frame, leader.id, voter);
    if (reason === null) waiting.push(voter);
    else troubles.push(reason);
  }
  if (waiting.length > 0) troubles.push(`${memberNames(waiting)} did not acknowledge it yet`);
  return `stored on ${only}, ${needed(leader)}; ${troubles.join(", ")}`;
}

function needed(leader: MemberFrame): string {
  const { voters, votersOutgoing } = leader.conf;
  const majority = (list: readonly number[]) => `${(list.length >> 1) + 1} of ${list.length}`;
  return votersOutgoing.length > 0
    ? `needs ${majority(votersOutgoing)} old and ${majority(voters)} new voters`
    : `needs ${majority(voters)}`;
}

/** A cause as the end of a sentence: `m2's heartbeat carries term 3` → `m2's heartbeat`. */
export function sourceText(message: MessageSummary): string {
  return `${memberName(message.from)}'s ${messageName(message)}`;
}

/** Finds events by their seq. */
export type EventLookup = (seq: number) => TraceEvent | undefined;

/** The event, its cause, the cause's cause … up to what the world did; nearest first. */
export function causeChain(event: TraceEvent, find: EventLookup, most = 32): TraceEvent[] {
  const chain: TraceEvent[] = [event];
  let next = event.cause === 0 ? undefined : find(event.cause);
  while (next !== undefined && chain.length < most) {
    chain.push(next);
    next = next.cause === 0 ? undefined : find(next.cause);
  }
  return chain;
}

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

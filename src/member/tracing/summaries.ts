import { leaseIdHex } from "../../api/lease-id.ts";
import { bytesToBinary } from "../../base/bytes.ts";
import type { StoreEvent } from "../../mvcc/events.ts";
import {
  type ConfState,
  MESSAGE_TYPE_NAMES,
  type Message,
  MessageType,
  type StateType,
} from "../../raft/types.ts";
import type { ConfSummary, KeyChange, MessageSummary, RoleName } from "../../trace/events.ts";

export { printable } from "../../trace/names.ts";

/** Raft's data in the words of the trace. Only called while somebody listens. */

const ROLE_NAMES: readonly RoleName[] = ["follower", "candidate", "leader", "pre-candidate"];

export function roleName(state: StateType): RoleName {
  return ROLE_NAMES[state] ?? "follower";
}

export function confSummary(conf: ConfState): ConfSummary {
  return {
    voters: [...conf.voters],
    votersOutgoing: [...conf.votersOutgoing],
    learners: [...conf.learners],
    learnersNext: [...conf.learnersNext],
    autoLeave: conf.autoLeave,
  };
}

/**
 * A summary of a message. Written out case by case: a checker listens to every delivery, and
 * literals of few shapes cost a tenth of what copying fields around does.
 *
 * @param words whether anybody reads more than what a checker needs (the entries' terms)
 */
export function messageSummary(m: Message, words: boolean): MessageSummary {
  const { from, to, term, index } = m;
  const type = MESSAGE_TYPE_NAMES[m.type] as MessageSummary["type"];
  switch (m.type) {
    case MessageType.App: {
      const { logTerm, commit } = m;
      if (!words) return { type, from, to, term, logTerm, index, commit };
      const entries = m.entries.map((entry) => entry.term);
      return { type, from, to, term, logTerm, index, commit, entries };
    }
    case MessageType.AppResp: {
      if (!m.reject) return { type, from, to, term, index };
      const { logTerm, rejectHint } = m;
      return { type, from, to, term, logTerm, index, reject: true, rejectHint };
    }
    case MessageType.Vote:
    case MessageType.PreVote: {
      const { logTerm } = m;
      if (m.context.length === 0) return { type, from, to, term, logTerm, index };
      return { type, from, to, term, logTerm, index, context: bytesToBinary(m.context) };
    }
    case MessageType.VoteResp:
    case MessageType.PreVoteResp:
      return { type, from, to, term, reject: m.reject };
    case MessageType.Heartbeat:
      return { type, from, to, term, commit: m.commit };
    case MessageType.Snap: {
      if (m.snapshot === null) return { type, from, to, term };
      const { index: at, term: of } = m.snapshot.metadata;
      return { type, from, to, term, snapshot: { index: at, term: of } };
    }
    case MessageType.Prop:
      if (!words) return { type, from, to, term };
      return { type, from, to, term, entries: m.entries.map(() => 0) };
    case MessageType.ReadIndexResp:
      return { type, from, to, term, index };
    default:
      return { type, from, to, term };
  }
}

export function keyChange({ type, kv }: StoreEvent): KeyChange {
  const { key, version, createRevision } = kv;
  return {
    type: type === "PUT" ? "put" : "delete",
    key,
    value: bytesToBinary(kv.value),
    version,
    createRevision,
    lease: leaseIdHex(kv.lease),
  };
}

export function messageTypeName(message: Message): string {
  return MESSAGE_TYPE_NAMES[message.type] as string;
}

/** Snapshots travel apart from other messages; their sender is told how that ended. */
export function isSnapshot(message: Message): boolean {
  return message.type === MessageType.Snap;
}

/** Whether its sender binds itself by it: a vote, asked for or given, or an acknowledgement. */
export function isBinding(message: Message): boolean {
  const { type } = message;
  return type === MessageType.AppResp || type === MessageType.Vote || type === MessageType.VoteResp;
}

/** Whether a follower tells by it that it stores the leader's log up to `message.index`. */
export function isAcknowledgement(message: Message): boolean {
  return message.type === MessageType.AppResp && !message.reject;
}

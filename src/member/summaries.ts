import type { InternalRaftRequest } from "../api/requests.ts";
import { decodeInternalRaftRequest } from "../api/wire/internal-raft-request.ts";
import { bytesToBinary } from "../base/bytes.ts";
import { hash52 } from "../base/digest.ts";
import type { StoreEvent } from "../mvcc/events.ts";
import { decodeConfChange, decodeConfChangeV2 } from "../raft/raftpb.ts";
import {
  type ConfChangeSingle,
  ConfChangeType,
  type ConfState,
  type Entry,
  EntryType,
  MESSAGE_TYPE_NAMES,
  type Message,
  MessageType,
  type StateType,
} from "../raft/types.ts";
import type {
  ConfSummary,
  EntrySummary,
  KeyChange,
  MessageSummary,
  RoleName,
} from "../trace/events.ts";

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
  const type = MESSAGE_TYPE_NAMES[m.type] as string;
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

/** A lease's id as etcd prints it: hex digits of the unsigned 64 bits; "" for none. */
export function leaseText(id: bigint): string {
  return id === 0n ? "" : BigInt.asUintN(64, id).toString(16);
}

export function keyChange({ type, kv }: StoreEvent): KeyChange {
  const { key, version, createRevision } = kv;
  return {
    type: type === "PUT" ? "put" : "delete",
    key,
    value: bytesToBinary(kv.value),
    version,
    createRevision,
    lease: leaseText(kv.lease),
  };
}

/** @param words whether to decode what the entry does; else `text` is empty */
export function entrySummary(entry: Entry, words: boolean): EntrySummary {
  return {
    index: entry.index,
    term: entry.term,
    type: entry.type === EntryType.Normal ? "normal" : "conf-change",
    bytes: entry.data.length,
    text: words ? entryText(entry) : "",
    hash: hash52(entry.data),
  };
}

/** What the entry does, for the eye: `put a=1`, `add voter m4`, or empty for a new leader's entry. */
export function entryText(entry: Entry): string {
  if (entry.type === EntryType.ConfChange) {
    return changesText([decodeConfChange(entry.data)]);
  }
  if (entry.type === EntryType.ConfChangeV2) {
    const { changes } = decodeConfChangeV2(entry.data);
    return changes.length === 0 ? "leave joint configuration" : changesText(changes);
  }
  return entry.data.length === 0 ? "" : requestText(decodeInternalRaftRequest(entry.data));
}

const CHANGE_WORDS: Record<ConfChangeType, string> = {
  [ConfChangeType.AddNode]: "add voter",
  [ConfChangeType.RemoveNode]: "remove",
  [ConfChangeType.UpdateNode]: "update",
  [ConfChangeType.AddLearnerNode]: "add learner",
};

export function changesText(changes: readonly ConfChangeSingle[]): string {
  return changes.map((change) => `${CHANGE_WORDS[change.type]} m${change.nodeId}`).join(", ");
}

export function requestText(request: InternalRaftRequest): string {
  const { op } = request;
  switch (op.type) {
    case "put":
      return `put ${printable(op.request.key)}=${printable(bytesToBinary(op.request.value))}`;
    case "deleteRange":
      return `delete ${rangeText(op.request.key, op.request.rangeEnd)}`;
    case "range":
      return `get ${rangeText(op.request.key, op.request.rangeEnd)}`;
    default:
      return op.type;
  }
}

function rangeText(key: string, end: string): string {
  return end === "" ? printable(key) : `[${printable(key)}, ${printable(end)})`;
}

/** A binary string for the eye: other bytes as \xNN, at most 24 characters. */
export function printable(binary: string): string {
  const head = binary.length > 24 ? `${binary.slice(0, 23)}…` : binary;
  return head.replace(
    /[^\x20-\x7e…]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

export function messageTypeName(message: Message): string {
  return MESSAGE_TYPE_NAMES[message.type] as string;
}

/** Snapshots travel apart from other messages; their sender is told how that ended. */
export function isSnapshot(message: Message): boolean {
  return message.type === MessageType.Snap;
}

/** Whether its sender binds itself by it: a vote, asked for or given, or an acknowledgement. */
export function isPromise(message: Message): boolean {
  const { type } = message;
  return type === MessageType.AppResp || type === MessageType.Vote || type === MessageType.VoteResp;
}

/** Whether a follower tells by it that it stores the leader's log up to `message.index`. */
export function isAcknowledgement(message: Message): boolean {
  return message.type === MessageType.AppResp && !message.reject;
}

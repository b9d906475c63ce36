import {
  EMPTY,
  type Entry,
  type Index,
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  type Message,
  MessageType,
  type NodeId,
  type Snapshot,
  type Term,
} from "./types.ts";

/** No entries: shared, so that empty messages allocate no list. */
export const NO_ENTRIES: readonly Entry[] = Object.freeze([]);

/** The context that marks a campaign as ordered by the leader (thesis 3.10): it overrides leases. */
export const CAMPAIGN_TRANSFER = Uint8Array.from("CampaignTransfer", (c) => c.charCodeAt(0));

/** The parts of a message that are not zero. */
export type MessageParts = Partial<Message> & Pick<Message, "type">;

/** A message with every field set, always in the same order (one hidden class). For cold paths. */
export function makeMessage(parts: MessageParts): Message {
  return {
    type: parts.type,
    to: parts.to ?? 0,
    from: parts.from ?? 0,
    term: parts.term ?? 0,
    logTerm: parts.logTerm ?? 0,
    index: parts.index ?? 0,
    entries: parts.entries ?? NO_ENTRIES,
    commit: parts.commit ?? 0,
    vote: parts.vote ?? 0,
    snapshot: parts.snapshot ?? null,
    reject: parts.reject ?? false,
    rejectHint: parts.rejectHint ?? 0,
    context: parts.context ?? EMPTY,
    responses: parts.responses ?? null,
  };
}

function build(
  type: MessageType,
  to: NodeId,
  from: NodeId,
  term: Term,
  logTerm: Term,
  index: Index,
  entries: readonly Entry[],
  commit: Index,
  snapshot: Snapshot | null,
  reject: boolean,
  rejectHint: Index,
  context: Uint8Array,
): Message {
  return {
    type,
    to,
    from,
    term,
    logTerm,
    index,
    entries,
    commit,
    vote: 0,
    snapshot,
    reject,
    rejectHint,
    context,
    responses: null,
  };
}

/** MsgApp: `entries` follow the entry (prevTerm, prevIndex). */
export function appendMessage(
  to: NodeId,
  from: NodeId,
  term: Term,
  prevTerm: Term,
  prevIndex: Index,
  entries: readonly Entry[],
  commit: Index,
): Message {
  return build(
    MessageType.App,
    to,
    from,
    term,
    prevTerm,
    prevIndex,
    entries,
    commit,
    null,
    false,
    0,
    EMPTY,
  );
}

/** MsgAppResp that accepts everything up to `index`. */
export function appendAck(to: NodeId, from: NodeId, term: Term, index: Index): Message {
  return build(MessageType.AppResp, to, from, term, 0, index, NO_ENTRIES, 0, null, false, 0, EMPTY);
}

/** MsgAppResp that refuses the append after `index`, with a hint where the logs may still agree. */
export function appendRejection(
  to: NodeId,
  from: NodeId,
  term: Term,
  index: Index,
  hintIndex: Index,
  hintTerm: Term,
): Message {
  return build(
    MessageType.AppResp,
    to,
    from,
    term,
    hintTerm,
    index,
    NO_ENTRIES,
    0,
    null,
    true,
    hintIndex,
    EMPTY,
  );
}

export function heartbeatMessage(
  to: NodeId,
  from: NodeId,
  term: Term,
  commit: Index,
  context: Uint8Array,
): Message {
  return build(
    MessageType.Heartbeat,
    to,
    from,
    term,
    0,
    0,
    NO_ENTRIES,
    commit,
    null,
    false,
    0,
    context,
  );
}

export function heartbeatAck(to: NodeId, from: NodeId, term: Term, context: Uint8Array): Message {
  return build(
    MessageType.HeartbeatResp,
    to,
    from,
    term,
    0,
    0,
    NO_ENTRIES,
    0,
    null,
    false,
    0,
    context,
  );
}

export function snapshotMessage(to: NodeId, from: NodeId, term: Term, snapshot: Snapshot): Message {
  return build(MessageType.Snap, to, from, term, 0, 0, NO_ENTRIES, 0, snapshot, false, 0, EMPTY);
}

/** MsgVote or MsgPreVote: the candidate's last entry is (lastTerm, lastIndex). */
export function voteRequest(
  type: typeof MessageType.Vote | typeof MessageType.PreVote,
  to: NodeId,
  from: NodeId,
  term: Term,
  lastTerm: Term,
  lastIndex: Index,
  context: Uint8Array,
): Message {
  return build(type, to, from, term, lastTerm, lastIndex, NO_ENTRIES, 0, null, false, 0, context);
}

/** MsgVoteResp or MsgPreVoteResp. */
export function voteResponse(
  type: typeof MessageType.VoteResp | typeof MessageType.PreVoteResp,
  to: NodeId,
  from: NodeId,
  term: Term,
  reject: boolean,
): Message {
  return build(type, to, from, term, 0, 0, NO_ENTRIES, 0, null, reject, 0, EMPTY);
}

/** MsgStorageAppendResp: everything up to (lastTerm, lastIndex) is durable; 0/0 says nothing of entries. */
export function storageAppendAck(
  to: NodeId,
  term: Term,
  lastTerm: Term,
  lastIndex: Index,
  snapshot: Snapshot | null,
): Message {
  return build(
    MessageType.StorageAppendResp,
    to,
    LOCAL_APPEND_THREAD,
    term,
    lastTerm,
    lastIndex,
    NO_ENTRIES,
    0,
    snapshot,
    false,
    0,
    EMPTY,
  );
}

/** MsgStorageApplyResp: `entries` are applied. */
export function storageApplyAck(to: NodeId, entries: readonly Entry[]): Message {
  return build(
    MessageType.StorageApplyResp,
    to,
    LOCAL_APPLY_THREAD,
    0,
    0,
    0,
    entries,
    0,
    null,
    false,
    0,
    EMPTY,
  );
}

/** The answer's type to a vote request. */
export function voteResponseType(
  type: MessageType,
): typeof MessageType.VoteResp | typeof MessageType.PreVoteResp {
  return type === MessageType.Vote ? MessageType.VoteResp : MessageType.PreVoteResp;
}

/** Messages that a member sends to itself: they must not come from the network. */
export function isLocalMessage(type: MessageType): boolean {
  switch (type) {
    case MessageType.Hup:
    case MessageType.Beat:
    case MessageType.Unreachable:
    case MessageType.SnapStatus:
    case MessageType.CheckQuorum:
    case MessageType.StorageAppend:
    case MessageType.StorageAppendResp:
    case MessageType.StorageApply:
    case MessageType.StorageApplyResp:
      return true;
    default:
      return false;
  }
}

/** Messages that answer an earlier one. */
export function isResponseMessage(type: MessageType): boolean {
  switch (type) {
    case MessageType.AppResp:
    case MessageType.VoteResp:
    case MessageType.HeartbeatResp:
    case MessageType.Unreachable:
    case MessageType.ReadIndexResp:
    case MessageType.PreVoteResp:
    case MessageType.StorageAppendResp:
    case MessageType.StorageApplyResp:
      return true;
    default:
      return false;
  }
}

/** True for the ids of the member's own storage threads. */
export function isLocalTarget(id: NodeId): boolean {
  return id === LOCAL_APPEND_THREAD || id === LOCAL_APPLY_THREAD;
}

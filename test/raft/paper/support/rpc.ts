import { makeMessage } from "../../../../src/raft/messages.ts";
import {
  type ConfState,
  EMPTY,
  type Entry,
  EntryType,
  type Message,
  MessageType,
  type NodeId,
  type Snapshot,
  type Term,
} from "../../../../src/raft/types.ts";

/** The paper's RPCs as messages of etcd-io/raft, and ways to tell messages apart. */

export function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

export function text(data: Uint8Array): string {
  return String.fromCharCode(...data);
}

/** Entries of these terms, from index `first` on; each command names its term and index. */
export function entriesOf(first: number, terms: readonly Term[]): Entry[] {
  return terms.map((term, i) => ({
    term,
    index: first + i,
    type: EntryType.Normal,
    data: bytes(`${term}.${first + i}`),
  }));
}

export function confState(voters: readonly NodeId[], more: Partial<ConfState> = {}): ConfState {
  const none = { learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
  return { voters, ...none, ...more };
}

interface From {
  readonly from: NodeId;
  readonly to?: NodeId;
  readonly term: Term;
}

interface LastEntry {
  readonly lastLogTerm?: Term;
  readonly lastLogIndex?: number;
}

export function requestVote(about: From & LastEntry): Message {
  return makeMessage({
    type: MessageType.Vote,
    to: about.to ?? 1,
    from: about.from,
    term: about.term,
    logTerm: about.lastLogTerm ?? 0,
    index: about.lastLogIndex ?? 0,
  });
}

export function preVote(about: From & LastEntry): Message {
  return { ...requestVote(about), type: MessageType.PreVote };
}

export function voteReply(about: From & { readonly granted: boolean }): Message {
  return makeMessage({
    type: MessageType.VoteResp,
    to: about.to ?? 1,
    from: about.from,
    term: about.term,
    reject: !about.granted,
  });
}

/** AppendEntries: `terms` are those of the entries that follow (prevTerm, prevIndex). */
export function appendEntries(
  about: From & {
    readonly prevTerm?: Term;
    readonly prevIndex?: number;
    readonly terms?: readonly Term[];
    readonly commit?: number;
  },
): Message {
  const prevIndex = about.prevIndex ?? 0;
  return makeMessage({
    type: MessageType.App,
    to: about.to ?? 1,
    from: about.from,
    term: about.term,
    logTerm: about.prevTerm ?? 0,
    index: prevIndex,
    entries: entriesOf(prevIndex + 1, about.terms ?? []),
    commit: about.commit ?? 0,
  });
}

export function appendReply(about: From & { readonly index: number }): Message {
  return makeMessage({
    type: MessageType.AppResp,
    to: about.to ?? 1,
    from: about.from,
    term: about.term,
    index: about.index,
  });
}

/** A refusal of the append after `index`; the logs may agree up to `hint`, of term `hintTerm`. */
export function appendRefusal(
  about: From & { readonly index: number; readonly hint: number; readonly hintTerm: Term },
): Message {
  return makeMessage({
    type: MessageType.AppResp,
    to: about.to ?? 1,
    from: about.from,
    term: about.term,
    index: about.index,
    reject: true,
    rejectHint: about.hint,
    logTerm: about.hintTerm,
  });
}

/** AppendEntries without entries as etcd-io/raft sends it: a message type of its own. */
export function heartbeat(about: From & { readonly commit?: number }): Message {
  return makeMessage({
    type: MessageType.Heartbeat,
    to: about.to ?? 1,
    from: about.from,
    term: about.term,
    commit: about.commit ?? 0,
  });
}

export function heartbeatReply(about: From): Message {
  return makeMessage({ type: MessageType.HeartbeatResp, to: 1, ...about });
}

export function installSnapshot(about: From & { readonly snapshot: Snapshot }): Message {
  return makeMessage({ type: MessageType.Snap, to: 1, ...about });
}

export function snapshotOf(
  index: number,
  term: Term,
  state: ConfState,
  data: Uint8Array = EMPTY,
): Snapshot {
  return { data, metadata: { index, term, confState: state } };
}

export type Which = (message: Message) => boolean;

export function ofType(...types: MessageType[]): Which {
  return (message) => types.includes(message.type);
}

export function to(...ids: NodeId[]): Which {
  return (message) => ids.includes(message.to);
}

export function from(...ids: NodeId[]): Which {
  return (message) => ids.includes(message.from);
}

/** To or from one of these. */
export function touching(...ids: NodeId[]): Which {
  return (message) => ids.includes(message.to) || ids.includes(message.from);
}

export function both(...all: Which[]): Which {
  return (message) => all.every((which) => which(message));
}

/**
 * The vocabulary of raft, as etcd-io/raft's raftpb names it. Plain data: no behaviour here.
 * Terms and indexes are safe integers; node ids too (0 means "none").
 */
export type NodeId = number;
export type Term = number;
export type Index = number;

export const NONE: NodeId = 0;
/** Message targets that are not peers but the member's own storage threads (raft.go LocalAppendThread). */
export const LOCAL_APPEND_THREAD: NodeId = -1;
export const LOCAL_APPLY_THREAD: NodeId = -2;

export const EntryType = { Normal: 0, ConfChange: 1, ConfChangeV2: 2 } as const;
export type EntryType = (typeof EntryType)[keyof typeof EntryType];

export const MessageType = {
  Hup: 0,
  Beat: 1,
  Prop: 2,
  App: 3,
  AppResp: 4,
  Vote: 5,
  VoteResp: 6,
  Snap: 7,
  Heartbeat: 8,
  HeartbeatResp: 9,
  Unreachable: 10,
  SnapStatus: 11,
  CheckQuorum: 12,
  TransferLeader: 13,
  TimeoutNow: 14,
  ReadIndex: 15,
  ReadIndexResp: 16,
  PreVote: 17,
  PreVoteResp: 18,
  StorageAppend: 19,
  StorageAppendResp: 20,
  StorageApply: 21,
  StorageApplyResp: 22,
  ForgetLeader: 23,
} as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** `MESSAGE_TYPE_NAMES[MessageType.App] === "MsgApp"`. */
export const MESSAGE_TYPE_NAMES = [
  "MsgHup",
  "MsgBeat",
  "MsgProp",
  "MsgApp",
  "MsgAppResp",
  "MsgVote",
  "MsgVoteResp",
  "MsgSnap",
  "MsgHeartbeat",
  "MsgHeartbeatResp",
  "MsgUnreachable",
  "MsgSnapStatus",
  "MsgCheckQuorum",
  "MsgTransferLeader",
  "MsgTimeoutNow",
  "MsgReadIndex",
  "MsgReadIndexResp",
  "MsgPreVote",
  "MsgPreVoteResp",
  "MsgStorageAppend",
  "MsgStorageAppendResp",
  "MsgStorageApply",
  "MsgStorageApplyResp",
  "MsgForgetLeader",
] as const;

export const StateType = { Follower: 0, Candidate: 1, Leader: 2, PreCandidate: 3 } as const;
export type StateType = (typeof StateType)[keyof typeof StateType];
export const STATE_TYPE_NAMES = [
  "StateFollower",
  "StateCandidate",
  "StateLeader",
  "StatePreCandidate",
] as const;

/** The empty payload; an entry's data is never null. */
export const EMPTY = new Uint8Array(0);

export interface Entry {
  readonly term: Term;
  readonly index: Index;
  readonly type: EntryType;
  readonly data: Uint8Array;
}

export interface HardState {
  readonly term: Term;
  readonly vote: NodeId;
  readonly commit: Index;
}

export interface SoftState {
  readonly lead: NodeId;
  readonly state: StateType;
}

export interface ConfState {
  readonly voters: readonly NodeId[];
  readonly learners: readonly NodeId[];
  readonly votersOutgoing: readonly NodeId[];
  readonly learnersNext: readonly NodeId[];
  readonly autoLeave: boolean;
}

export const EMPTY_CONF_STATE: ConfState = Object.freeze({
  voters: [],
  learners: [],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
});

export interface SnapshotMetadata {
  readonly confState: ConfState;
  readonly index: Index;
  readonly term: Term;
}

export interface Snapshot {
  readonly data: Uint8Array;
  readonly metadata: SnapshotMetadata;
}

/** One shape for all messages (unused fields hold 0, false, EMPTY, [] or null), so that V8 sees one hidden class. */
export interface Message {
  readonly type: MessageType;
  to: NodeId;
  from: NodeId;
  term: Term;
  readonly logTerm: Term;
  readonly index: Index;
  readonly entries: readonly Entry[];
  readonly commit: Index;
  readonly vote: NodeId;
  readonly snapshot: Snapshot | null;
  readonly reject: boolean;
  readonly rejectHint: Index;
  readonly context: Uint8Array;
  /** Only on StorageAppend and StorageApply: what to deliver once the storage has done its work. */
  readonly responses: readonly Message[] | null;
}

export const ConfChangeType = {
  AddNode: 0,
  RemoveNode: 1,
  UpdateNode: 2,
  AddLearnerNode: 3,
} as const;
export type ConfChangeType = (typeof ConfChangeType)[keyof typeof ConfChangeType];

export const ConfChangeTransition = { Auto: 0, JointImplicit: 1, JointExplicit: 2 } as const;
export type ConfChangeTransition = (typeof ConfChangeTransition)[keyof typeof ConfChangeTransition];

export interface ConfChangeSingle {
  readonly type: ConfChangeType;
  readonly nodeId: NodeId;
}

/** raftpb.ConfChange. `id` identifies the proposal to its proposer. */
export interface ConfChange {
  readonly id: number;
  readonly type: ConfChangeType;
  readonly nodeId: NodeId;
  readonly context: Uint8Array;
}

/** raftpb.ConfChangeV2. */
export interface ConfChangeV2 {
  readonly transition: ConfChangeTransition;
  readonly changes: readonly ConfChangeSingle[];
  readonly context: Uint8Array;
}

export interface ReadState {
  readonly index: Index;
  /** The bytes that the caller gave to `readIndex`, to match the answer to its question. */
  readonly requestContext: Uint8Array;
}

/** What is to be done before the messages may go out; see doc.go of etcd-io/raft. */
export interface Ready {
  /** null if unchanged since the last Ready. */
  readonly softState: SoftState | null;
  /** null if unchanged since the last Ready. */
  readonly hardState: HardState | null;
  readonly readStates: readonly ReadState[];
  readonly entries: readonly Entry[];
  readonly snapshot: Snapshot | null;
  readonly committedEntries: readonly Entry[];
  readonly messages: readonly Message[];
  readonly mustSync: boolean;
}

import {
  flag,
  integer,
  list,
  optional,
  pair,
  type RecordOf,
  record,
  type Shape,
  type TypeOf,
  text,
  word,
} from "./shape.ts";

/** Of what events about raft are made. */

export const ROLE_NAME = word("follower", "pre-candidate", "candidate", "leader");
export type RoleName = TypeOf<typeof ROLE_NAME>;

/** An entry's place in the log. */
export const POSITION = record({ index: integer, term: integer });

/** raftpb's names, without the local messages of a member to itself. */
const MESSAGE_TYPE = word(
  "MsgProp",
  "MsgApp",
  "MsgAppResp",
  "MsgVote",
  "MsgVoteResp",
  "MsgSnap",
  "MsgHeartbeat",
  "MsgHeartbeatResp",
  "MsgTransferLeader",
  "MsgTimeoutNow",
  "MsgReadIndex",
  "MsgReadIndexResp",
  "MsgPreVote",
  "MsgPreVoteResp",
  "MsgForgetLeader",
);

/** What a message says, in words and numbers. Fields that do not apply are absent. */
const MESSAGE_FIELDS = {
  type: MESSAGE_TYPE,
  from: integer,
  to: integer,
  term: integer,
  logTerm: optional(integer),
  index: optional(integer),
  commit: optional(integer),
  /** Terms of the entries carried, first to last; entry i has index `index + 1 + i`. */
  entries: optional(list(integer)),
  reject: optional(flag),
  rejectHint: optional(integer),
  snapshot: optional(POSITION),
  context: optional(text),
};
export interface MessageSummary extends RecordOf<typeof MESSAGE_FIELDS> {}
export const MESSAGE: Shape<MessageSummary> = record(MESSAGE_FIELDS);

/** One log entry as shown: `text` is a short description of what it does, e.g. `put a=1`. */
const ENTRY_FIELDS = {
  index: integer,
  term: integer,
  type: word("normal", "conf-change"),
  bytes: integer,
  text,
  /** A 52-bit hash of the entry's data: equal data, equal hash. */
  hash: integer,
};
export interface EntrySummary extends RecordOf<typeof ENTRY_FIELDS> {}
export const ENTRY: Shape<EntrySummary> = record(ENTRY_FIELDS);

const CONF_FIELDS = {
  voters: list(integer),
  /** Non-empty in a joint configuration. */
  votersOutgoing: list(integer),
  learners: list(integer),
  learnersNext: list(integer),
  autoLeave: flag,
};
export interface ConfSummary extends RecordOf<typeof CONF_FIELDS> {}
export const CONF: Shape<ConfSummary> = record(CONF_FIELDS);
/** Of a member of which nothing is known. */
export const NO_CONF: ConfSummary = {
  voters: [],
  votersOutgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
};

const PROGRESS_STATE = word("probe", "replicate", "snapshot");
export type ProgressStateName = TypeOf<typeof PROGRESS_STATE>;

/** What a leader knows of one member (etcd-raft's tracker.Progress). */
const PEER_PROGRESS_FIELDS = {
  id: integer,
  state: PROGRESS_STATE,
  /** The highest entry known to be stored there. */
  match: integer,
  /** The next entry to send. */
  next: integer,
  /** The snapshot that was sent, while it is waited for; else 0. */
  pendingSnapshot: integer,
  /** No further append until it answers. */
  paused: flag,
  /** Appends with entries that are not answered yet. */
  inflight: integer,
};
export interface PeerProgress extends RecordOf<typeof PEER_PROGRESS_FIELDS> {}
export const PEER_PROGRESS: Shape<PeerProgress> = record(PEER_PROGRESS_FIELDS);

const STEP_NAME = word(
  "init", // the node exists; it has not looked at its storage yet
  "follower",
  "candidate",
  "pre-candidate",
  "leader",
  "commit", // the leader counted acks; the commit index may have stayed
  "replicate", // the leader is about to append a normal entry
  "propose-change", // the leader is about to append the change of `changes`
  "switch", // the configuration is about to become `conf`
  "ready",
  "send", // `message` enters the outbox; it leaves with the Ready
  "receive", // `message` is about to be handled
);
export type RaftStepName = TypeOf<typeof STEP_NAME>;

const CHANGE_FIELDS = {
  node: integer,
  change: word("add-voter", "add-learner", "remove", "update"),
};
export interface ChangeSummary extends RecordOf<typeof CHANGE_FIELDS> {}
const CHANGE: Shape<ChangeSummary> = record(CHANGE_FIELDS);

/**
 * A step of raft, with the node's state: for `replicate`, `propose-change`, `switch` and `receive`
 * the one before the step, for all others the one after it.
 */
const RAFT_STEP_FIELDS = {
  step: STEP_NAME,
  term: integer,
  vote: integer,
  commit: integer,
  role: ROLE_NAME,
  /** Index of the log's last entry. */
  last: integer,
  message: optional(MESSAGE),
  changes: optional(list(CHANGE)),
  conf: optional(CONF),
  /** `switch`: the entry that is being applied; 0 at the start, and when a snapshot says so. */
  index: optional(integer),
};
export interface RaftStep extends RecordOf<typeof RAFT_STEP_FIELDS> {}
export const RAFT_STEP: Shape<RaftStep> = record(RAFT_STEP_FIELDS);

/** Links, each as `[from, to]`. */
export const LINKS = list(pair);

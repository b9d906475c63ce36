/** A place in the code where a process can be ended: etcd's gofail names. */
interface FaultPointEntry {
  /** Where it is in our code, and what has happened by then. */
  readonly at: string;
  readonly means: string;
}

/**
 * The fault points that `crash-at` knows, in the order in which a member comes to them. Those "after" a sync are
 * passed when the sync is done, before what was ordered behind it is carried out.
 */
export const FAULT_POINTS = {
  raftBeforeLeaderSend: {
    at: "member/loop/ready-loop.ts",
    means: "a leader is about to send what a Ready brings, before it writes that itself",
  },
  raftBeforeSaveSnap: {
    at: "member/loop/persistence.ts",
    means: "a leader's snapshot is about to be saved; the backend that came with it is written",
  },
  raftAfterSaveSnap: {
    at: "member/loop/persistence.ts",
    means: "the snapshot and its record in the log are on disk; its hard state and entries are not",
  },
  raftBeforeSave: {
    at: "member/loop/persistence.ts",
    means: "entries and hard state of a Ready are about to be written",
  },
  walBeforeSync: { at: "wal/wal.ts", means: "the log is written, and about to be synced" },
  walAfterSync: { at: "wal/wal.ts", means: "a sync of the log is done" },
  raftAfterSave: {
    at: "member/loop/persistence.ts",
    means: "what a Ready brought is on disk, and raft does not know it yet",
  },
  raftBeforeApplySnap: {
    at: "member/loop/persistence.ts",
    means: "raft's log is about to begin anew at a saved snapshot",
  },
  raftAfterApplySnap: {
    at: "member/loop/persistence.ts",
    means: "raft's log begins at the snapshot; the state machine is as before",
  },
  raftAfterWALRelease: {
    at: "member/loop/persistence.ts",
    means: "log files and snapshots that the new one has made useless are removed",
  },
  applyBeforeOpenSnapshot: {
    at: "member/apply/state-machine.ts",
    means: "the snapshot's backend is about to take the place of the member's own",
  },
  raftBeforeFollowerSend: {
    at: "member/loop/ready-loop.ts",
    means: "a follower or candidate is about to send what it has made durable",
  },
  beforeApplyOneConfChange: {
    at: "member/apply/state-machine.ts",
    means: "a committed change of membership is about to be applied",
  },
  commitBeforePreCommitHook: {
    at: "mvcc/backend/backend.ts",
    means: "a commit of the backend begins; the consistent index is not in it",
  },
  commitAfterPreCommitHook: {
    at: "mvcc/backend/backend.ts",
    means: "the consistent index is in the commit, which is not written",
  },
  beforeCommit: { at: "mvcc/backend/backend.ts", means: "a commit is about to be written" },
  afterCommit: { at: "mvcc/backend/backend.ts", means: "a commit is on disk" },
  defragBeforeCopy: {
    at: "mvcc/backend/backend.ts",
    means: "a defragmentation has committed, and is about to copy",
  },
  defragBeforeRename: {
    at: "mvcc/backend/backend.ts",
    means: "the copy is on disk, and about to take the old file's name",
  },
  compactBeforeSetScheduledCompact: {
    at: "mvcc/scheduled-compaction.ts",
    means: "a compaction is applied, and not noted in the backend",
  },
  compactAfterSetScheduledCompact: {
    at: "mvcc/scheduled-compaction.ts",
    means: "a compaction is noted in the backend, and not committed",
  },
  compactBeforeCommitBatch: {
    at: "mvcc/scheduled-compaction.ts",
    means:
      "a batch of rows is removed and about to be committed; so is the last batch, which etcd leaves to the next commit",
  },
  compactAfterCommitBatch: {
    at: "mvcc/scheduled-compaction.ts",
    means: "a batch of a compaction is on disk",
  },
  compactBeforeSetFinishedCompact: {
    at: "mvcc/scheduled-compaction.ts",
    means: "a compaction has removed all its rows, and is not noted as finished",
  },
  beforeSendWatchResponse: {
    at: "member/watch/grpc-watch-stream.ts",
    means: "a watcher is about to be sent what it watches",
  },
  beforeSyncWatchers: {
    at: "mvcc/watch/watchable-store.ts",
    means: "a round of catching up of unsynced watchers begins",
  },
  beforeMoveVictims: {
    at: "mvcc/watch/watchable-store.ts",
    means: "watchers whose stream was full are about to be tried again",
  },
} as const satisfies Record<string, FaultPointEntry>;

/**
 * Where a process can be told to crash: an etcd failpoint.
 *
 * @public
 */
export type FaultPoint = keyof typeof FAULT_POINTS;

const NO_TRANSACTION =
  "the backend has no transaction of a database to begin: a batch begins with the first change after a commit, in memory";
const NO_BUFFER =
  "the backend has no write buffer to write back: what a transaction changes is seen at once, by nobody else before it ends";

/** Points of etcd's for which there is no such moment here, and why. */
export const MISSING_POINTS = {
  beforeStartDBTxn: NO_TRANSACTION,
  afterStartDBTxn: NO_TRANSACTION,
  beforeWritebackBuf: NO_BUFFER,
  afterWritebackBuf: NO_BUFFER,
  compactAfterCommitScheduledCompact:
    "that a compaction is scheduled is not committed by itself: the log has it until the first batch is committed (compactAfterCommitBatch)",
} as const satisfies Record<string, string>;

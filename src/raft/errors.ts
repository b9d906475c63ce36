/**
 * An expected refusal: returned, never thrown. The texts are etcd-io/raft's, and each error is a
 * single object, so that callers compare by identity.
 */
export class RaftError extends Error {
  override name = "RaftError";
}

/**
 * A violated protocol rule: what etcd-io/raft panics on. Thrown; the member must stop, because its
 * log or its storage can no longer be trusted.
 */
export class RaftPanic extends Error {
  override name = "RaftPanic";
}

/** The proposal was refused (no leader, transfer in progress, quota, removed member): try again later. */
export const ErrProposalDropped = new RaftError("raft proposal dropped");
/** A local message (MsgHup, MsgBeat, …) must not come from outside. */
export const ErrStepLocalMsg = new RaftError("raft: cannot step raft local message");
/** A response from a node that is not in the configuration. */
export const ErrStepPeerNotFound = new RaftError("raft: cannot step as peer not found");

/** The index was compacted away. */
export const ErrCompacted = new RaftError("requested index is unavailable due to compaction");
/** The index is beyond the log. */
export const ErrUnavailable = new RaftError("requested entry at index is unavailable");
/** The storage holds a newer snapshot. */
export const ErrSnapOutOfDate = new RaftError(
  "requested index is older than the existing snapshot",
);
/** The storage is still making a snapshot; raft asks again later. */
export const ErrSnapshotTemporarilyUnavailable = new RaftError(
  "snapshot is temporarily unavailable",
);

import { restoreConfiguration } from "./apply-conf-change.ts";
import * as lines from "./log-lines/index.ts";
import { appendAck } from "./messages.ts";
import type { Raft } from "./raft.ts";
import { EMPTY_SNAPSHOT } from "./storage.ts";
import { type Message, NONE, type Snapshot, StateType } from "./types.ts";

/** Follower: the leader sends a snapshot, because what we need was compacted away (Raft 7). */
export function onSnapshot(r: Raft, m: Message): void {
  const snapshot = m.snapshot ?? EMPTY_SNAPSHOT;
  const restored = restore(r, snapshot);
  lines.handledSnapshot(r, restored, snapshot.metadata);
  const acked = restored ? r.log.lastIndex() : r.log.committed;
  r.sendAfterAppend(appendAck(m.from, r.id, r.term, acked));
}

/** Takes log and configuration from the snapshot; false if it is of no use. */
function restore(r: Raft, snapshot: Snapshot): boolean {
  const { index, term, confState } = snapshot.metadata;
  if (index <= r.log.committed) return false;
  if (r.state !== StateType.Follower) {
    lines.refusedSnapshotAsLeader(r);
    r.becomeFollower(r.term + 1, NONE, "higher term");
    return false;
  }
  const known =
    confState.voters.includes(r.id) ||
    confState.learners.includes(r.id) ||
    confState.votersOutgoing.includes(r.id);
  if (!known) {
    lines.refusedSnapshotWithoutUs(r, confState);
    return false;
  }
  // We have that entry already: keep the log, and learn that it is committed.
  // Known mistake R31: entries behind the snapshot go, and may have been acknowledged.
  if (r.log.matchTerm(term, index) && !r.mistakes.wipesMatchingLog) {
    lines.fastForwardedCommit(r, snapshot.metadata);
    r.log.commitTo(index);
    return false;
  }
  r.log.restore(snapshot);
  restoreConfiguration(r, confState);
  lines.restoredLog(r, snapshot.metadata);
  return true;
}

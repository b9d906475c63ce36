import type { Raft } from "./raft.ts";
import type { Index } from "./types.ts";

// How a leader learns what is committed (Raft 5.3, 5.4.2). A follower is told: `RaftLog.maybeAppend`.

/** Moves the commit index to what a quorum has, if that is an entry of this term. */
export function maybeCommit(r: Raft): boolean {
  const { log } = r;
  const index = r.tracker.committed();
  const moved = index > log.committed && countsReplicas(r, index);
  if (moved) log.commitTo(index);
  if (r.probe !== null) r.probe.at(r, "commit");
  return moved;
}

/**
 * A leader never counts replicas of an older term's entry (Raft 5.4.2, figure 8): it is committed by
 * the first one of its own that is behind it.
 */
function countsReplicas({ log, term, mistakes }: Raft, index: Index): boolean {
  // Known mistake R4: a majority has the old entry, and a later leader may overwrite it all the same.
  if (mistakes.commitsOldTerms) return index <= log.lastIndex();
  return log.term(index) === term;
}

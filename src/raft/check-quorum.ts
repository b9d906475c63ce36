import * as lines from "./log-lines/index.ts";
import type { Raft } from "./raft.ts";
import { NONE } from "./types.ts";

/** A leader that did not hear from a quorum for an election timeout steps down (thesis 6.2). */
export function checkQuorum(r: Raft): void {
  if (!r.tracker.quorumActive()) {
    lines.steppedDownWithoutQuorum(r);
    r.becomeFollower(r.term, NONE, "quorum lost");
  }
  for (const progress of r.tracker.progress) {
    if (progress.id !== r.id) progress.recentActive = false;
  }
}

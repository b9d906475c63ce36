import type { Backend } from "../mvcc/backend.ts";
import type { ConfState, Index, NodeId, Snapshot, Term } from "../raft/types.ts";

/** Members that were removed, by id in decimal digits: their ids are never used again. */
const REMOVED = "members_removed";
const REMOVED_MARK = Uint8Array.from("removed", (char) => char.charCodeAt(0));

/** A raft snapshot of the state machine as it is now, which is as of `index`. */
export function takeSnapshot(
  backend: Backend,
  index: Index,
  term: Term,
  confState: ConfState,
): Snapshot {
  return { data: backend.image(), metadata: { index, term, confState } };
}

export function saveRemoved(backend: Backend, id: NodeId): void {
  backend.bucket(REMOVED).put(String(id), REMOVED_MARK);
}

export function loadRemoved(backend: Backend): ReadonlySet<NodeId> {
  const ids = new Set<NodeId>();
  backend.bucket(REMOVED).forEach((id) => {
    ids.add(Number(id));
  });
  return ids;
}

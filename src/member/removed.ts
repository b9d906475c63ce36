import type { Backend } from "../mvcc/backend.ts";
import type { NodeId } from "../raft/types.ts";

/** Members that were removed, by id in decimal digits: their ids are never used again. */
const REMOVED = "members_removed";
const REMOVED_MARK = Uint8Array.from("removed", (char) => char.charCodeAt(0));

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

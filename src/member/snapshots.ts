import { encodeImage } from "../mvcc/image.ts";
import type { Store } from "../mvcc/store.ts";
import type { ConfState, Index, NodeId, Snapshot, Term } from "../raft/types.ts";

/** The bucket entry that lists members that were removed: their ids are never used again. */
const REMOVED = "members_removed";

/** A raft snapshot of the state machine as it is now, which is as of `index`. */
export function takeSnapshot(
  store: Store,
  index: Index,
  term: Term,
  confState: ConfState,
  removed: ReadonlySet<NodeId>,
): Snapshot {
  const ids = [...removed].sort((a, b) => a - b);
  const extra = new Map([[REMOVED, Uint8Array.from(ids)]]);
  return { data: encodeImage(store, extra), metadata: { index, term, confState } };
}

export function decodeRemoved(extra: ReadonlyMap<string, Uint8Array>): ReadonlySet<NodeId> {
  return new Set(extra.get(REMOVED) ?? []);
}

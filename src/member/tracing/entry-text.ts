import { decodeInternalRaftRequest } from "../../api/wire/internal-raft-request.ts";
import { hash52 } from "../../base/digest.ts";
import { decodeConfChange, decodeConfChangeV2, encodeConfChange } from "../../raft/pb/index.ts";
import { type ConfChangeSingle, ConfChangeType, type Entry, EntryType } from "../../raft/types.ts";
import type { EntrySummary } from "../../trace/events.ts";
import { operationText } from "./request-text.ts";

/** Log entries in the words of the trace. Only called while somebody listens. */

/** @param words whether to decode what the entry does; else `text` is empty */
export function entrySummary(entry: Entry, words: boolean): EntrySummary {
  return {
    index: entry.index,
    term: entry.term,
    type: entry.type === EntryType.Normal ? "normal" : "conf-change",
    bytes: entry.data.length,
    text: words ? entryText(entry) : "",
    hash: hash52(payloadOf(entry)),
  };
}

/** What the entry says, in the same bytes whichever line of etcd wrote them: see `omitsUnset`. */
function payloadOf({ type, data }: Entry): Uint8Array {
  return type === EntryType.ConfChange ? encodeConfChange(decodeConfChange(data)) : data;
}

/** What the entry does, for the eye: `put a=1`, `add voter m4`, or empty for a new leader's entry. */
export function entryText(entry: Entry): string {
  if (entry.type === EntryType.ConfChange) {
    return changesText([decodeConfChange(entry.data)]);
  }
  if (entry.type === EntryType.ConfChangeV2) {
    const { changes } = decodeConfChangeV2(entry.data);
    return changes.length === 0 ? "leave joint configuration" : changesText(changes);
  }
  return entry.data.length === 0 ? "" : operationText(decodeInternalRaftRequest(entry.data).op);
}

const CHANGE_WORDS: Record<ConfChangeType, string> = {
  [ConfChangeType.AddNode]: "add voter",
  [ConfChangeType.RemoveNode]: "remove",
  [ConfChangeType.UpdateNode]: "update",
  [ConfChangeType.AddLearnerNode]: "add learner",
};

export function changesText(changes: readonly ConfChangeSingle[]): string {
  return changes.map((change) => `${CHANGE_WORDS[change.type]} m${change.nodeId}`).join(", ");
}

import { makeMessage, storageAppendAck, storageApplyAck } from "./messages.ts";
import type { Raft } from "./raft.ts";
import {
  LOCAL_APPEND_THREAD,
  LOCAL_APPLY_THREAD,
  type Message,
  MessageType,
  type Ready,
  type Snapshot,
} from "./types.ts";

// Asynchronous storage writes: what a Ready asks of the local threads, as messages to them.

/**
 * MsgStorageAppend and MsgStorageApply, behind what is sent to others; each carries the acks that may
 * go out when it is done.
 */
export function addStorageMessages(r: Raft, ready: Ready, messages: Message[]): void {
  const { hardState, entries, snapshot, committedEntries } = ready;
  const mustWrite = entries.length > 0 || hardState !== null || snapshot !== null;
  if (mustWrite || r.msgsAfterAppend.length > 0) {
    const responses = r.msgsAfterAppend.slice();
    if (wantsAppendAck(r, snapshot)) responses.push(appendAck(r, snapshot));
    messages.push(
      makeMessage({
        type: MessageType.StorageAppend,
        to: LOCAL_APPEND_THREAD,
        from: r.id,
        term: hardState?.term ?? 0,
        vote: hardState?.vote ?? 0,
        commit: hardState?.commit ?? 0,
        entries,
        snapshot,
        responses: responses.length > 0 ? responses : null,
      }),
    );
  }
  if (committedEntries.length > 0) {
    messages.push(
      makeMessage({
        type: MessageType.StorageApply,
        to: LOCAL_APPLY_THREAD,
        from: r.id,
        entries: committedEntries,
        responses: [storageApplyAck(r.id, committedEntries)],
      }),
    );
  }
}

/**
 * Must raft hear of this write? Yes while any entry is unstable, not only when entries are
 * written now: an earlier ack may have been ignored because of a change of term, and this write
 * then vouches for those entries too.
 */
function wantsAppendAck(r: Raft, snapshot: Snapshot | null): boolean {
  return r.log.unstable.entries.length > 0 || snapshot !== null;
}

function appendAck(r: Raft, snapshot: Snapshot | null): Message {
  const hasEntries = r.log.unstable.entries.length > 0;
  const lastTerm = hasEntries ? r.log.lastTerm() : 0;
  const lastIndex = hasEntries ? r.log.lastIndex() : 0;
  return storageAppendAck(r.id, r.term, lastTerm, lastIndex, snapshot);
}

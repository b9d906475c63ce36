import { assert } from "../base/assert.ts";
import { maybeCommit } from "./commit.ts";
import { ErrSnapshotTemporarilyUnavailable, RaftError, RaftPanic } from "./errors.ts";
import { payloadsSize } from "./log/limit-size.ts";
import * as lines from "./log-lines/index.ts";
import {
  appendAck,
  appendMessage,
  heartbeatMessage,
  NO_ENTRIES,
  snapshotMessage,
} from "./messages.ts";
import type { Raft } from "./raft.ts";
import type { Progress } from "./tracker/progress.ts";
import { type Entry, EntryType } from "./types.ts";
import { increaseUncommitted } from "./uncommitted-size.ts";

// What a leader does to bring its log to the others (Raft 5.3).

/**
 * Appends entries of our term to our own log. The leader acknowledges them to itself once they are
 * durable: the ack waits with the other messages that vouch for the disk. False if they would
 * exceed the quota of uncommitted bytes.
 */
export function appendOwn(r: Raft, proposed: readonly Entry[]): boolean {
  if (!increaseUncommitted(r, proposed)) {
    lines.droppedOverUncommittedLimit(r);
    return false;
  }
  const { term } = r;
  const first = r.log.lastIndex() + 1;
  const entries: Entry[] = [];
  for (let i = 0; i < proposed.length; i++) {
    const { type, data } = proposed[i] as Entry;
    entries.push({ term, index: first + i, type, data });
    if (r.probe !== null && type === EntryType.Normal) r.probe.at(r, "replicate");
  }
  const last = r.log.append(entries);
  assert(last === first + proposed.length - 1, "a leader only appends");
  // Known mistake W1: it counts itself before its own disk has the entries. Where it is the last of a
  // majority, or alone, a crash loses what was acknowledged.
  if (r.mistakes.countsOwnUnsynced && r.tracker.get(r.id)?.maybeUpdate(last) === true) {
    maybeCommit(r);
  }
  r.sendAfterAppend(appendAck(r.id, r.id, term, last));
  return true;
}

/**
 * Sends the next append, or a snapshot if what comes next was compacted away. Returns whether a
 * message went out. Without `sendIfEmpty` an append must carry entries: an empty one is only good
 * to tell the commit index.
 */
export function maybeSendAppend(r: Raft, to: Progress, sendIfEmpty: boolean): boolean {
  if (to.isPaused()) return false;
  const { log } = r;
  const prevIndex = to.next - 1;
  let prevTerm = log.term(prevIndex);
  if (prevTerm < 0) {
    // Known mistake R32: what was compacted away counts as of term 0. A follower that lacks the entry
    // finds 0 there, too, and commits what it does not have.
    if (!r.mistakes.zeroesCompactedTerms) return maybeSendSnapshot(r, to);
    prevTerm = 0;
  }
  let entries: readonly Entry[] | RaftError = NO_ENTRIES;
  if (to.canSendEntries()) {
    entries = log.entries(to.next, r.maxMsgSize);
  } else if (r.mistakes.neverProbesFullWindow) {
    // Known mistake R35: no empty append either. If all in flight was lost, nothing makes room again.
    return false;
  }
  if (entries instanceof RaftError) {
    if (!sendIfEmpty) return false;
    if (!r.mistakes.zeroesCompactedTerms) return maybeSendSnapshot(r, to);
    entries = NO_ENTRIES;
  }
  if (entries.length === 0 && !sendIfEmpty) return false;
  r.send(appendMessage(to.id, r.id, r.term, prevTerm, prevIndex, entries, log.committed));
  to.sentAppend(entries.length, payloadsSize(entries), log.committed);
  return true;
}

function maybeSendSnapshot(r: Raft, to: Progress): boolean {
  if (!to.recentActive) {
    lines.skippedSnapshotToInactive(r, to);
    return false;
  }
  const snapshot = r.log.snapshot();
  if (snapshot instanceof RaftError) {
    if (snapshot !== ErrSnapshotTemporarilyUnavailable) throw new RaftPanic(snapshot.message);
    lines.postponedSnapshot(r, to);
    return false;
  }
  const { index } = snapshot.metadata;
  if (index === 0) throw new RaftPanic("need non-empty snapshot");
  lines.sentSnapshot(r, to, snapshot.metadata);
  to.becomeSnapshot(index);
  lines.pausedForSnapshot(r, to);
  r.send(snapshotMessage(to.id, r.id, r.term, snapshot));
  return true;
}

/** An append to everyone else who is not paused, even if it carries only the commit index. */
export function broadcastAppend(r: Raft): void {
  const { progress } = r.tracker;
  for (let i = 0; i < progress.length; i++) {
    const to = progress[i] as Progress;
    if (to.id !== r.id) maybeSendAppend(r, to, true);
  }
}

/** A heartbeat to everyone else; it carries what confirms the waiting reads. */
export function broadcastHeartbeat(r: Raft): void {
  const context = r.readOnly.heartbeatContext();
  for (const to of r.tracker.progress) {
    if (to.id === r.id) continue;
    // The follower's log may differ from ours above match: never tell it to commit there.
    // Known mistake R7: we do, and it commits its own tail of an old term.
    const commit = r.mistakes.heartbeatsRawCommit
      ? r.log.committed
      : Math.min(to.match, r.log.committed);
    r.send(heartbeatMessage(to.id, r.id, r.term, commit, context));
    to.sentHeartbeat(commit);
  }
}

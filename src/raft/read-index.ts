import { assert } from "../base/assert.ts";
import * as lines from "./log-lines/index.ts";
import { makeMessage } from "./messages.ts";
import type { Raft } from "./raft.ts";
import { broadcastHeartbeat } from "./replication.ts";
import { type Entry, type Index, type Message, MessageType, NONE } from "./types.ts";

// Linearizable reads without the log (thesis 6.4): the leader tells up to which index the state
// machine must have applied, after it has made sure that it still is the leader.

/**
 * Leader: a question for the read index, our own or a follower's.
 *
 * Two cases are stricter than in etcd-io/raft, which answers at once whenever there is one voter:
 * that voter may be another node (we were removed or demoted while leading), and after a crash a
 * lone voter may have lost a commit index that it had acted upon.
 */
export function onReadIndex(r: Raft, m: Message): void {
  // A new leader does not know what is committed until it has committed something itself.
  // Known mistake R24: it answers from a commit index that its predecessor may have gone beyond.
  if (r.committedInTerm() || r.mistakes.readsBeforeFirstCommit) startRead(r, m);
  else r.pendingReads.push(m);
}

/** Leader: the commit index moved; reads that waited for it may start. */
export function releasePendingReads(r: Raft): void {
  if (r.pendingReads.length === 0) return;
  if (!r.committedInTerm()) {
    lines.releasedReadsTooEarly(r);
    return;
  }
  const waiting = r.pendingReads;
  r.pendingReads = [];
  for (const m of waiting) startRead(r, m);
}

/** Leader: a heartbeat came back; answers what a quorum has confirmed by now. */
export function onHeartbeatEcho(r: Raft, m: Message): void {
  if (r.leaseBasedReads || m.context.length === 0) return;
  r.readOnly.acknowledge(m.from, m.context);
  for (const { request, index } of r.readOnly.takeConfirmed(r.tracker)) {
    answerRead(r, request, index);
  }
}

/** Follower: the leader's answer to a question that we passed on. */
export function onReadIndexResponse(r: Raft, m: Message): void {
  if (m.entries.length !== 1) {
    lines.receivedMalformedReadIndexResp(r, m);
    return;
  }
  r.readStates.push({ index: m.index, requestContext: (m.entries[0] as Entry).data });
}

function startRead(r: Raft, m: Message): void {
  const alone = r.tracker.isSingleton() && r.tracker.isVoter(r.id);
  // Known mistake R25: it may have been deposed without noticing, and others may have written since.
  if (alone || r.leaseBasedReads || r.mistakes.readsWithoutQuorum) {
    answerRead(r, m, r.log.committed);
    return;
  }
  r.readOnly.add(r.log.committed, m);
  r.readOnly.acknowledge(r.id, r.readOnly.heartbeatContext());
  broadcastHeartbeat(r);
}

function answerRead(r: Raft, m: Message, index: Index): void {
  assert(m.entries.length > 0, "a read carries its context as an entry");
  if (m.from === NONE || m.from === r.id) {
    r.readStates.push({ index, requestContext: (m.entries[0] as Entry).data });
    return;
  }
  r.send(
    makeMessage({
      type: MessageType.ReadIndexResp,
      to: m.from,
      from: r.id,
      term: r.term,
      index,
      entries: m.entries,
    }),
  );
}

import { restoreConfiguration } from "./apply-conf-change.ts";
import { confStateText } from "./confchange/restore.ts";
import { hex } from "./log-lines.ts";
import { appendAck } from "./messages.ts";
import { LogLevel } from "./observer.ts";
import type { Raft } from "./raft.ts";
import { EMPTY_SNAPSHOT } from "./storage.ts";
import { type Message, NONE, type Snapshot, StateType } from "./types.ts";

/** Follower: the leader sends a snapshot, because what we need was compacted away (Raft 7). */
export function onSnapshot(r: Raft, m: Message): void {
  const snapshot = m.snapshot ?? EMPTY_SNAPSHOT;
  const { index, term } = snapshot.metadata;
  const restored = restore(r, snapshot);
  if (r.lines.wants(LogLevel.Info)) {
    r.lines.info(
      `${hex(r.id)} [commit: ${r.log.committed}] ${restored ? "restored" : "ignored"} snapshot ` +
        `[index: ${index}, term: ${term}]`,
    );
  }
  const acked = restored ? r.log.lastIndex() : r.log.committed;
  r.sendAfterAppend(appendAck(m.from, r.id, r.term, acked));
}

/** Takes log and configuration from the snapshot; false if it is of no use. */
function restore(r: Raft, snapshot: Snapshot): boolean {
  const { index, term, confState } = snapshot.metadata;
  if (index <= r.log.committed) return false;
  if (r.state !== StateType.Follower) {
    if (r.lines.wants(LogLevel.Warn)) {
      r.lines.warn(`${hex(r.id)} attempted to restore snapshot as leader; should never happen`);
    }
    r.becomeFollower(r.term + 1, NONE, "higher term");
    return false;
  }
  const known =
    confState.voters.includes(r.id) ||
    confState.learners.includes(r.id) ||
    confState.votersOutgoing.includes(r.id);
  if (!known) {
    if (r.lines.wants(LogLevel.Warn)) {
      r.lines.warn(
        `${hex(r.id)} attempted to restore snapshot but it is not in the ConfState ` +
          `${confStateText(confState)}; should never happen`,
      );
    }
    return false;
  }
  // We have that entry already: keep the log, and learn that it is committed.
  if (r.log.matchTerm(term, index) && !r.bugs.R31) {
    if (r.lines.wants(LogLevel.Info)) r.lines.info(line(r, snapshot, "fast-forwarded commit to"));
    r.log.commitTo(index);
    return false;
  }
  r.log.restore(snapshot);
  restoreConfiguration(r, confState);
  if (r.lines.wants(LogLevel.Info)) r.lines.info(line(r, snapshot, "restored"));
  return true;
}

function line(r: Raft, snapshot: Snapshot, verb: string): string {
  const { index, term } = snapshot.metadata;
  return (
    `${hex(r.id)} [commit: ${r.log.committed}, lastindex: ${r.log.lastIndex()}, ` +
    `lastterm: ${r.log.lastTerm()}] ${verb} snapshot [index: ${index}, term: ${term}]`
  );
}

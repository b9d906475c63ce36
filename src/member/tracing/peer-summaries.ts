import type { Raft } from "../../raft/raft.ts";
import { type Progress, ProgressState } from "../../raft/tracker/progress.ts";
import type { PeerProgress, ProgressStateName } from "../../trace/events.ts";

const STATE_NAMES: Readonly<Record<ProgressState, ProgressStateName>> = {
  [ProgressState.Probe]: "probe",
  [ProgressState.Replicate]: "replicate",
  [ProgressState.Snapshot]: "snapshot",
};

/** A leader's progress in the words of the trace, and whether it is other than last time. */
export class PeerSummaries {
  private term = 0;
  private commit = 0;
  private last = 0;
  private emitted: readonly PeerProgress[] = [];

  /** The progress of every peer; null if it is as it was when last asked. */
  changed(raft: Raft): readonly PeerProgress[] | null {
    const { term, log, tracker } = raft;
    const { progress } = tracker;
    const { emitted } = this;
    const last = log.lastIndex();
    const sameLog = term === this.term && log.committed === this.commit && last === this.last;
    if (sameLog && emitted.length === progress.length) {
      let same = 0;
      while (
        same < emitted.length &&
        isSame(emitted[same] as PeerProgress, progress[same] as Progress)
      ) {
        same++;
      }
      if (same === emitted.length) return null;
    }
    this.term = term;
    this.commit = log.committed;
    this.last = last;
    const peers: PeerProgress[] = [];
    for (let i = 0; i < progress.length; i++) peers.push(summaryOf(progress[i] as Progress));
    this.emitted = peers;
    return peers;
  }
}

function summaryOf(p: Progress): PeerProgress {
  const { id, match, next, pendingSnapshot } = p;
  const state = STATE_NAMES[p.state];
  const paused = p.isPaused();
  return { id, state, match, next, pendingSnapshot, paused, inflight: p.inflights.count };
}

function isSame(last: PeerProgress, p: Progress): boolean {
  return (
    last.match === p.match &&
    last.next === p.next &&
    last.inflight === p.inflights.count &&
    last.paused === p.isPaused() &&
    last.state === STATE_NAMES[p.state] &&
    last.pendingSnapshot === p.pendingSnapshot &&
    last.id === p.id
  );
}

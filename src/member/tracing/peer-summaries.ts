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
  private told: readonly PeerProgress[] = [];

  /** The progress of every peer; null if it is as it was when last asked. */
  changed(raft: Raft): readonly PeerProgress[] | null {
    const { term, log, tracker } = raft;
    const { progress } = tracker;
    const { told } = this;
    const last = log.lastIndex();
    const sameLog = term === this.term && log.committed === this.commit && last === this.last;
    if (sameLog && told.length === progress.length) {
      let same = 0;
      while (same < told.length && isSame(told[same] as PeerProgress, progress[same] as Progress)) {
        same++;
      }
      if (same === told.length) return null;
    }
    this.term = term;
    this.commit = log.committed;
    this.last = last;
    const peers: PeerProgress[] = [];
    for (let i = 0; i < progress.length; i++) peers.push(summaryOf(progress[i] as Progress));
    this.told = peers;
    return peers;
  }
}

function summaryOf(p: Progress): PeerProgress {
  const { id, match, next, pendingSnapshot } = p;
  const state = STATE_NAMES[p.state];
  const paused = p.isPaused();
  return { id, state, match, next, pendingSnapshot, paused, inflight: p.inflights.count };
}

function isSame(told: PeerProgress, p: Progress): boolean {
  return (
    told.match === p.match &&
    told.next === p.next &&
    told.inflight === p.inflights.count &&
    told.paused === p.isPaused() &&
    told.state === STATE_NAMES[p.state] &&
    told.pendingSnapshot === p.pendingSnapshot &&
    told.id === p.id
  );
}

import type { Raft } from "./raft.ts";
import type { Progress } from "./tracker/progress.ts";
import type { TrackerConfig } from "./tracker/tracker-config.ts";
import { type Index, type NodeId, StateType, type Term } from "./types.ts";

export interface BasicStatus {
  readonly id: NodeId;
  readonly term: Term;
  readonly vote: NodeId;
  readonly commit: Index;
  readonly lead: NodeId;
  readonly state: StateType;
  readonly applied: Index;
  /** The target of a leadership transfer under way, or 0. */
  readonly leadTransferee: NodeId;
}

export interface Status extends BasicStatus {
  readonly config: TrackerConfig;
  /** Copies, in ascending order of ids; empty unless this node leads. */
  readonly progress: ReadonlyMap<NodeId, Progress>;
}

export function basicStatus(r: Raft): BasicStatus {
  return {
    id: r.id,
    term: r.term,
    vote: r.vote,
    commit: r.log.committed,
    lead: r.lead,
    state: r.state,
    applied: r.log.applied,
    leadTransferee: r.leadTransferee,
  };
}

export function status(r: Raft): Status {
  const progress = new Map<NodeId, Progress>();
  if (r.state === StateType.Leader) {
    for (const each of r.tracker.progress) progress.set(each.id, each.clone());
  }
  return { ...basicStatus(r), config: r.tracker.config, progress };
}

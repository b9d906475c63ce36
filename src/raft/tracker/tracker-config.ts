import { type JointVoters, jointText } from "../quorum/joint.ts";
import { majorityText } from "../quorum/majority.ts";
import type { ConfState, NodeId } from "../types.ts";

/**
 * Who takes part (etcd-io/raft's tracker.Config). Immutable; all lists are sorted.
 *
 * Voters and learners never intersect. A voter of the outgoing half that is to become a learner
 * waits in `learnersNext` until the joint configuration is left.
 */
export interface TrackerConfig {
  readonly voters: JointVoters;
  readonly learners: readonly NodeId[];
  readonly learnersNext: readonly NodeId[];
  /** The joint configuration is left as soon as it is applied, without being asked. */
  readonly autoLeave: boolean;
}

export const EMPTY_CONFIG: TrackerConfig = Object.freeze({
  voters: Object.freeze({ incoming: [], outgoing: [] }),
  learners: [],
  learnersNext: [],
  autoLeave: false,
});

export function isJoint(config: TrackerConfig): boolean {
  return config.voters.outgoing.length > 0;
}

/** `voters=(1 2)&&(1 2 3) learners=(4) learners_next=(3) autoleave`. */
export function configText(config: TrackerConfig): string {
  let text = `voters=${jointText(config.voters)}`;
  if (config.learners.length > 0) text += ` learners=${majorityText(config.learners)}`;
  if (config.learnersNext.length > 0) text += ` learners_next=${majorityText(config.learnersNext)}`;
  if (config.autoLeave) text += " autoleave";
  return text;
}

export function toConfState(config: TrackerConfig): ConfState {
  return {
    voters: config.voters.incoming,
    learners: config.learners,
    votersOutgoing: config.voters.outgoing,
    learnersNext: config.learnersNext,
    autoLeave: config.autoLeave,
  };
}

import { EMPTY_CONFIG } from "../tracker/tracker-config.ts";
import { type ConfChangeSingle, ConfChangeType, type ConfState, type NodeId } from "../types.ts";
import { Changer, type ChangerBase, type Membership } from "./changer.ts";

/**
 * The configuration that a snapshot describes, made from nothing by the same changes that a
 * running group makes: first the outgoing half as a simple configuration, then the joint one on
 * top (etcd-io/raft's confchange.Restore).
 */
export function restoreMembership(state: ConfState, base: ChangerBase): Membership {
  let membership: Membership = { config: EMPTY_CONFIG, progress: [] };
  const incoming = [
    ...each(ConfChangeType.AddNode, state.voters),
    ...each(ConfChangeType.AddLearnerNode, state.learners),
    ...each(ConfChangeType.AddLearnerNode, state.learnersNext),
  ];
  if (state.votersOutgoing.length === 0) {
    for (const change of incoming) membership = new Changer(membership, base).simple([change]);
    return membership;
  }
  for (const change of each(ConfChangeType.AddNode, state.votersOutgoing)) {
    membership = new Changer(membership, base).simple([change]);
  }
  const changes = [...each(ConfChangeType.RemoveNode, state.votersOutgoing), ...incoming];
  return new Changer(membership, base).enterJoint(state.autoLeave, changes);
}

/** Do two states describe the same configuration, whatever the order of their lists? */
export function sameConfState(a: ConfState, b: ConfState): boolean {
  return (
    sameIds(a.voters, b.voters) &&
    sameIds(a.learners, b.learners) &&
    sameIds(a.votersOutgoing, b.votersOutgoing) &&
    sameIds(a.learnersNext, b.learnersNext) &&
    a.autoLeave === b.autoLeave
  );
}

/** `voters:1 voters:2 learners:3 auto_leave:false`, as Go's protobuf prints it. */
export function confStateText(state: ConfState): string {
  const parts = [
    ...state.voters.map((id) => `voters:${id}`),
    ...state.learners.map((id) => `learners:${id}`),
    ...state.votersOutgoing.map((id) => `voters_outgoing:${id}`),
    ...state.learnersNext.map((id) => `learners_next:${id}`),
  ];
  parts.push(`auto_leave:${state.autoLeave}`);
  return parts.join(" ");
}

function each(type: ConfChangeType, ids: readonly NodeId[]): ConfChangeSingle[] {
  return ids.map((nodeId) => ({ type, nodeId }));
}

function sameIds(a: readonly NodeId[], b: readonly NodeId[]): boolean {
  if (a.length !== b.length) return false;
  const left = a.toSorted((x, y) => x - y);
  const right = b.toSorted((x, y) => x - y);
  return left.every((id, i) => id === right[i]);
}

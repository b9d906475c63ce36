import {
  type ConfChangeSingle,
  ConfChangeTransition,
  ConfChangeType,
  type ConfChangeV2,
  EMPTY,
  type NodeId,
} from "../../raft/types.ts";

/** A membership change in an operator's words. More than one change makes a joint configuration. */
export interface MembershipChange {
  readonly add?: readonly NodeId[];
  readonly learners?: readonly NodeId[];
  readonly remove?: readonly NodeId[];
}

export function membershipChange(change: MembershipChange): ConfChangeV2 {
  const changes: ConfChangeSingle[] = [];
  const put = (type: ConfChangeType, ids: readonly NodeId[] | undefined): void => {
    for (const nodeId of ids ?? []) changes.push({ type, nodeId });
  };
  put(ConfChangeType.AddNode, change.add);
  put(ConfChangeType.AddLearnerNode, change.learners);
  put(ConfChangeType.RemoveNode, change.remove);
  return { transition: ConfChangeTransition.Auto, changes, context: EMPTY };
}

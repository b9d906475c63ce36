import type { Index, NodeId } from "../types.ts";
import {
  type AckedIndex,
  majorityCommitted,
  majorityText,
  majorityVote,
  VoteResult,
} from "./majority.ts";

/**
 * Two groups of voters that must both agree (thesis 4.3). `outgoing` is empty unless a membership
 * change is under way. Both lists are sorted and without duplicates.
 */
export interface JointVoters {
  readonly incoming: readonly NodeId[];
  readonly outgoing: readonly NodeId[];
}

/** Everyone in either half, sorted. */
export function jointIds(voters: JointVoters): NodeId[] {
  const ids = voters.incoming.concat(voters.outgoing).sort((a, b) => a - b);
  return ids.filter((id, i) => i === 0 || id !== ids[i - 1]);
}

/** The largest index that both halves have committed. */
export function jointCommitted(voters: JointVoters, acked: AckedIndex): Index {
  return Math.min(
    majorityCommitted(voters.incoming, acked),
    majorityCommitted(voters.outgoing, acked),
  );
}

/** The two halves' results as one: lost if either is lost, won if both are won. */
export function combineVotes(incoming: VoteResult, outgoing: VoteResult): VoteResult {
  if (incoming === outgoing) return incoming;
  if (incoming === VoteResult.Lost || outgoing === VoteResult.Lost) return VoteResult.Lost;
  return VoteResult.Pending;
}

export function jointVote(voters: JointVoters, votes: ReadonlyMap<NodeId, boolean>): VoteResult {
  return combineVotes(majorityVote(voters.incoming, votes), majorityVote(voters.outgoing, votes));
}

/** `(1 2 3)`, or `(1 2)&&(2 3)` while joint. */
export function jointText(voters: JointVoters): string {
  if (voters.outgoing.length === 0) return majorityText(voters.incoming);
  return `${majorityText(voters.incoming)}&&${majorityText(voters.outgoing)}`;
}

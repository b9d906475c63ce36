import type { NodeId } from "../types.ts";
import { type JointVoters, jointIds } from "./joint.ts";
import type { AckedIndex } from "./majority.ts";

/**
 * A picture of who has acknowledged what, in the form of etcd-io/raft's quorum tests: one line a
 * voter, the bar as long as the number of voters that are behind.
 */
export function describeMajority(voters: readonly NodeId[], acked: AckedIndex): string {
  const n = voters.length;
  if (n === 0) return "<empty majority quorum>";
  const byIndex = voters
    .map((id) => ({ id, index: acked(id) ?? 0, known: acked(id) !== undefined }))
    .sort((a, b) => a.index - b.index || a.id - b.id);
  const bars = new Map<NodeId, number>();
  byIndex.forEach((voter, i) => {
    const before = byIndex[i - 1];
    const isTied = before !== undefined && before.index === voter.index;
    bars.set(voter.id, isTied ? (bars.get(before.id) ?? 0) : i);
  });
  const rows = byIndex
    .toSorted((a, b) => a.id - b.id)
    .map(({ id, index, known }) => {
      const bar = bars.get(id) ?? 0;
      const drawn = known ? `${"x".repeat(bar)}>${" ".repeat(n - bar)}` : `?${" ".repeat(n)}`;
      return `${drawn} ${String(index).padStart(5)}    (id=${id.toString(16)})\n`;
    });
  return `${" ".repeat(n)}    idx\n${rows.join("")}`;
}

/** The same for both halves of a joint group together. */
export function describeJoint(voters: JointVoters, acked: AckedIndex): string {
  return describeMajority(jointIds(voters), acked);
}

import type { Index, NodeId } from "../types.ts";

/** How a vote stands (etcd-io/raft's quorum.VoteResult). */
export const VoteResult = { Pending: 1, Lost: 2, Won: 3 } as const;
export type VoteResult = (typeof VoteResult)[keyof typeof VoteResult];
/** `VOTE_RESULT_NAMES[VoteResult.Won] === "VoteWon"`. */
export const VOTE_RESULT_NAMES = ["", "VotePending", "VoteLost", "VoteWon"] as const;

/** What an empty group commits: everything, so that a half-empty joint group behaves like its other half. */
export const COMMITS_EVERYTHING: Index = Number.MAX_SAFE_INTEGER;

/** The index that a voter has acknowledged, or undefined. */
export type AckedIndex = (voter: NodeId) => Index | undefined;

/** The members that make a majority of `n`. */
export function majorityOf(n: number): number {
  return Math.floor(n / 2) + 1;
}

/**
 * The `rank`-th largest of the first `n` numbers (rank 1 is the largest). Sorts them in place:
 * groups are small, and insertion beats everything there.
 */
export function rankFromTop(values: number[], n: number, rank: number): number {
  for (let i = 1; i < n; i++) {
    const value = values[i] as number;
    let j = i - 1;
    while (j >= 0 && (values[j] as number) < value) {
      values[j + 1] = values[j] as number;
      j--;
    }
    values[j + 1] = value;
  }
  return values[rank - 1] as number;
}

/** The largest index that `quorum` of the voters have acknowledged. */
export function majorityCommitted(
  voters: readonly NodeId[],
  acked: AckedIndex,
  quorum: number = majorityOf(voters.length),
): Index {
  if (voters.length === 0) return COMMITS_EVERYTHING;
  const indexes = voters.map((voter) => acked(voter) ?? 0);
  return rankFromTop(indexes, indexes.length, quorum);
}

/** How a vote stands among `voters`; who has not voted yet is absent from `votes`. */
export function majorityVote(
  voters: readonly NodeId[],
  votes: ReadonlyMap<NodeId, boolean>,
  quorum: number = majorityOf(voters.length),
): VoteResult {
  if (voters.length === 0) return VoteResult.Won;
  let granted = 0;
  let missing = 0;
  for (const voter of voters) {
    const vote = votes.get(voter);
    if (vote === undefined) missing++;
    else if (vote) granted++;
  }
  if (granted >= quorum) return VoteResult.Won;
  return granted + missing >= quorum ? VoteResult.Pending : VoteResult.Lost;
}

/** `(1 2 a)`: ids in base 16, as in etcd-io/raft's log lines. */
export function majorityText(voters: readonly NodeId[]): string {
  return `(${voters.map((id) => id.toString(16)).join(" ")})`;
}

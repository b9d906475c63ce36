import type { KnownMistake, Switches } from "./known-mistake.ts";

/** Mistakes in Raft itself: elections, replication, membership, reads, snapshots. */
export const RAFT = [
  {
    id: "R1",
    name: "forgetsVoteInTerm",
    title: "a change of role wipes the vote within a term",
    story:
      "A candidate that steps down in its own term may then vote for another: two leaders in one term.",
    source: ["etcd-io/raft@9d2a465"],
  },
  {
    id: "R2",
    name: "votesBeforeSync",
    title: "a vote is answered before it is durable",
    story: "A crash forgets the vote, and the member votes for another candidate in the same term.",
    source: ["Raft thesis 3.8"],
  },
  {
    id: "R3",
    name: "acksBeforeSync",
    title: "an append is acknowledged before it is durable",
    story:
      "The leader counts a copy that a crash takes away: what a client was promised may be lost.",
    source: ["Raft thesis 3.8"],
  },
  {
    id: "R4",
    name: "commitsOldTerms",
    title: "an entry of an old term is committed by counting",
    story:
      "Figure 8 of the paper: an entry of an earlier term may be on a majority, and a later leader " +
      "without it may still win and overwrite it.",
    source: ["Raft paper 5.4.2, figure 8"],
  },
  {
    id: "R5",
    name: "ignoresLastTerm",
    title: "the longer log wins, whatever its last term",
    story:
      "Who wrote much in an old term and heard nothing since is elected, and lacks what was committed.",
    source: ["Raft paper 5.4.1", "etcd-io/raft TestVoter"],
  },
  {
    id: "R6",
    name: "truncatesWithoutConflict",
    title: "an append truncates without a conflict",
    story: "An append that was delayed takes entries away that were acknowledged since.",
    source: ["Raft paper figure 2", "etcd-io/raft TestFollowerAppendEntries"],
  },
  {
    id: "R7",
    name: "heartbeatsRawCommit",
    title: "a heartbeat carries the leader's commit index, whatever the follower holds",
    story:
      "A follower with a tail of an old term commits that instead of what the leader has there.",
    source: ["etcd-io/raft sendHeartbeat"],
  },
  {
    id: "R8",
    name: "commitsUnmatched",
    title: "a follower commits past the entries that the append vouched for",
    story: "What is behind them in its log may differ from the leader's.",
    source: ["Raft paper figure 2", "etcd-io/raft TestHandleMsgApp"],
  },
  {
    id: "R9",
    name: "rejectsStaleAppends",
    title: "an append from before the commit index is rejected",
    story: "The rejection makes the leader send everything again, and it may never end.",
    source: ["etcd-io/raft@8e6b989"],
  },
  {
    id: "R10",
    name: "undercountsQuorum",
    title: "a quorum is one too small",
    story: "Two of them need have no member in common: two leaders in a term, and lost entries.",
    source: ["Raft paper 5.2"],
  },
  {
    id: "R11",
    name: "ignoresOutgoingHalf",
    title: "only the incoming half of a joint configuration counts",
    story: "The old half may elect a leader of its own meanwhile.",
    source: ["Raft thesis 4.3"],
  },
  {
    id: "R12",
    name: "campaignsBeforeChange",
    title: "a node campaigns while it has not applied a configuration that is committed",
    story: "It asks for the votes of an old configuration, whose majority may be another one's.",
    source: ["etcd-io/etcd#7280", "etcd-io/etcd#12134"],
  },
  {
    id: "R13",
    name: "forgetsPendingChange",
    title: "a new leader forgets a pending configuration change",
    story:
      "The change in its log is not applied yet, and it takes the next one: two at a time, whose " +
      "majorities need have nobody in common.",
    source: ["etcd-io/raft TestNewLeaderPendingConfig"],
  },
  {
    id: "R14",
    name: "overlapsChanges",
    title: "a second configuration change is proposed while one is pending",
    story: "Each is safe alone; the majorities before the first and after the second are not.",
    source: ["Raft thesis 4.1", "Ongaro on raft-dev, 2015"],
  },
  {
    id: "R15",
    name: "forgetsOutgoingVoters",
    title: "a snapshot's outgoing voters are forgotten",
    story:
      "A node that restores a snapshot of a joint configuration believes that it was left already.",
    source: ["etcd-io/etcd#12631"],
  },
  {
    id: "R16",
    name: "missesAutoLeave",
    title: "a joint configuration is not left",
    story:
      "The comparison with the pending change's index was off by one: nobody proposed to leave.",
    source: ["etcd-io/etcd#12136"],
  },
  {
    id: "R17",
    name: "skipsCommitOnSwitch",
    title: "a smaller quorum after a removal commits nothing by itself",
    story:
      "What waits for a removed node's acknowledgement waits until something else is proposed. " +
      "Found in CockroachDB.",
    source: ["etcd-io/raft@2902537", "cockroachdb/cockroach#3642"],
  },
  {
    id: "R18",
    name: "refusesVotesAsLearner",
    title: "learners refuse to vote",
    story: "A learner that was promoted may not have heard of it, and its vote may be needed.",
    source: ["etcd-io/etcd#10998", "Raft thesis 4.2.1"],
  },
  {
    id: "R19",
    name: "campaignsAsLearner",
    title: "a learner campaigns",
    story: "It has no vote of its own to begin with, and disturbs those that have.",
    source: ["etcd-io/etcd#10822", "Raft thesis 4.2.1"],
  },
  {
    id: "R20",
    name: "keepsOldVotes",
    title: "a pre-candidate keeps the votes of an earlier attempt",
    story: "Old consent counts for a new term, in which nobody gave it.",
    source: ["etcd-io/raft@8edd37a"],
  },
  {
    id: "R21",
    name: "countsPreVotes",
    title: "answers to a pre-vote count as votes",
    story: "Who was only asked whether it would vote has not voted, and may vote for another.",
    source: ["etcd-io/raft TestCandidateDeliversPreCandidateSelfVoteAfterBecomingCandidate"],
  },
  {
    id: "R22",
    name: "ignoresStalePreVotes",
    title: "a pre-vote of a lower term is not answered",
    story:
      "While a group goes over to pre-vote, a member that is behind never learns the term, and " +
      "its group may be without a leader for ever.",
    source: ["etcd-io/etcd#8525"],
  },
  {
    id: "R23",
    name: "leasesWithoutLeader",
    title: "a leader's lease binds where there is no leader",
    story: "After a start nobody could vote before an election timeout had passed.",
    source: ["etcd-io/raft@7b8cdf3"],
  },
  {
    id: "R24",
    name: "readsBeforeFirstCommit",
    title: "a leader answers reads before its term's first commit",
    story: "It may not know yet what its predecessor committed: the read is too old.",
    source: ["etcd-io/etcd#7331", "Raft thesis 6.4"],
  },
  {
    id: "R25",
    name: "readsWithoutQuorum",
    title: "a leader answers reads without asking a quorum",
    story: "It may have been deposed without noticing: the read is too old.",
    source: ["Raft thesis 6.4"],
  },
  {
    id: "R26",
    name: "reusesReadContexts",
    title: "late echoes confirm a read under a number that is used again",
    story:
      "A member that stood still answers an old round of heartbeats, and that counts for a new " +
      "read. etcd 3.5.0 and 3.4.20 on, found by Antithesis in July 2025.",
    source: ["etcd-io/etcd#20418"],
  },
  {
    id: "R28",
    name: "dropsLeaseGuards",
    title: "lease-based reads without check-quorum, or after a leader was forgotten",
    story:
      "A lease is worth something only where a leader that hears no quorum steps down, and where " +
      "followers vote for nobody else meanwhile.",
    source: ["etcd-io/raft@926a44a"],
  },
  {
    id: "R29",
    name: "transfersToDemoted",
    title: "a transfer to a node that was demoted is not aborted",
    story: "It can't take over, and while the transfer waits for it the leader takes no proposals.",
    source: ["etcd-io/etcd#11417"],
  },
  {
    id: "R30",
    name: "skipsPagesOfApply",
    title: "the applied index jumps to the commit index where entries come in pages",
    story: "Entries that were not handed out yet are taken for applied and never come.",
    source: ["etcd-io/etcd#10063"],
  },
  {
    id: "R31",
    name: "wipesMatchingLog",
    title: "a snapshot wipes a longer log that matches it",
    story: "The entries behind the snapshot may have been acknowledged.",
    source: ["etcd-io/raft@80615be"],
  },
  {
    id: "R32",
    name: "zeroesCompactedTerms",
    title: "an append stands on an entry that was compacted away, as if of term 0",
    story:
      "While the window was full, the leader sent empty appends without looking into its log. " +
      "After a compaction the previous entry's term was 0, which the follower took for a match of " +
      "an entry that it lacks: it committed what it did not have, and panicked.",
    source: ["etcd-io/raft#31"],
  },
  {
    id: "R33",
    name: "leaksInflightBytes",
    title: "a window that is reset forgets its messages, but not their bytes",
    story:
      "With a limit in bytes the window stays full, and the follower gets nothing more. etcd sets " +
      "no such limit.",
    source: ["etcd-io/raft#54"],
  },
  {
    id: "R34",
    name: "awaitsPendingSnapshot",
    title: "a follower stays in snapshot state until it has reached that very snapshot",
    story:
      "One that got an older snapshot elsewhere could be sent entries, but the leader waits. Seen " +
      "in CockroachDB.",
    source: ["etcd-io/etcd#10308", "etcd-io/raft#110"],
  },
  {
    id: "R35",
    name: "neverProbesFullWindow",
    title: "nothing at all is sent while the window of messages is full",
    story: "If all that is in flight was lost, no answer ever makes room.",
    source: ["etcd-io/etcd#14633"],
  },
  {
    id: "R36",
    name: "leaksUncommittedSize",
    title: "what is not committed yet is counted with the entries' heads, and paid back without",
    story: "The count grows until every proposal is refused. Found in CockroachDB.",
    source: ["etcd-io/raft@a370b6f", "cockroachdb/cockroach#31618"],
  },
  {
    id: "R37",
    name: "trustsStaleWrites",
    title: "an acknowledgement of an older term's write counts for entries written anew",
    story:
      "With asynchronous storage: the log was overwritten and back again, and what the disk " +
      "acknowledges is the entry of before.",
    source: ["etcd-io/raft, Config.AsyncStorageWrites"],
  },
  {
    id: "R38",
    name: "campaignsBeforeSnapshot",
    title: "a node campaigns while its snapshot is not installed",
    story: "It does not know the snapshot's configuration, nor what is in it.",
    source: ["etcd-io/etcd#12163"],
  },
  {
    id: "W1",
    name: "countsOwnUnsynced",
    title: "a leader counts, and answers for, what is not on its own disk",
    story:
      "A cluster of one member loses a write that was acknowledged. etcd 3.4 or earlier, reported " +
      "in August 2022.",
    source: ["etcd-io/etcd#14370"],
  },
] as const satisfies readonly KnownMistake[];

export type RaftMistakes = Switches<typeof RAFT>;
export type RaftMistakeId = (typeof RAFT)[number]["id"];

import { assert } from "../../base/assert.ts";
import type { RaftMistakes } from "../../museum/raft.ts";
import { combineVotes, jointIds } from "../quorum/joint.ts";
import {
  COMMITS_EVERYTHING,
  majorityOf,
  majorityVote,
  rankFromTop,
  VoteResult,
} from "../quorum/majority.ts";
import type { Index, NodeId } from "../types.ts";
import { Inflights } from "./inflights.ts";
import type { Progress } from "./progress.ts";
import { EMPTY_CONFIG, type TrackerConfig } from "./tracker-config.ts";

/** Something that every voter has reached, as a number: a log index, or a position of reads. */
export type Reached = (progress: Progress) => number;

/** How many voted for and against, and what follows. */
export interface Tally {
  readonly granted: number;
  readonly rejected: number;
  readonly result: VoteResult;
}

/**
 * The active configuration and what is known of each of its nodes (etcd-io/raft's
 * tracker.ProgressTracker). `progress` is sorted by id: everything is done in that order.
 */
export class Tracker {
  readonly maxInflightMsgs: number;
  readonly maxInflightBytes: number;
  config: TrackerConfig = EMPTY_CONFIG;
  progress: readonly Progress[] = [];
  /** All voters of both halves, sorted. */
  voterIds: readonly NodeId[] = [];
  private incoming: readonly Progress[] = [];
  private outgoing: readonly Progress[] = [];
  private readonly votes = new Map<NodeId, boolean>();
  private readonly scratch: number[] = [];
  private readonly mistakes: RaftMistakes;

  constructor(maxInflightMsgs: number, maxInflightBytes: number, mistakes: RaftMistakes) {
    this.maxInflightMsgs = maxInflightMsgs;
    this.maxInflightBytes = maxInflightBytes;
    this.mistakes = mistakes;
  }

  newInflights(): Inflights {
    return new Inflights(this.maxInflightMsgs, this.maxInflightBytes, this.mistakes);
  }

  /** Switches to another configuration; `progress` holds one of each of its nodes, sorted. */
  install(config: TrackerConfig, progress: readonly Progress[]): void {
    this.config = config;
    this.progress = progress;
    this.voterIds = jointIds(config.voters);
    const mustGet = (id: NodeId): Progress => {
      const found = this.get(id);
      assert(found !== null, `no progress for ${id}`);
      return found;
    };
    this.incoming = config.voters.incoming.map(mustGet);
    this.outgoing = config.voters.outgoing.map(mustGet);
  }

  get(id: NodeId): Progress | null {
    const { progress } = this;
    for (let i = 0; i < progress.length; i++) {
      const candidate = progress[i] as Progress;
      if (candidate.id === id) return candidate;
    }
    return null;
  }

  isVoter(id: NodeId): boolean {
    return this.voterIds.includes(id);
  }

  /** One voter alone decides. */
  isSingleton(): boolean {
    return this.incoming.length === 1 && this.outgoing.length === 0;
  }

  /** The largest index that a quorum (of both halves) has in its log. */
  committed(): Index {
    const incoming = this.rank(this.incoming, matchOf);
    // Known mistake R11, here and below: the outgoing half may decide otherwise meanwhile.
    if (this.outgoing.length === 0 || this.mistakes.ignoresOutgoingHalf) return incoming;
    return Math.min(incoming, this.rank(this.outgoing, matchOf));
  }

  /** The largest number that a quorum (of both halves) has reached. */
  quorumReached(reached: Reached): number {
    const incoming = this.rank(this.incoming, reached);
    if (this.outgoing.length === 0 || this.mistakes.ignoresOutgoingHalf) return incoming;
    return Math.min(incoming, this.rank(this.outgoing, reached));
  }

  /** Has a quorum been heard from since the last CheckQuorum? */
  quorumActive(): boolean {
    const active = new Map<NodeId, boolean>();
    for (const progress of this.progress) {
      if (!progress.isLearner) active.set(progress.id, progress.recentActive);
    }
    return this.voteResult(active) === VoteResult.Won;
  }

  resetVotes(): void {
    this.votes.clear();
  }

  /** The first vote of a node counts. */
  recordVote(id: NodeId, granted: boolean): void {
    if (!this.votes.has(id)) this.votes.set(id, granted);
  }

  tallyVotes(): Tally {
    let granted = 0;
    let rejected = 0;
    for (const progress of this.progress) {
      if (progress.isLearner) continue;
      const vote = this.votes.get(progress.id);
      if (vote === true) granted++;
      else if (vote === false) rejected++;
    }
    return { granted, rejected, result: this.voteResult(this.votes) };
  }

  private voteResult(votes: ReadonlyMap<NodeId, boolean>): VoteResult {
    const { incoming, outgoing } = this.config.voters;
    const first = majorityVote(incoming, votes, this.quorumOf(incoming.length));
    if (this.mistakes.ignoresOutgoingHalf) return first;
    return combineVotes(first, majorityVote(outgoing, votes, this.quorumOf(outgoing.length)));
  }

  private quorumOf(n: number): number {
    // Known mistake R10: two quorums need have no member in common.
    return this.mistakes.undercountsQuorum ? Math.max(1, majorityOf(n) - 1) : majorityOf(n);
  }

  private rank(voters: readonly Progress[], reached: Reached): number {
    const n = voters.length;
    if (n === 0) return COMMITS_EVERYTHING;
    const { scratch } = this;
    for (let i = 0; i < n; i++) scratch[i] = reached(voters[i] as Progress);
    return rankFromTop(scratch, n, this.quorumOf(n));
  }
}

function matchOf(progress: Progress): Index {
  return progress.match;
}

import { assert } from "../base/assert.ts";
import type { RaftMistakes } from "../museum/raft.ts";
import type { Config } from "./config.ts";
import type { RandomElectionTimeout } from "./election-timeout.ts";
import { RaftLog } from "./log/raft-log.ts";
import * as lines from "./log-lines/roles.ts";
import { Logger } from "./logger.ts";
import type { RaftProbe, RoleReason } from "./observer.ts";
import { ReadOnly, ReadOnlyOption } from "./read-only.ts";
import { Tracker } from "./tracker/tracker.ts";
import {
  type Index,
  MESSAGE_TYPE_NAMES,
  type Message,
  MessageType,
  NONE,
  type NodeId,
  type ReadState,
  StateType,
  type Term,
} from "./types.ts";

/**
 * The state of one raft node, and the changes of role that every part needs. What a role does with
 * a message lives in the files beside: `step.ts` dispatches to `leader.ts`, `candidate.ts` and
 * `follower.ts`.
 *
 * Everybody outside may read; only raft's own files write.
 */
export class Raft {
  readonly id: NodeId;
  readonly log: RaftLog;
  tracker: Tracker;
  readonly logger: Logger;
  readonly probe: RaftProbe | null;
  readonly mistakes: RaftMistakes;

  /** Durable before any answer that depends on it: term and vote. Vote is NONE or this term's choice. */
  term: Term = 0;
  vote: NodeId = NONE;
  state: StateType = StateType.Follower;
  /** The leader of this term, as far as known. */
  lead: NodeId = NONE;
  /** This node is a learner in the active configuration. */
  isLearner = false;

  /** To other nodes, at once. */
  msgs: Message[] = [];
  /** To anyone, ourselves included, once everything unstable until now is durable. */
  msgsAfterAppend: Message[] = [];
  readStates: ReadState[] = [];

  /** Leader: the target of a transfer under way, or NONE. */
  leadTransferee: NodeId = NONE;
  /** Leader: at or above the index of the last conf change that may not be applied yet. */
  pendingConfIndex: Index = 0;
  /** Leader: payload bytes in the uncommitted tail; an underestimate. */
  uncommittedSize = 0;
  readOnly: ReadOnly;
  /** Leader: reads that came before the first commit of its term. */
  pendingReads: Message[] = [];

  /** Ticks since the last election timeout, or (follower) since the leader was heard. */
  electionElapsed = 0;
  /** Leader: ticks since the last heartbeat. */
  heartbeatElapsed = 0;
  /** Ticks until this node campaigns; drawn by `randomElectionTimeout` with each change of role. */
  randomizedElectionTimeout = 0;

  readonly electionTimeout: number;
  readonly heartbeatTimeout: number;
  readonly checkQuorum: boolean;
  readonly preVote: boolean;
  readonly leaseBasedReads: boolean;
  readonly maxMsgSize: number;
  readonly maxUncommittedSize: number;
  readonly disableProposalForwarding: boolean;
  readonly disableConfChangeValidation: boolean;
  readonly stepDownOnRemoval: boolean;
  private readonly randomElectionTimeout: RandomElectionTimeout;

  constructor(config: Config) {
    this.id = config.id;
    this.mistakes = config.mistakes;
    this.readOnly = new ReadOnly(this.mistakes);
    this.logger = new Logger(config.observer);
    this.probe = config.observer?.probe ?? null;
    this.log = new RaftLog(
      config.storage,
      config.maxCommittedSizePerReady,
      this.logger,
      this.mistakes,
    );
    this.tracker = new Tracker(config.maxInflightMsgs, config.maxInflightBytes, this.mistakes);
    this.electionTimeout = config.electionTick;
    this.heartbeatTimeout = config.heartbeatTick;
    this.checkQuorum = config.checkQuorum;
    this.preVote = config.preVote;
    this.leaseBasedReads = config.readOnlyOption === ReadOnlyOption.LeaseBased;
    this.maxMsgSize = config.maxSizePerMsg;
    this.maxUncommittedSize = config.maxUncommittedEntriesSize;
    this.disableProposalForwarding = config.disableProposalForwarding;
    this.disableConfChangeValidation = config.disableConfChangeValidation;
    this.stepDownOnRemoval = config.stepDownOnRemoval;
    this.randomElectionTimeout = config.randomElectionTimeout;
  }

  /** Sends to another node with the next Ready, without waiting for the disk. */
  send(message: Message): void {
    if (message.to === this.id) {
      const type = MESSAGE_TYPE_NAMES[message.type];
      this.logger.panic(`message should not be self-addressed when sending ${type}`);
    }
    this.msgs.push(message);
    if (this.probe !== null) this.probe.sent(this, message);
  }

  /**
   * Sends what vouches for our durable state (an ack of an append or a vote): only after all that
   * is unstable now has been written (thesis 3.8). Rejections wait too, to be on the safe side.
   */
  sendAfterAppend(message: Message): void {
    const isAppendAck = message.type === MessageType.AppResp;
    // Known mistakes R3 and R2: what it vouches for is not on the disk yet, and a crash takes it back.
    const early = isAppendAck ? this.mistakes.acksBeforeSync : this.mistakes.votesBeforeSync;
    if (early && message.to !== this.id) this.msgs.push(message);
    else this.msgsAfterAppend.push(message);
    if (this.probe !== null) this.probe.sent(this, message);
  }

  becomeFollower(term: Term, lead: NodeId, reason: RoleReason): void {
    this.reset(term);
    this.lead = lead;
    this.state = StateType.Follower;
    lines.becameFollower(this);
    if (this.probe !== null) this.probe.at(this, "follower");
    this.emitRole(reason);
  }

  becomeCandidate(reason: RoleReason): void {
    assert(this.state !== StateType.Leader, "invalid transition [leader -> candidate]");
    this.reset(this.term + 1);
    this.vote = this.id;
    this.state = StateType.Candidate;
    lines.becameCandidate(this);
    if (this.probe !== null) this.probe.at(this, "candidate");
    this.emitRole(reason);
  }

  /** Asks for votes without raising the term: neither term nor vote change. */
  becomePreCandidate(reason: RoleReason): void {
    assert(this.state !== StateType.Leader, "invalid transition [leader -> pre-candidate]");
    // Known mistake R20: who consented to an earlier attempt counts for a term it was not asked about.
    if (!this.mistakes.keepsOldVotes) this.tracker.resetVotes();
    this.lead = NONE;
    this.state = StateType.PreCandidate;
    lines.becamePreCandidate(this);
    if (this.probe !== null) this.probe.at(this, "pre-candidate");
    this.emitRole(reason);
  }

  /** A follower heard from the leader of its term, or forgot it. */
  setLead(lead: NodeId, reason: RoleReason): void {
    if (this.lead === lead) return;
    this.lead = lead;
    this.emitRole(reason);
  }

  emitRole(reason: RoleReason): void {
    const { observer } = this.logger;
    if (observer !== null) observer.role(this.state, this.term, this.lead, reason);
  }

  emitTransfer(): void {
    const { observer } = this.logger;
    if (observer?.transfer !== undefined) observer.transfer(this.leadTransferee);
  }

  /** Forgets everything that belongs to the role or to an older term. */
  reset(term: Term): void {
    // etcd-io/raft's harness can send a snapshot without a term, which takes a candidate to term 0.
    assert(term >= this.term || term === 0, "terms never fall");
    // Known mistake R1: within a term the vote goes, too, and the next who asks gets another.
    if (this.term !== term || this.mistakes.forgetsVoteInTerm) {
      this.term = term;
      this.vote = NONE;
    }
    this.lead = NONE;
    this.electionElapsed = 0;
    this.heartbeatElapsed = 0;
    this.randomizedElectionTimeout = this.randomElectionTimeout(this.electionTimeout);
    this.leadTransferee = NONE;
    this.tracker.resetVotes();
    const last = this.log.lastIndex();
    for (const progress of this.tracker.progress) {
      const match = progress.id === this.id ? last : 0;
      progress.resetForTerm(match, last + 1, this.tracker.newInflights());
    }
    this.pendingConfIndex = 0;
    this.uncommittedSize = 0;
    this.readOnly = new ReadOnly(this.mistakes);
  }

  /** May this node campaign? A voter without a snapshot that waits to be applied. */
  promotable(): boolean {
    const progress = this.tracker.get(this.id);
    if (progress === null) return false;
    // Known mistake R19: it is no voter, and only disturbs those who are.
    if (progress.isLearner && !this.mistakes.campaignsAsLearner) return false;
    // Known mistake R38: the configuration and the entries of the snapshot are not known here yet.
    return this.log.unstable.snapshot === null || this.mistakes.campaignsBeforeSnapshot;
  }

  /** Has an entry of this term been committed? Before that a leader does not know what is (6.4). */
  committedInTerm(): boolean {
    return this.log.termOrZero(this.log.committed) === this.term;
  }
}

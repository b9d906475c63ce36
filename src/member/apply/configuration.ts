import type { ApiError } from "../../api/errors.ts";
import type { MemberMistakes } from "../../museum/member.ts";
import { decodeConfChange, decodeConfChangeV2 } from "../../raft/pb/index.ts";
import type { RawNode } from "../../raft/raw-node.ts";
import {
  type ConfChange,
  ConfChangeType,
  type ConfChangeV2,
  type ConfState,
  EMPTY,
  type Entry,
  EntryType,
  type Index,
  NONE,
  type NodeId,
} from "../../raft/types.ts";
import type { Wal } from "../../wal/index.ts";
import type { Recovered } from "../loop/recover.ts";
import { contextOf } from "../membership/change-context.ts";
import { Membership } from "../membership/membership.ts";
import type { MemberConfig } from "../settings.ts";
import type { MemberTracer } from "../tracing/tracer.ts";

/** What raft is given instead of a conf change that must not be made, as etcd does. */
const NO_CHANGE: ConfChange = {
  id: 0,
  type: ConfChangeType.AddNode,
  nodeId: NONE,
  context: EMPTY,
};

/** A conf change that was applied: the proposal it came from, and why it was not made, or null. */
export interface AppliedChange {
  readonly proposalId: number;
  readonly error: ApiError | null;
}

/**
 * Who belongs to the cluster: raft's configuration, and the members' records, which decide whether a
 * change may be made. Conf changes of the log move both (server/etcdserver/server.go
 * applyConfChange).
 */
export class Configuration {
  /** What raft works with: as of the last entry that raft handed out. */
  conf: ConfState;
  /** The entry that it was as of when raft was given it as a whole, at a start or with a snapshot. */
  private since: Index;
  readonly membership: Membership;
  private readonly wal: Wal;
  private readonly tracer: MemberTracer;
  private readonly mistakes: MemberMistakes;

  constructor(
    { backend, conf, confIndex, wal }: Recovered,
    config: MemberConfig,
    tracer: MemberTracer,
  ) {
    this.conf = conf;
    this.since = confIndex;
    this.membership = new Membership(backend, config, config.mistakes);
    this.wal = wal;
    this.tracer = tracer;
    this.mistakes = config.mistakes;
  }

  /** Makes the change of an entry, unless the members as they are now don't allow it. */
  apply(entry: Entry, node: RawNode): AppliedChange {
    const change = confChangeOf(entry);
    const { proposalId } = contextOf(change);
    const error = this.membership.change(change, entry.index, () => this.wal.firstOnDisk);
    this.switch(error === null ? change : NO_CHANGE, entry.index, node);
    return { proposalId, error };
  }

  /** Raft has gone over to a snapshot's. */
  install(conf: ConfState, index: Index): void {
    this.conf = conf;
    this.since = index;
  }

  /**
   * The backend has this change. Raft's own configuration may start from a snapshot before it, and has to
   * follow what was changed then.
   */
  follow(entry: Entry, node: RawNode): void {
    // Known mistake B4: raft has the outcome of all these changes, and is given them again, the refused too.
    if (entry.index <= this.since && !this.mistakes.forgetsRefusals) return;
    const refused = this.membership.wasRefused(entry.index);
    this.switch(refused ? NO_CHANGE : confChangeOf(entry), entry.index, node);
  }

  /**
   * Raft takes a snapshot's configuration as soon as it comes, which may be before the entries are
   * applied that it stands for. Then it has all that they change, and must not be given it again, as
   * etcd does:
   * 1. "add learner n4" is handed out and waits; the leader removes n4 and sends a snapshot.
   * 2. Raft goes over to the snapshot's configuration, without n4.
   * 3. The entry is applied, and raft has a learner that nobody else knows of, until it starts again.
   */
  private switch(change: ConfChange | ConfChangeV2, index: Index, node: RawNode): void {
    if (index < node.raft.log.firstIndex()) return;
    this.tracer.emitApplied();
    this.conf = node.applyConfChange(change);
    this.tracer.configured(index, this.conf);
  }

  /** It left for good. While the configuration is joint, the half that is being left still counts. */
  wasRemoved(id: NodeId): boolean {
    // Asked of every message: of most it is enough to see that a voter sent it.
    const { voters } = this.conf;
    for (let i = 0; i < voters.length; i++) if (voters[i] === id) return false;
    return this.membership.wasRemoved(id) && this.isOutside(id);
  }

  /** In no part of the configuration, not even of the half of a joint one that is being left. */
  private isOutside(id: NodeId): boolean {
    const { voters, votersOutgoing, learners, learnersNext } = this.conf;
    return ![voters, votersOutgoing, learners, learnersNext].some((ids) => ids.includes(id));
  }

  /** It has no vote. */
  isLearner(id: NodeId): boolean {
    const { learners } = this.conf;
    return learners.length > 0 && learners.includes(id);
  }
}

function confChangeOf({ type, data }: Entry): ConfChange | ConfChangeV2 {
  return type === EntryType.ConfChange ? decodeConfChange(data) : decodeConfChangeV2(data);
}

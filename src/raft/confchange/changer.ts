import { assert } from "../../base/assert.ts";
import { Progress } from "../tracker/progress.ts";
import type { Tracker } from "../tracker/tracker.ts";
import type { TrackerConfig } from "../tracker/tracker-config.ts";
import { type ConfChangeSingle, ConfChangeType, type Index, type NodeId } from "../types.ts";

/** A configuration and the progress of each of its nodes, sorted by id. */
export interface Membership {
  readonly config: TrackerConfig;
  readonly progress: readonly Progress[];
}

/** Why a change cannot be made, in etcd-io/raft's words. */
export class ConfChangeError extends Error {
  override name = "ConfChangeError";
}

/** What the changer needs of its surroundings to follow a new node. */
export interface ChangerBase {
  readonly lastIndex: Index;
  readonly newInflights: Tracker["newInflights"];
}

/**
 * A configuration under change: sets instead of lists, and copies of the progresses, so that a
 * refused change leaves no trace (etcd-io/raft's confchange.Changer).
 */
export class Changer {
  private readonly base: ChangerBase;
  private readonly incoming: Set<NodeId>;
  private readonly outgoing: Set<NodeId>;
  private readonly learners: Set<NodeId>;
  private readonly learnersNext: Set<NodeId>;
  private readonly progress = new Map<NodeId, Progress>();
  private autoLeave = false;

  constructor(from: Membership, base: ChangerBase) {
    const { config } = from;
    this.base = base;
    this.incoming = new Set(config.voters.incoming);
    this.outgoing = new Set(config.voters.outgoing);
    this.learners = new Set(config.learners);
    this.learnersNext = new Set(config.learnersNext);
    for (const progress of from.progress) this.progress.set(progress.id, shareInflights(progress));
    this.checkInvariants();
  }

  /**
   * Changes that alter the set of voters by at most one: old and new majorities overlap, so no
   * joint configuration is needed (thesis 4.1).
   */
  simple(changes: readonly ConfChangeSingle[]): Membership {
    if (this.isJoint()) refuse("can't apply simple config change in joint config");
    const before = new Set(this.incoming);
    this.apply(changes);
    if (symmetricDifference(before, this.incoming) > 1) {
      refuse("more than one voter changed without entering joint config");
    }
    return this.finish();
  }

  /** C_old becomes the outgoing half, and the changes make C_new the incoming one (thesis 4.3). */
  enterJoint(autoLeave: boolean, changes: readonly ConfChangeSingle[]): Membership {
    if (this.isJoint()) refuse("config is already joint");
    // Starting from nothing is for bootstrap and tests; but nothing cannot agree to a change.
    if (this.incoming.size === 0) refuse("can't make a zero-voter config joint");
    for (const id of this.incoming) this.outgoing.add(id);
    this.apply(changes);
    this.autoLeave = autoLeave;
    return this.finish();
  }

  /** C_new decides alone from now on; staged learners become learners. */
  leaveJoint(): Membership {
    if (!this.isJoint()) refuse("can't leave a non-joint config");
    for (const id of this.learnersNext) {
      this.learners.add(id);
      const progress = this.progress.get(id);
      assert(progress !== undefined, "a staged learner has a progress");
      progress.isLearner = true;
    }
    this.learnersNext.clear();
    for (const id of this.outgoing) {
      if (!this.incoming.has(id) && !this.learners.has(id)) this.progress.delete(id);
    }
    this.outgoing.clear();
    this.autoLeave = false;
    return this.finish();
  }

  private isJoint(): boolean {
    return this.outgoing.size > 0;
  }

  private apply(changes: readonly ConfChangeSingle[]): void {
    for (const { type, nodeId } of changes) {
      // etcd zeroes the id of a change that it decided not to make.
      if (nodeId === 0) continue;
      switch (type) {
        case ConfChangeType.AddNode:
          this.makeVoter(nodeId);
          break;
        case ConfChangeType.AddLearnerNode:
          this.makeLearner(nodeId);
          break;
        case ConfChangeType.RemoveNode:
          this.remove(nodeId);
          break;
        case ConfChangeType.UpdateNode:
          break;
        default:
          refuse(`unexpected conf type ${type as number}`);
      }
    }
    if (this.incoming.size === 0) refuse("removed all voters");
  }

  private makeVoter(id: NodeId): void {
    const progress = this.progress.get(id) ?? this.follow(id, false);
    progress.isLearner = false;
    this.learners.delete(id);
    this.learnersNext.delete(id);
    this.incoming.add(id);
  }

  private makeLearner(id: NodeId): void {
    const progress = this.progress.get(id);
    if (progress === undefined) {
      this.follow(id, true);
      this.learners.add(id);
      return;
    }
    if (progress.isLearner) return;
    this.remove(id);
    this.progress.set(id, progress); // the log it already has is not forgotten
    if (this.outgoing.has(id)) {
      this.learnersNext.add(id);
    } else {
      progress.isLearner = true;
      this.learners.add(id);
    }
  }

  private remove(id: NodeId): void {
    if (!this.progress.has(id)) return;
    this.incoming.delete(id);
    this.learners.delete(id);
    this.learnersNext.delete(id);
    if (!this.outgoing.has(id)) this.progress.delete(id);
  }

  /**
   * A new node is probed at our last index, and counts as active, lest CheckQuorum deposes the
   * leader before the node could say anything.
   */
  private follow(id: NodeId, isLearner: boolean): Progress {
    const next = Math.max(this.base.lastIndex, 1);
    const progress = new Progress(id, next, isLearner, true, this.base.newInflights());
    this.progress.set(id, progress);
    return progress;
  }

  private finish(): Membership {
    this.checkInvariants();
    return {
      config: {
        voters: { incoming: sorted(this.incoming), outgoing: sorted(this.outgoing) },
        learners: sorted(this.learners),
        learnersNext: sorted(this.learnersNext),
        autoLeave: this.autoLeave,
      },
      progress: [...this.progress.values()].sort((a, b) => a.id - b.id),
    };
  }

  /** The rules of {@link TrackerConfig}. */
  private checkInvariants(): void {
    for (const set of [this.incoming, this.outgoing, this.learners, this.learnersNext]) {
      for (const id of set) if (!this.progress.has(id)) refuse(`no progress for ${id}`);
    }
    for (const id of this.learnersNext) {
      if (!this.outgoing.has(id)) refuse(`${id} is in LearnersNext, but not Voters[1]`);
      if (this.progress.get(id)?.isLearner === true) {
        refuse(`${id} is in LearnersNext, but is already marked as learner`);
      }
    }
    for (const id of this.learners) {
      if (this.outgoing.has(id)) refuse(`${id} is in Learners and Voters[1]`);
      if (this.incoming.has(id)) refuse(`${id} is in Learners and Voters[0]`);
      if (this.progress.get(id)?.isLearner !== true) {
        refuse(`${id} is in Learners, but is not marked as learner`);
      }
    }
    if (!this.isJoint()) {
      if (this.learnersNext.size > 0) refuse("cfg.LearnersNext must be nil when not joint");
      if (this.autoLeave) refuse("AutoLeave must be false when not joint");
    }
  }
}

function refuse(why: string): never {
  throw new ConfChangeError(why);
}

function sorted(ids: ReadonlySet<NodeId>): NodeId[] {
  return [...ids].sort((a, b) => a - b);
}

function symmetricDifference(a: ReadonlySet<NodeId>, b: ReadonlySet<NodeId>): number {
  let count = 0;
  for (const id of a) if (!b.has(id)) count++;
  for (const id of b) if (!a.has(id)) count++;
  return count;
}

/** A copy that may get another role; what is in flight stays in flight. */
function shareInflights(progress: Progress): Progress {
  const copy = progress.clone();
  copy.inflights = progress.inflights;
  return copy;
}

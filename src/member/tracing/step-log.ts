import { assert } from "../../base/assert.ts";
import { asV2 } from "../../raft/confchange/changes.ts";
import type { ProbedState, RaftPoint, RaftProbe } from "../../raft/observer.ts";
import {
  type ConfChange,
  ConfChangeType,
  type ConfChangeV2,
  type ConfState,
  type Index,
  type Message,
  MessageType,
} from "../../raft/types.ts";
import type { ChangeSummary, RaftStep, RaftStepName } from "../../trace/events.ts";
import { confSummary, messageSummary, roleName } from "./summaries.ts";

const CHANGES = {
  [ConfChangeType.AddNode]: "add-voter",
  [ConfChangeType.RemoveNode]: "remove",
  [ConfChangeType.UpdateNode]: "update",
  [ConfChangeType.AddLearnerNode]: "add-learner",
} as const;

/**
 * A step that has all fields, those that it lacks as undefined: to digests and files they are absent. One
 * shape for all, or the digest of a Ready takes more than twice the time, as what reads them meets a hidden
 * class for each kind of step.
 */
type LoggedStep = { -readonly [K in keyof RaftStep]-?: RaftStep[K] | undefined };

/** Collects raft's steps between one Ready and the next, in the words of the trace. */
export class StepLog implements RaftProbe {
  private steps: LoggedStep[] = [];

  /** The steps since the last call. */
  take(): readonly RaftStep[] {
    const { steps } = this;
    this.steps = [];
    return steps as readonly RaftStep[];
  }

  /** The last change of the configuration came from applying this entry. */
  switchedBy(index: Index): void {
    const { steps } = this;
    let i = steps.length - 1;
    while (i >= 0 && steps[i]?.step !== "switch") i--;
    const step = steps[i];
    assert(step !== undefined, "raft tells of a change before its member does");
    step.index = index;
  }

  at(state: ProbedState, point: RaftPoint): void {
    this.add(state, point);
  }

  sent(state: ProbedState, message: Message): void {
    if (isVoting(message)) this.add(state, "send").message = messageSummary(message, true);
  }

  received(state: ProbedState, message: Message): void {
    // Others matter only where they bring a later term.
    if (isVoting(message) || message.term > state.term) {
      this.add(state, "receive").message = messageSummary(message, true);
    }
  }

  proposed(state: ProbedState, change: ConfChange | ConfChangeV2): void {
    this.add(state, "propose-change").changes = asV2(change).changes.map(
      ({ nodeId, type }): ChangeSummary => ({ node: nodeId, change: CHANGES[type] }),
    );
  }

  switching(state: ProbedState, next: ConfState): void {
    const step = this.add(state, "switch");
    step.conf = confSummary(next);
    step.index = 0;
  }

  private add(state: ProbedState, name: RaftStepName): LoggedStep {
    const step: LoggedStep = {
      step: name,
      term: state.term,
      vote: state.vote,
      commit: state.log.committed,
      role: roleName(state.state),
      last: state.log.lastIndex(),
      message: undefined,
      changes: undefined,
      conf: undefined,
      index: undefined,
    };
    this.steps.push(step);
    return step;
  }
}

/** What elections and replication are made of: all that the Raft paper knows. */
function isVoting({ type }: Message): boolean {
  switch (type) {
    case MessageType.App:
    case MessageType.AppResp:
    case MessageType.Heartbeat:
    case MessageType.HeartbeatResp:
    case MessageType.Snap:
    case MessageType.Vote:
    case MessageType.VoteResp:
      return true;
    default:
      return false;
  }
}

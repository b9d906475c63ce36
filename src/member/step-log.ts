import { asV2 } from "../raft/confchange/changes.ts";
import {
  type ConfChange,
  ConfChangeType,
  type ConfChangeV2,
  type ConfState,
  type Index,
  type Message,
  MessageType,
  type ProbedState,
  type RaftPoint,
  type RaftProbe,
} from "../raft/types.ts";
import type { ChangeSummary, RaftStep, RaftStepName } from "../trace/events.ts";
import { confSummary, messageSummary, roleName } from "./summaries.ts";

const CHANGES = {
  [ConfChangeType.AddNode]: "add-voter",
  [ConfChangeType.RemoveNode]: "remove",
  [ConfChangeType.UpdateNode]: "update",
  [ConfChangeType.AddLearnerNode]: "add-learner",
} as const;

/** Collects raft's steps between one Ready and the next, in the words of the trace. */
export class StepLog implements RaftProbe {
  private steps: RaftStep[] = [];
  private applying: Index = 0;

  /** The steps since the last call. */
  take(): readonly RaftStep[] {
    const { steps } = this;
    this.steps = [];
    return steps;
  }

  /** From here on changes of the configuration come from this entry. */
  applyingEntry(index: Index): void {
    this.applying = index;
  }

  at(state: ProbedState, point: RaftPoint): void {
    this.steps.push(base(state, point));
  }

  sent(state: ProbedState, message: Message): void {
    if (isVoting(message)) {
      this.steps.push({ ...base(state, "send"), message: messageSummary(message) });
    }
  }

  received(state: ProbedState, message: Message): void {
    // Others matter only where they bring a later term.
    if (isVoting(message) || message.term > state.term) {
      this.steps.push({ ...base(state, "receive"), message: messageSummary(message) });
    }
  }

  proposed(state: ProbedState, change: ConfChange | ConfChangeV2): void {
    const changes = asV2(change).changes.map(
      ({ nodeId, type }): ChangeSummary => ({ node: nodeId, change: CHANGES[type] }),
    );
    this.steps.push({ ...base(state, "propose-change"), changes });
  }

  switching(state: ProbedState, next: ConfState): void {
    const index = this.applying;
    this.applying = 0;
    this.steps.push({ ...base(state, "switch"), conf: confSummary(next), index });
  }
}

function base(state: ProbedState, step: RaftStepName): RaftStep {
  return {
    step,
    term: state.term,
    vote: state.vote,
    commit: state.log.committed,
    role: roleName(state.state),
    last: state.log.lastIndex(),
  };
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

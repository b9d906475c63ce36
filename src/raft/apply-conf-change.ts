import { maybeCommit } from "./commit.ts";
import {
  Changer,
  type ChangerBase,
  ConfChangeError,
  type Membership,
} from "./confchange/changer.ts";
import { asV2, entersJoint, leavesByItself, leavesJoint } from "./confchange/changes.ts";
import { confStateText, restoreMembership, sameConfState } from "./confchange/restore.ts";
import { RaftPanic } from "./errors.ts";
import * as lines from "./log-lines/index.ts";
import type { Raft } from "./raft.ts";
import { broadcastAppend, maybeSendAppend } from "./replication.ts";
import { toConfState } from "./tracker/tracker-config.ts";
import { abortLeaderTransfer } from "./transfer.ts";
import { type ConfChange, type ConfChangeV2, type ConfState, NONE, StateType } from "./types.ts";

/** A conf change was applied by the state machine: from now on it decides who votes. */
export function applyConfChange(r: Raft, change: ConfChange | ConfChangeV2): ConfState {
  const membership = orPanic(() => changed(r, asV2(change)));
  return switchTo(r, membership);
}

/** Takes the configuration of a snapshot, or the one the node was started with. */
export function restoreConfiguration(r: Raft, state: ConfState): void {
  // Known mistake R15: a snapshot of a joint configuration is taken for one of the incoming half.
  const wanted = r.mistakes.forgetsOutgoingVoters
    ? { ...state, votersOutgoing: [], learnersNext: [], autoLeave: false }
    : state;
  const membership = orPanic(() => restoreMembership(wanted, base(r)));
  const restored = switchTo(r, membership);
  if (!sameConfState(wanted, restored)) {
    r.logger.panic(
      `ConfStates not equivalent after sorting:\n${confStateText(wanted)}\n` +
        confStateText(restored),
    );
  }
}

function changed(r: Raft, change: ConfChangeV2): Membership {
  const changer = new Changer(r.tracker, base(r));
  if (leavesJoint(change)) return changer.leaveJoint();
  if (entersJoint(change)) return changer.enterJoint(leavesByItself(change), change.changes);
  return changer.simple(change.changes);
}

function base(r: Raft): ChangerBase {
  return { lastIndex: r.log.lastIndex(), newInflights: () => r.tracker.newInflights() };
}

/** Without a line in the log: etcd-io/raft panics with the bare error here. */
function orPanic(change: () => Membership): Membership {
  try {
    return change();
  } catch (error) {
    if (error instanceof ConfChangeError) throw new RaftPanic(error.message);
    throw error;
  }
}

/** Makes a configuration the active one, with all that follows for a leader. */
function switchTo(r: Raft, { config, progress }: Membership): ConfState {
  if (r.probe !== null) r.probe.switching(r, toConfState(config));
  r.tracker.install(config, progress);
  lines.switchedConfiguration(r);
  const state = toConfState(config);
  const own = r.tracker.get(r.id);
  r.isLearner = own?.isLearner ?? false;
  if (r.state !== StateType.Leader) return state;
  if (own === null || own.isLearner) {
    if (r.stepDownOnRemoval) r.becomeFollower(r.term, NONE, "removed");
    return state;
  }
  if (state.voters.length > 0) adjustLeader(r);
  return state;
}

/** A leader's new quorum may commit more, and a new follower should hear of us soon. */
function adjustLeader(r: Raft): void {
  // Known mistake R17: what had waited for a removed node alone waits until the next proposal.
  if (!r.mistakes.skipsCommitOnSwitch && maybeCommit(r)) {
    broadcastAppend(r);
  } else {
    for (const to of r.tracker.progress) {
      if (to.id !== r.id) maybeSendAppend(r, to, false);
    }
  }
  if (r.leadTransferee === NONE) return;
  // Known mistake R29: a learner is there and can't take over; meanwhile proposals are refused.
  const stillThere = r.mistakes.transfersToDemoted
    ? r.tracker.get(r.leadTransferee) !== null
    : r.tracker.isVoter(r.leadTransferee);
  if (!stillThere) abortLeaderTransfer(r);
}

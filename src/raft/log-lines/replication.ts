import type { Raft } from "../raft.ts";
import type { Progress } from "../tracker/progress.ts";
import type { Message, NodeId, SnapshotMetadata } from "../types.ts";
import { hex } from "./hex.ts";

// A leader and its followers; `to` and `from` are what the leader knows of one of them.

export function ignoredUnknownNode(r: Raft, id: NodeId): void {
  r.logger.debug?.(`${hex(r.id)} no progress available for ${hex(id)}`);
}

/** Follower. */
export function rejectedAppend(r: Raft, m: Message): void {
  r.logger.debug?.(
    `${hex(r.id)} [logterm: ${r.log.termOrZero(m.index)}, index: ${m.index}] rejected MsgApp ` +
      `[logterm: ${m.logTerm}, index: ${m.index}] from ${hex(m.from)}`,
  );
}

export function receivedRejection(r: Raft, m: Message): void {
  r.logger.debug?.(
    `${hex(r.id)} received MsgAppResp(rejected, hint: (index ${m.rejectHint}, term ` +
      `${m.logTerm})) from ${hex(m.from)} for index ${m.index}`,
  );
}

export function decreasedProgress(r: Raft, of: Progress): void {
  r.logger.debug?.(`${hex(r.id)} decreased progress of ${hex(of.id)} to [${of.describe()}]`);
}

export function reportedUnreachable(r: Raft, to: Progress): void {
  r.logger.debug?.(
    `${hex(r.id)} failed to send message to ${hex(to.id)} because it is unreachable ` +
      `[${to.describe()}]`,
  );
}

export function steppedDownWithoutQuorum(r: Raft): void {
  r.logger.warn?.(`${hex(r.id)} stepped down to follower since quorum is not active`);
}

export function skippedSnapshotToInactive(r: Raft, to: Progress): void {
  r.logger.debug?.(`ignore sending snapshot to ${hex(to.id)} since it is not recently active`);
}

export function postponedSnapshot(r: Raft, to: Progress): void {
  r.logger.debug?.(
    `${hex(r.id)} failed to send snapshot to ${hex(to.id)} because snapshot is temporarily ` +
      "unavailable",
  );
}

export function sentSnapshot(r: Raft, to: Progress, { index, term }: SnapshotMetadata): void {
  r.logger.debug?.(
    `${hex(r.id)} [firstindex: ${r.log.firstIndex()}, commit: ${r.log.committed}] sent ` +
      `snapshot[index: ${index}, term: ${term}] to ${hex(to.id)} [${to.describe()}]`,
  );
}

export function pausedForSnapshot(r: Raft, to: Progress): void {
  r.logger.debug?.(
    `${hex(r.id)} paused sending replication messages to ${hex(to.id)} [${to.describe()}]`,
  );
}

export function resumedAfterSnapshot(r: Raft, to: Progress): void {
  r.logger.debug?.(
    `${hex(r.id)} recovered from needing snapshot, resumed sending replication messages to ` +
      `${hex(to.id)} [${to.describe()}]`,
  );
}

/** The application reported how the transport of the snapshot ended. */
export function resumedAfterSnapshotReport(r: Raft, to: Progress, failed: boolean): void {
  r.logger.debug?.(
    `${hex(r.id)} snapshot ${failed ? "failed" : "succeeded"}, resumed sending replication ` +
      `messages to ${hex(to.id)} [${to.describe()}]`,
  );
}

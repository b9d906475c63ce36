import { confStateText } from "../confchange/restore.ts";
import type { Raft } from "../raft.ts";
import type { ConfState, SnapshotMetadata } from "../types.ts";
import { hex } from "./hex.ts";

export function refusedSnapshotAsLeader(r: Raft): void {
  r.logger.warn?.(`${hex(r.id)} attempted to restore snapshot as leader; should never happen`);
}

export function refusedSnapshotWithoutUs(r: Raft, confState: ConfState): void {
  r.logger.warn?.(
    `${hex(r.id)} attempted to restore snapshot but it is not in the ConfState ` +
      `${confStateText(confState)}; should never happen`,
  );
}

export function fastForwardedCommit(r: Raft, snapshot: SnapshotMetadata): void {
  r.logger.info?.(logAndSnapshot(r, "fast-forwarded commit to", snapshot));
}

export function restoredLog(r: Raft, snapshot: SnapshotMetadata): void {
  r.logger.info?.(logAndSnapshot(r, "restored", snapshot));
}

function logAndSnapshot(r: Raft, verb: string, { index, term }: SnapshotMetadata): string {
  return (
    `${hex(r.id)} [commit: ${r.log.committed}, lastindex: ${r.log.lastIndex()}, ` +
    `lastterm: ${r.log.lastTerm()}] ${verb} snapshot [index: ${index}, term: ${term}]`
  );
}

/** The last word on a MsgSnap. */
export function handledSnapshot(
  r: Raft,
  restored: boolean,
  { index, term }: SnapshotMetadata,
): void {
  r.logger.info?.(
    `${hex(r.id)} [commit: ${r.log.committed}] ${restored ? "restored" : "ignored"} snapshot ` +
      `[index: ${index}, term: ${term}]`,
  );
}

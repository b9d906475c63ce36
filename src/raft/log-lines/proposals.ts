import { confChangeText } from "../confchange/changes.ts";
import type { Raft } from "../raft.ts";
import { configText } from "../tracker/tracker-config.ts";
import type { ConfChange, ConfChangeV2 } from "../types.ts";
import { hex } from "./hex.ts";

export function droppedWithoutLeader(r: Raft, what: string): void {
  r.logger.info?.(`${hex(r.id)} no leader at term ${r.term}; dropping ${what}`);
}

export function droppedAsForwardingIsOff(r: Raft): void {
  r.logger.info?.(
    `${hex(r.id)} not forwarding to leader ${hex(r.lead)} at term ${r.term}; dropping proposal`,
  );
}

export function droppedDuringTransfer(r: Raft): void {
  r.logger.debug?.(
    `${hex(r.id)} [term ${r.term}] transfer leadership to ${hex(r.leadTransferee)} is in ` +
      "progress; dropping proposal",
  );
}

export function droppedOverUncommittedLimit(r: Raft): void {
  r.logger.warn?.(
    `${hex(r.id)} appending new entries to log would exceed uncommitted entry size limit; ` +
      "dropping proposal",
  );
}

export function ignoredConfChange(
  r: Raft,
  change: ConfChange | ConfChangeV2,
  objection: string,
): void {
  r.logger.info?.(
    `${hex(r.id)} ignoring conf change ${confChangeText(change)} at config ` +
      `${configText(r.tracker.config)}: ${objection}`,
  );
}

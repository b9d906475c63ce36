import * as lines from "./log-lines/index.ts";
import { onPropose } from "./proposals.ts";
import type { Raft } from "./raft.ts";
import { EMPTY, type Entry, EntryType, StateType } from "./types.ts";

/** The empty change, which leaves a joint configuration; no quota can refuse it. */
const LEAVE_JOINT: readonly Entry[] = Object.freeze([
  Object.freeze({ term: 0, index: 0, type: EntryType.ConfChangeV2, data: EMPTY }),
]);

/**
 * Leader: proposes to leave the joint configuration, if it is one to be left without being asked.
 * Called whenever something was applied. The change that entered it must be applied first: only then
 * does the joint configuration decide, and `pendingConfIndex` is where it, or a later one, stands.
 */
export function maybeAutoLeave(r: Raft): void {
  if (!r.tracker.config.autoLeave || r.state !== StateType.Leader) return;
  const { applied } = r.log;
  // Known mistake R16: the joint configuration's own entry is the last one to be applied, and nobody
  // proposes to leave it.
  const pending = r.mistakes.missesAutoLeave ? r.pendingConfIndex + 1 : r.pendingConfIndex;
  if (applied < pending) return;
  // It may be dropped while a transfer is under way; then the next applied entry tries again.
  const refused = onPropose(r, LEAVE_JOINT);
  if (refused === null) lines.startedAutoLeave(r);
  else lines.couldNotAutoLeave(r, refused);
}

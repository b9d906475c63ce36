import { asV2 } from "./confchange/changes.ts";
import { ErrProposalDropped, type RaftError } from "./errors.ts";
import { REFUSED } from "./log/limit-size.ts";
import { hex } from "./log-lines/hex.ts";
import * as lines from "./log-lines/index.ts";
import { decodeConfChange, decodeConfChangeV2 } from "./pb/index.ts";
import type { Raft } from "./raft.ts";
import { appendOwn, broadcastAppend } from "./replication.ts";
import { isJoint } from "./tracker/tracker-config.ts";
import { type ConfChange, type ConfChangeV2, type Entry, EntryType, NONE } from "./types.ts";

/** The entry that an invalid conf change turns into: it keeps its place in the log, and does nothing. */
const REFUSED_ENTRY: Entry = Object.freeze({
  term: 0,
  index: 0,
  type: EntryType.Normal,
  data: REFUSED,
});

/** Leader: appends what was proposed and sends it on. */
export function onPropose(r: Raft, proposed: readonly Entry[]): RaftError | null {
  if (proposed.length === 0) r.logger.panic(`${hex(r.id)} stepped empty MsgProp`);
  // Removed from the configuration while leading: nothing new.
  if (r.tracker.get(r.id) === null) return ErrProposalDropped;
  if (r.leadTransferee !== NONE) {
    lines.droppedDuringTransfer(r);
    return ErrProposalDropped;
  }
  if (!appendOwn(r, admit(r, proposed))) return ErrProposalDropped;
  broadcastAppend(r);
  return null;
}

/** The entries with each conf change that must not enter the log now replaced by an empty entry. */
function admit(r: Raft, proposed: readonly Entry[]): readonly Entry[] {
  let admitted = proposed;
  for (let i = 0; i < proposed.length; i++) {
    const entry = proposed[i] as Entry;
    if (entry.type === EntryType.Normal) continue;
    const change = confChangeOf(entry);
    const objection = objectionTo(r, change);
    if (objection === null || r.disableConfChangeValidation) {
      r.pendingConfIndex = r.log.lastIndex() + i + 1;
      if (r.probe !== null) r.probe.proposed(r, change);
      continue;
    }
    lines.ignoredConfChange(r, change, objection);
    if (admitted === proposed) admitted = proposed.slice();
    (admitted as Entry[])[i] = REFUSED_ENTRY;
  }
  return admitted;
}

function confChangeOf(entry: Entry): ConfChange | ConfChangeV2 {
  return entry.type === EntryType.ConfChange
    ? decodeConfChange(entry.data)
    : decodeConfChangeV2(entry.data);
}

/**
 * One conf change at a time, and a joint configuration is left before the next one. Best effort:
 * the active configuration may not be the newest in the log.
 */
function objectionTo(r: Raft, change: ConfChange | ConfChangeV2): string | null {
  // Known mistake R14: two changes at once, each safe alone: before and after both, two majorities
  // need have nobody in common.
  if (r.pendingConfIndex > r.log.applied && !r.mistakes.overlapsChanges) {
    return (
      `possible unapplied conf change at index ${r.pendingConfIndex} ` +
      `(applied to ${r.log.applied})`
    );
  }
  const joint = isJoint(r.tracker.config);
  const wantsToLeave = asV2(change).changes.length === 0;
  if (joint && !wantsToLeave) return "must transition out of joint config first";
  if (!joint && wantsToLeave) return "not in joint state; refusing empty conf change";
  return null;
}

import { maybeAutoLeave } from "./auto-leave.ts";
import * as lines from "./log-lines/index.ts";
import { NO_ENTRIES } from "./messages.ts";
import type { Raft } from "./raft.ts";
import type { Entry, Index, Snapshot, Term } from "./types.ts";
import { reduceUncommitted } from "./uncommitted-size.ts";

/**
 * The storage has written everything that was handed out in term `term`: the log up to
 * (lastTerm, lastIndex), if lastIndex is not 0, and the snapshot, if any.
 *
 * After a change of term the entries are not taken as durable: the same (term, index) may since
 * have been overwritten, and be on its way to the disk once more (the ABA problem). The new term's
 * own write will vouch for them. A snapshot is committed state, good in any term.
 */
export function onAppended(
  r: Raft,
  term: Term,
  lastTerm: Term,
  lastIndex: Index,
  snapshot: Snapshot | null,
): void {
  // Known mistake R37: the log was overwritten since and is on its way to the disk again; what was
  // written is the entry of before, and raft believes that the new one is durable.
  const stale = term !== 0 && term < r.term && !r.mistakes.trustsStaleWrites;
  if (lastIndex !== 0) {
    if (stale) lines.ignoredAppendAckOfLowerTerm(r, term);
    else r.log.unstable.stableTo(lastTerm, lastIndex);
  }
  if (snapshot !== null) {
    r.log.unstable.stableSnapshotTo(snapshot.metadata.index);
    appliedTo(r, snapshot.metadata.index, 0);
  }
}

/** The state machine has applied `entries`, of `size` encoded bytes. */
export function onApplied(r: Raft, entries: readonly Entry[], size: number): void {
  if (entries === NO_ENTRIES || entries.length === 0) return;
  const last = (entries[entries.length - 1] as Entry).index;
  // Known mistake R30: entries come in pages, and those of the next pages are never handed out.
  appliedTo(r, r.mistakes.skipsPagesOfApply ? r.log.committed : last, size);
  reduceUncommitted(r, entries);
}

function appliedTo(r: Raft, index: Index, size: number): void {
  const { log } = r;
  log.appliedTo(index > log.applied ? index : log.applied, size);
  maybeAutoLeave(r);
}

import type { TraceEvent } from "../../trace/events.ts";
import type { History, Position, ReportAs } from "../model/history.ts";

export const AGREEMENT = "agreement";

/**
 * Once a run has settled, all members that are up and belong to the cluster (`members`) are at the
 * same entry, revision and compaction, with the same state: what etcd's robustness tests ask at the
 * end of theirs. A member that told nothing since it started is not known, and not judged.
 */
export function checkAgreement(
  history: History,
  members: readonly number[],
  where: TraceEvent,
  report: ReportAs,
): void {
  let first: Position | null = null;
  for (const id of members) {
    const position = history.position(id);
    if (!position.up || position.revision < 0) continue;
    if (first === null || position.applied > first.applied) first = position;
  }
  if (first === null) return;
  for (const id of members) {
    const position = history.position(id);
    if (position === first || !position.up || position.revision < 0) continue;
    const differs = difference(position, first);
    if (differs === null) continue;
    report(AGREEMENT, { ...where, member: id }, `member ${id} ended ${differs}`);
  }
}

function difference(position: Position, first: Position): string | null {
  const than = (what: string, ours: number, theirs: number) =>
    `${what} ${ours}; member ${first.id} ${what} ${theirs}`;
  if (position.applied !== first.applied) {
    return than("at entry", position.applied, first.applied);
  }
  if (position.revision !== first.revision) {
    return than("at revision", position.revision, first.revision);
  }
  if (position.compact !== first.compact) {
    return than("compacted at revision", position.compact, first.compact);
  }
  if (position.hash !== first.hash) return than("with state", position.hash, first.hash);
  return null;
}

import type { Logger } from "../logger.ts";
import type { Index, SnapshotMetadata, Term } from "../types.ts";

// The log and its unstable part, which know no node.

export function foundConflict(
  logger: Logger,
  log: { termOrZero(index: Index): Term },
  index: Index,
  theirs: Term,
): void {
  logger.info?.(
    `found conflict at index ${index} [existing term: ${log.termOrZero(index)}, ` +
      `conflicting term: ${theirs}]`,
  );
}

export function startedRestore(
  logger: Logger,
  log: { describe(): string },
  { index, term }: SnapshotMetadata,
): void {
  logger.info?.(
    `log [${log.describe()}] starts to restore snapshot [index: ${index}, term: ${term}]`,
  );
}

export function ignoredStableEntryNotHere(logger: Logger, index: Index): void {
  logger.info?.(`entry at index ${index} missing from unstable log; ignoring`);
}

export function ignoredStableEntryOfSnapshot(logger: Logger, index: Index): void {
  logger.info?.(`entry at index ${index} matched unstable snapshot; ignoring`);
}

export function ignoredStableEntryReplaced(
  logger: Logger,
  index: Index,
  term: Term,
  ours: Term,
): void {
  logger.info?.(
    `entry at (index,term)=(${index},${term}) mismatched with entry at (${index},${ours}) ` +
      "in unstable log; ignoring",
  );
}

export function replacedUnstable(logger: Logger, from: Index): void {
  logger.info?.(`replace the unstable entries from index ${from}`);
}

export function truncatedUnstable(logger: Logger, from: Index): void {
  logger.info?.(`truncate the unstable entries before index ${from}`);
}

import { entriesEncodingSize, payloadsSize } from "./log/limit-size.ts";
import type { Raft } from "./raft.ts";
import type { Entry } from "./types.ts";

// A leader's limit of what it appended and did not see applied yet (Config.maxUncommittedSize): where
// nothing gets committed, proposals must not fill its memory.

/**
 * Counts the entries in; false if they would exceed the limit. Empty payloads always pass, and so
 * does a first one of any size.
 */
export function increaseUncommitted(r: Raft, entries: readonly Entry[]): boolean {
  // Known mistake R36: heads are counted too, but only payloads are taken off again: the sum grows
  // until every proposal is refused.
  const size = r.mistakes.leaksUncommittedSize
    ? entriesEncodingSize(entries)
    : payloadsSize(entries);
  if (r.uncommittedSize > 0 && size > 0 && r.uncommittedSize + size > r.maxUncommittedSize) {
    return false;
  }
  r.uncommittedSize += size;
  return true;
}

/** These entries are committed and applied. Saturates: the count is an underestimate. */
export function reduceUncommitted(r: Raft, entries: readonly Entry[]): void {
  if (r.uncommittedSize === 0) return;
  r.uncommittedSize = Math.max(0, r.uncommittedSize - payloadsSize(entries));
}

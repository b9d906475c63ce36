import type { EntrySummary, TraceEvent } from "../trace/events.ts";

export interface WalEntry {
  readonly entry: EntrySummary;
  /** `synced`: it survives a crash; `syncing`: that was asked for and is not done; `written`: not asked for yet. */
  readonly state: "synced" | "syncing" | "written";
}

/** How many events of a run are looked through for a member's last writes. */
const LOOK_BACK = 20_000;

/**
 * The last `count` entries that the member wrote, newest first, and whether a crash at `position` would spare
 * them, as far as the trace tells: an entry is durable when the first sync after it is done.
 */
export function walTail(
  events: readonly TraceEvent[],
  member: number,
  position: number,
  count: number,
): WalEntry[] {
  const done = new Set<number>();
  const tail: WalEntry[] = [];
  // Of the sync that follows what we look at.
  let state: WalEntry["state"] = "written";
  for (let i = position - 1; i >= 0 && i > position - LOOK_BACK && tail.length < count; i--) {
    const event = events[i] as TraceEvent;
    if (event.member !== member) continue;
    if (event.kind === "disk-done") done.add(event.token);
    else if (event.kind === "sync") state = done.has(event.token) ? "synced" : "syncing";
    else if (event.kind === "append") {
      for (const entry of event.entries.toReversed()) {
        // Written over since.
        if (tail.some((newer) => newer.entry.index <= entry.index)) continue;
        tail.push({ entry, state });
      }
    } else if (event.kind === "boot" || event.kind === "crash") {
      // What it found at its start is on disk.
      break;
    }
  }
  return tail.slice(0, count);
}

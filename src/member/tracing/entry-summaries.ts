import type { Entry } from "../../raft/types.ts";
import type { EntrySummary } from "../../trace/events.ts";
import { entrySummary } from "./entry-text.ts";

/** Members lag behind each other by less than this, most of the time; a power of 2. */
const KEPT = 512;

/**
 * Summaries of log entries, each made once for all members of a cluster: they hold the very same
 * entry, and hashing and decoding it is most of what telling of it costs. Forgets what is old.
 */
export class EntrySummaries {
  private readonly words: boolean;
  private readonly entries: (Entry | null)[] = new Array<Entry | null>(KEPT).fill(null);
  private readonly summaries: (EntrySummary | null)[] = new Array<EntrySummary | null>(KEPT).fill(
    null,
  );

  /** @param words whether somebody reads what the entries do */
  constructor(words: boolean) {
    this.words = words;
  }

  of(entry: Entry): EntrySummary {
    const slot = entry.index & (KEPT - 1);
    if (this.entries[slot] === entry) return this.summaries[slot] as EntrySummary;
    const summary = entrySummary(entry, this.words);
    this.entries[slot] = entry;
    this.summaries[slot] = summary;
    return summary;
  }
}

import { type Instant, MILLISECOND, NEVER } from "../../base/time.ts";
import { BATCH_INTERVAL_US, BATCH_LIMIT } from "../../mvcc/backend/backend.ts";
import type { Store } from "../../mvcc/store.ts";

/** Between two batches of a compaction (etcd: --experimental-compaction-sleep-interval). */
export const COMPACTION_INTERVAL_US = 10 * MILLISECOND;

/** What the store's backend needs done from time to time: commits, and the steps of a compaction. */
export class BackendTicker {
  private commitAt: Instant = NEVER;
  private compactAt: Instant = NEVER;

  /** When `run` is wanted next. */
  due(): Instant {
    return this.commitAt < this.compactAt ? this.commitAt : this.compactAt;
  }

  /**
   * Does what is due. Call it whenever something may have been applied, but only while all of that
   * is in the log on this member's own disk: a commit must not get ahead of it. Throws DiskFullError.
   * @param compacted is told the revision of a compaction whose last rows are gone
   */
  run(now: Instant, store: Store, compacted: (revision: number) => void): void {
    if (!store.compacting) this.compactAt = NEVER;
    else if (this.compactAt === NEVER) this.compactAt = now;
    if (now >= this.compactAt) {
      const finished = store.compactStep();
      if (finished > 0) compacted(finished);
      this.compactAt = store.compacting ? now + COMPACTION_INTERVAL_US : NEVER;
    }
    const { backend } = store;
    const pending = backend.pendingOperations;
    if (pending === 0) this.commitAt = NEVER;
    else if (this.commitAt === NEVER) this.commitAt = now + BATCH_INTERVAL_US;
    if (now < this.commitAt && pending < BATCH_LIMIT) return;
    if (pending > 0) backend.commit();
    this.commitAt = NEVER;
  }
}

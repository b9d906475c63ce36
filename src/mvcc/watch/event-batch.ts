import type { StoreEvent } from "../events.ts";

/** etcd's watchBatchMaxRevs: so many revisions go to an unsynced watcher in one response. */
export const BATCH_REVISIONS = 1000;

/**
 * The events of one response (server/storage/mvcc/watcher_group.go, eventBatch): whole revisions
 * only, since a watcher must never see half a transaction.
 */
export class EventBatch {
  readonly events: StoreEvent[] = [];
  /** The first revision that did not fit; 0: all did. */
  moreRevision = 0;
  private revisions = 0;
  private last = 0;

  get full(): boolean {
    return this.moreRevision !== 0;
  }

  /** `split`: events are counted instead of revisions, which is a mistake (see its caller). */
  add(event: StoreEvent, split: boolean): void {
    const { modRevision } = event.kv;
    if (modRevision > this.last || split) {
      if (this.revisions === BATCH_REVISIONS) {
        this.moreRevision = modRevision;
        return;
      }
      this.revisions++;
      this.last = modRevision;
    }
    this.events.push(event);
  }
}

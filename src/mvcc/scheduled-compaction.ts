import { assert } from "../base/assert.ts";
import type { Backend } from "./backend/backend.ts";
import type { Row } from "./backend/revision-table.ts";
import { type KvHash, KvHasher } from "./kv-hash.ts";
import { mainOf, revisionBytes } from "./revision.ts";
import type { Kept } from "./tree-index.ts";

/** Rows that one step looks at, unless told otherwise (--compaction-batch-limit). */
export const COMPACTION_BATCH = 1000;

const SCHEDULED = "scheduledCompactRev";
const FINISHED = "finishedCompactRev";
/** etcd keeps so many hashes of past compactions for its corruption check. */
const HASHES_KEPT = 10;

/** Whoever opens the backend finds a compaction at `revision` scheduled, and carries it out. */
export function markCompacted(backend: Backend, revision: number): void {
  backend.bucket("meta").put(SCHEDULED, revisionBytes(revision));
}

interface Job {
  readonly revision: number;
  /** null where it is not known what an earlier, interrupted compaction has removed. */
  readonly hasher: KvHasher | null;
  readonly compactRevision: number;
  /** Rows before this one are done. */
  next: Row;
}

/**
 * Removes from the backend what the index has given up already, a batch a step and a commit a
 * batch (server/storage/mvcc/kvstore_compaction.go). What is scheduled and what is finished is
 * written down, so that a restart can go on.
 */
export class Compactor {
  private readonly backend: Backend;
  /** Rows that one step looks at. */
  private readonly batch: number;
  /** Told when bytes of the rows beside this one have moved. */
  private readonly rowsMoved: (row: Row) => void;
  private readonly jobs: Job[] = [];
  /** Hashes at compacted revisions, oldest first: `compactRevision` is the one before. */
  readonly hashes: KvHash[] = [];

  constructor(backend: Backend, batch: number, rowsMoved: (row: Row) => void) {
    this.backend = backend;
    this.batch = batch;
    this.rowsMoved = rowsMoved;
  }

  get scheduled(): number {
    return this.read(SCHEDULED);
  }

  get finished(): number {
    return this.read(FINISHED);
  }

  private read(name: string): number {
    const bytes = this.backend.bucket("meta").get(name);
    return bytes === undefined ? -1 : mainOf(bytes);
  }

  /** Whether rows wait for their removal. */
  get pending(): boolean {
    return this.jobs.length > 0;
  }

  /**
   * @param before the compacted revision until now
   * @param keep the rows up to `before` that stay
   */
  schedule(revision: number, before: number, keep: Kept): void {
    // A hash that an interrupted compaction is part of would not be the other members'.
    const whole = this.scheduled === this.finished;
    const hasher = whole ? new KvHasher(before, revision, keep) : null;
    this.jobs.push({ revision, hasher, compactRevision: before, next: 0 });
    if (this.scheduled >= revision) return;
    // Committed with the first batch at the latest: until then the log has it.
    const { points } = this.backend;
    if (points.active) points.pass("compactBeforeSetScheduledCompact");
    markCompacted(this.backend, revision);
    if (points.active) points.pass("compactAfterSetScheduledCompact");
  }

  /** One batch. Call it 10 ms after the one before, for as long as `pending`. Returns whether it ended one. */
  step(): boolean {
    const job = this.jobs[0];
    assert(job !== undefined, "there is something to compact");
    const { backend } = this;
    const cursor = backend.table.cursor(job.next);
    for (let seen = 0; seen < this.batch; seen++) {
      if (!cursor.next() || cursor.main > job.revision) {
        this.finish(job);
        return true;
      }
      job.hasher?.add(cursor);
      job.next = cursor.row + 1;
      if (!cursor.doomed) continue;
      const { row, main, sub } = cursor;
      if (backend.removeRow(row, main, sub)) this.rowsMoved(row);
    }
    this.commitBatch();
    return false;
  }

  private commitBatch(): void {
    const { backend } = this;
    const { points } = backend;
    if (points.active) points.pass("compactBeforeCommitBatch");
    const token = backend.commit();
    if (points.active) points.passAfter(token, "compactAfterCommitBatch");
  }

  private finish(job: Job): void {
    const { backend, hashes } = this;
    this.jobs.shift();
    if (backend.points.active) backend.points.pass("compactBeforeSetFinishedCompact");
    backend.bucket("meta").put(FINISHED, revisionBytes(job.revision));
    this.commitBatch();
    if (job.hasher === null) return;
    const { revision, compactRevision } = job;
    hashes.push({ hash: job.hasher.hash, revision, compactRevision, currentRevision: revision });
    if (hashes.length > HASHES_KEPT) hashes.shift();
  }
}

import { Errors } from "../../api/errors.ts";
import { type Duration, type Instant, MINUTE } from "../../base/time.ts";
import type { ServerContext } from "../rpc/server-context.ts";

/** Periodic compaction looks ten times a period, and at least ten times an hour. */
const HOUR_US: Duration = 60 * MINUTE;
const LOOKS = 10;
/** Compaction by number of revisions looks so often. */
const REVISION_INTERVAL_US: Duration = 5 * MINUTE;

/**
 * The leader compacts by itself (server/etcdserver/api/v3compactor): what is older than a period, or
 * all but the newest revisions. Other members keep count, to go on where a leader left off.
 */
export class AutoCompaction {
  private readonly context: ServerContext;
  private readonly retention: number;
  /** Revisions at the last looks, oldest first. */
  private seen: number[] = [];
  /** When it last compacted, or began. */
  private compactedAt: Instant;
  private waitUs: Duration;
  /** By number of revisions: the one that it compacted at last. */
  private compacted = 0;

  constructor(context: ServerContext) {
    const { autoCompactionMode, autoCompactionRetention } = context.config;
    this.context = context;
    this.retention = autoCompactionRetention;
    this.compactedAt = context.now;
    this.waitUs = autoCompactionRetention;
    if (this.retention === 0) return;
    if (autoCompactionMode === "periodic") this.look();
    else this.count();
  }

  // ---- by age --------------------------------------------------------------------------------

  private get periodUs(): Duration {
    return Math.min(this.retention, HOUR_US);
  }

  private look(): void {
    const { context, seen } = this;
    const everyUs = Math.max(1, Math.floor(this.periodUs / LOOKS));
    seen.push(context.machine.store.revision);
    if (seen.length > Math.floor(this.retention / everyUs) + 1) seen.shift();
    context.timers.after(everyUs, () => this.compactOld());
  }

  private compactOld(): void {
    const { context } = this;
    if (!context.isLeader || context.now - this.compactedAt < this.waitUs) {
      this.look();
      return;
    }
    // The first time the whole period had to go by.
    this.waitUs = this.periodUs;
    this.compact(this.seen[0] as number, (done) => {
      if (done) this.compactedAt = context.now;
      this.look();
    });
  }

  // ---- by number -----------------------------------------------------------------------------

  private count(): void {
    this.context.timers.after(REVISION_INTERVAL_US, () => this.compactMany());
  }

  private compactMany(): void {
    const { context } = this;
    const revision = context.machine.store.revision - this.retention;
    if (!context.isLeader || revision <= 0 || revision === this.compacted) {
      this.count();
      return;
    }
    this.compact(revision, (done) => {
      if (done) this.compacted = revision;
      this.count();
    });
  }

  /** `then` hears whether it is compacted now, by this or another. */
  private compact(revision: number, then: (done: boolean) => void): void {
    const op = { type: "compaction", request: { revision, physical: false } } as const;
    this.context.proposer.proposeFor(op, this.context.asRoot(), ({ error }) =>
      then(error === null || error.message === Errors.compacted.message),
    );
  }
}

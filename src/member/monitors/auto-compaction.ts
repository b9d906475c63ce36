import { Errors } from "../../api/errors.ts";
import type { AuthInfo } from "../../auth/tokens.ts";
import { type Duration, type Instant, MINUTE } from "../../base/time.ts";
import type { Desk } from "../rpc/server-context.ts";

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
  private readonly desk: Desk;
  /** Who compacts, where there is authentication. */
  private readonly user: () => AuthInfo;
  private readonly retention: number;
  /** Revisions at the last looks, oldest first. */
  private seen: number[] = [];
  /** When it last compacted, or began. */
  private compactedAt: Instant;
  private waitUs: Duration;
  /** By number of revisions: the one that it compacted at last. */
  private compacted = 0;

  constructor(desk: Desk, user: () => AuthInfo) {
    const { autoCompactionMode, autoCompactionRetention } = desk.config;
    this.desk = desk;
    this.user = user;
    this.retention = autoCompactionRetention;
    this.compactedAt = desk.now;
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
    const { desk, seen } = this;
    const everyUs = Math.max(1, Math.floor(this.periodUs / LOOKS));
    seen.push(desk.machine.store.revision);
    if (seen.length > Math.floor(this.retention / everyUs) + 1) seen.shift();
    desk.timers.after(everyUs, () => this.compactOld());
  }

  private compactOld(): void {
    const { desk } = this;
    if (!desk.isLeader || desk.now - this.compactedAt < this.waitUs) {
      this.look();
      return;
    }
    // The first time the whole period had to go by.
    this.waitUs = this.periodUs;
    this.compact(this.seen[0] as number, (done) => {
      if (done) this.compactedAt = desk.now;
      this.look();
    });
  }

  // ---- by number -----------------------------------------------------------------------------

  private count(): void {
    this.desk.timers.after(REVISION_INTERVAL_US, () => this.compactMany());
  }

  private compactMany(): void {
    const { desk } = this;
    const revision = desk.machine.store.revision - this.retention;
    if (!desk.isLeader || revision <= 0 || revision === this.compacted) {
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
    this.desk.proposer.proposeFor(op, this.user(), ({ error }) =>
      then(error === null || error.message === Errors.compacted.message),
    );
  }
}

import { assert } from "../base/assert.ts";
import type { Duration, Instant } from "../base/time.ts";
import { Layer, type TraceEvent } from "../trace/events.ts";
import type { TraceSink } from "../trace/trace.ts";
import { ALARM_CAUSE, AlarmMonitor } from "./alarm/alarm-cause.ts";
import { ACCESS_RULES, AccessMonitor } from "./auth/access-check.ts";
import { FAILED_WRITES, FailedWrites } from "./durability/failed-writes.ts";
import { LeaseMonitor } from "./lease/lease-check.ts";
import { LEASE_OPTIONS, type LeaseOptions } from "./lease/options.ts";
import { LEASE_RULES } from "./lease/rule-names.ts";
import {
  FENCES_GROW,
  LockMonitor,
  leaseIsOver,
  MUTUAL_EXCLUSION,
} from "./lock/mutual-exclusion.ts";
import { History, KEY_HISTORY, SAME_HISTORY } from "./model/history.ts";
import { AGREEMENT, checkAgreement } from "./raft/agreement.ts";
import { TRANSFER_ENDS, TransferMonitor } from "./raft/transfer-ends.ts";
import { type Violation, ViolationLog, type ViolationLogOptions } from "./violation.ts";
import { WATCH_RULES } from "./watch/all.ts";
import { PROGRESS_COMES, ProgressMonitor } from "./watch/progress.ts";
import { WatchMonitor } from "./watch/watch-check.ts";

/**
 * What a {@link DataMonitor} listens to, and what it holds the run against.
 *
 * @public
 */
export interface DataMonitorOptions extends ViolationLogOptions {
  /**
   * Mind faults: from the first clock that drifts on,
   * leases are not judged by time. Default false; see {@link LeaseOptions.driftPpm} too.
   */
  readonly faults?: boolean;
  /** The names of the rules to hold the run against; default all of them. */
  readonly only?: readonly string[];
  readonly leases?: Partial<LeaseOptions>;
  /**
   * Judge whether progress comes, too, which needs to know of faults: the period of
   * notifications that members are told. Default 0: don't.
   */
  readonly progressUs?: Duration;
  /** How large members let their databases grow; 0, the default: etcd's default, below: no limit. */
  readonly quotaBytes?: number;
  /** Links lose messages, or disks are slow, from the beginning. Default false. */
  readonly troubled?: boolean;
  /** Whether the client can't be reached, or reads slowly, or did since; default never. */
  readonly unreachable?: (client: number, since: Instant) => boolean;
  /** Whether the client was stopped or cut off since it got this fence; default never. */
  readonly paused?: (client: number, fence: number) => boolean;
}

/** What is known at the end of a settled run. */
export interface DataEnd {
  readonly seq: number;
  readonly at: Instant;
  /** Since when there was no fault, and a leader; default since the last fault it heard of. */
  readonly calm?: Instant;
  /** Members that are up, belong to the cluster and follow its leader. */
  readonly members: readonly number[];
  /** Changes up to this instant had time to reach watchers. */
  readonly delivered: Instant;
  /** Clients that are stopped or cut off; default none. */
  readonly excused?: (client: number) => boolean;
}

/** Everything that {@link DataMonitor} judges, by name. */
export const DATA_INVARIANTS: readonly string[] = [
  SAME_HISTORY,
  KEY_HISTORY,
  ...WATCH_RULES.map(({ name }) => name),
  PROGRESS_COMES,
  ...LEASE_RULES.map(({ name }) => name),
  ...ACCESS_RULES,
  FAILED_WRITES,
  ALARM_CAUSE,
  TRANSFER_ENDS,
  FENCES_GROW,
  MUTUAL_EXCLUSION,
  AGREEMENT,
];

/** After which a member, or a link, may be quiet for a while. */
const DISTURBING: ReadonlySet<TraceEvent["kind"]> = new Set<TraceEvent["kind"]>([
  ...(["fault", "links", "crash", "pause", "resume", "boot", "refuse", "role", "restore"] as const),
]);

/**
 * Holds what a cluster promises of keys, watches, leases, locks and permissions against what its members tell of
 * the entries they apply (layer Data). The history of the store comes first; the others are judged
 * by it. Constant work an event, for each watch that has a part in it.
 *
 * @public
 */
export class DataMonitor implements TraceSink {
  readonly layers: number;
  readonly history: History;
  readonly watches: WatchMonitor;
  readonly leases: LeaseMonitor;
  readonly holds: LockMonitor;
  readonly access: AccessMonitor;
  readonly #failed: FailedWrites;
  readonly #alarms: AlarmMonitor;
  readonly #transfers: TransferMonitor | null;
  readonly #progress: ProgressMonitor | null;
  readonly #log: ViolationLog;
  readonly #only: readonly string[] | null;
  #lastFault: Instant = 0;
  readonly #report = (invariant: string, e: TraceEvent, text: string): void => {
    if (invariant === SAME_HISTORY) this.#alarms.diverged();
    if (this.#only !== null && !this.#only.includes(invariant)) return;
    this.#log.add({ invariant, member: e.member, seq: e.seq, at: e.at, text });
  };

  /** Nobody says how wrong clocks are: that one is, is all that is known. */
  readonly #guesses: boolean;

  constructor(options: DataMonitorOptions = {}) {
    const { faults = false, progressUs = 0, paused = () => false } = options;
    const steps = faults || progressUs > 0;
    this.#guesses = options.leases?.driftPpm === undefined;
    this.layers = Layer.Data | Layer.State | Layer.Client;
    this.#log = new ViolationLog(options);
    this.#only = options.only ?? null;
    const unknown = options.only?.find((name) => !DATA_INVARIANTS.includes(name));
    assert(unknown === undefined, `there is no rule "${unknown}"`);
    const report = this.#report;
    this.history = new History(report);
    this.watches = new WatchMonitor(this.history, report);
    this.leases = new LeaseMonitor(this.history, report, options.leases);
    const waits = (watch: number) => this.watches.waits(watch);
    const { unreachable = () => false } = options;
    this.#progress =
      progressUs === 0
        ? null
        : new ProgressMonitor(this.history, progressUs, report, { waits, unreachable });
    this.#failed = new FailedWrites(report);
    const { electionUs = LEASE_OPTIONS.electionUs } = options.leases ?? {};
    this.#transfers = steps
      ? new TransferMonitor(electionUs, options.troubled ?? false, report)
      : null;
    this.#alarms = new AlarmMonitor(report, options.quotaBytes ?? 0, steps);
    const keysOf = (id: string) => this.leases.keysOf(id);
    this.access = new AccessMonitor(this.history, keysOf, report);
    const isOver = leaseIsOver(this.history, (id) => this.leases.isRevoked(id));
    this.holds = new LockMonitor(report, (client, fence) => {
      const over = isOver(fence);
      return () => paused(client, fence) || over();
    });
  }

  get violations(): readonly Violation[] {
    return this.#log.violations;
  }

  get ok(): boolean {
    return this.#log.count === 0;
  }

  event(e: TraceEvent): void {
    switch (e.kind) {
      case "apply":
        this.leases.applied(e);
        this.history.applied(e);
        return;
      case "changes": {
        const row = this.history.changes(e);
        if (row === null) return;
        this.leases.changed(e, row);
        this.watches.changed(row);
        this.#failed.changed(e, row);
        this.#alarms.changed(row);
        return;
      }
      case "invoke":
        this.leases.invoked(e);
        this.access.invoked(e);
        this.#failed.invoked(e);
        this.#alarms.invoked(e);
        return;
      case "complete":
        this.leases.completed(e);
        this.access.completed(e);
        this.#failed.completed(e);
        return;
      case "watch-response":
        this.watches.responded(e);
        this.access.responded(e);
        this.#progress?.responded(e);
        return;
      case "lease":
        this.leases.event(e);
        if (e.action === "grant") this.#alarms.written();
        return;
      case "watch":
        this.watches.opened(e);
        this.#progress?.opened(e);
        return;
      case "access":
        this.access.asked(e);
        return;
      case "hold":
        this.holds.event(e);
        return;
      default:
        this.#seldom(e);
    }
  }

  #seldom(e: TraceEvent): void {
    const { kind } = e;
    if (DISTURBING.has(kind)) this.#progress?.disturbed(e);
    this.#transfers?.event(e);
    switch (e.kind) {
      case "watcher":
        this.#progress?.moved(e);
        return;
      case "alarm":
        this.#alarms.alarm(e);
        return;
      case "conf":
        this.#alarms.configured(e.conf);
        return;
      case "progress-request":
        this.#progress?.requested(e);
        return;
      case "compact":
        this.history.compact(e);
        return;
      case "role":
        this.leases.role(e);
        if (e.role === "leader") this.#alarms.led(e.member);
        return;
      case "auth":
        this.access.changed(e);
        this.#alarms.written();
        return;
      case "restore":
        this.access.restored(e);
        this.#alarms.back(e.member);
        this.#alarms.configured(e.conf);
        this.history.restored(e);
        return;
      case "boot":
        this.history.booted(e.member);
        return;
      case "recover":
        this.access.recovered(e.applied);
        this.#alarms.back(e.member);
        this.#alarms.configured(e.conf);
        this.history.recovered(e.member, e.applied);
        return;
      case "crash":
        this.history.crashed(e.member);
        this.leases.crashed(e.member);
        return;
      case "fault":
        this.#lastFault = e.at;
        if (this.#guesses && e.fault === "drift") this.leases.untimed();
        this.#alarms.fault(e);
        return;
    }
  }

  /** The run is over, and had time to settle: what was promised in the end must have come true. */
  finish(end: DataEnd): void {
    const { seq, at, members, delivered, calm = this.#lastFault, excused } = end;
    const where = { seq, at, member: 0 } as TraceEvent;
    checkAgreement(this.history, members, where, this.#report);
    this.leases.finish(where, calm);
    this.#progress?.finish(where);
    this.#transfers?.finish(where);
    this.watches.finish(where, delivered, this.#excused(members, delivered, excused));
  }

  /** Whether watchers have yet to receive what {@link finish} would ask for. */
  isBehind({ members, delivered, excused }: Omit<DataEnd, "seq" | "at">): boolean {
    return this.watches.isBehind(delivered, this.#excused(members, delivered, excused));
  }

  #excused(
    members: readonly number[],
    delivered: Instant,
    excused: DataEnd["excused"],
  ): (client: number, from: number) => boolean {
    const behind = (id: number) =>
      !members.includes(id) || this.history.position(id).late > delivered;
    return (client, from) => excused?.(client) === true || (from !== 0 && behind(from));
  }
}

import type { Duration, Instant } from "../../base/time.ts";
import { SECOND } from "../../base/time.ts";
import { DATA_INVARIANTS, DataMonitor } from "../../check/data-monitor.ts";
import { ACKNOWLEDGED_WRITES } from "../../check/durability/acknowledged-writes.ts";
import { LinearizabilityMonitor } from "../../check/linearizability/linearizability-monitor.ts";
import { LINEARIZABLE } from "../../check/linearizability/revision-order.ts";
import { PANIC, PanicMonitor } from "../../check/panics.ts";
import { RaftMonitor } from "../../check/raft/raft-monitor.ts";
import { CONVERGENCE, hasQuorum } from "../../check/settled/convergence.ts";
import { STARTS_AGAIN } from "../../check/settled/judge-settled.ts";
import { type Violation, ViolationError } from "../../check/violation.ts";
import type { Fault } from "../../sim/fault.ts";
import type { MemberView } from "../../sim/view.ts";
import type { TraceSink } from "../../trace/trace.ts";
import { formatDuration } from "../read/duration.ts";
import { ClientReachability } from "./client-reachability.ts";
import { EachCluster } from "./each-cluster.ts";
import { PROGRAM_INVARIANTS } from "./programs/invariants.ts";

/** The expectation of those that are content if the checkers are. */
export const NOTHING_VIOLATED = "nothing is violated";

/** The run took more events than it may. */
export const RUNAWAY = "runaway";
/** Members that applied the same have different backends: `settle` asks them. */
export const SAME_BACKEND = "same-backend";
/** The list of members is not the configuration that raft works with: `settle` asks. */
export const SAME_MEMBERS = "same-members";

const RAFT_INVARIANTS = new RaftMonitor().invariants.map(({ name }) => name);

/** What a run is held against, by name. */
export const INVARIANT_NAMES: readonly string[] = [
  ...RAFT_INVARIANTS,
  LINEARIZABLE,
  ACKNOWLEDGED_WRITES,
  ...DATA_INVARIANTS,
  ...PROGRAM_INVARIANTS,
  CONVERGENCE,
  STARTS_AGAIN,
  SAME_BACKEND,
  SAME_MEMBERS,
  PANIC,
  RUNAWAY,
];

/** What is no violation, but worth to be expected: how often it happened. */
export interface Observations {
  /** Two clients believed to hold the same lock, or leadership, at a time. */
  readonly overlaps: number;
  /** Holders that learned that they do not hold any more. */
  readonly holdsLost: number;
  readonly leasesExpired: number;
  readonly watchEvents: number;
  /** Watches that were cancelled because their start was compacted. */
  readonly watchesCompacted: number;
}

/** How long a change may be on its way to a watcher. */
const DELIVERY_US = SECOND;

export interface CheckerOptions {
  /** The period of progress notifications, as members are told; default 0: progress is not judged. */
  readonly progressUs?: Duration;
  /** How large a database may grow, as members are told; default etcd's. */
  readonly quotaBytes?: number;
  /** Links lose messages, or disks are slow, from the beginning. */
  readonly troubled?: boolean;
  /** The cluster's election timeout. */
  readonly electionUs: Duration;
  /** Throw a {@link ViolationError} at the first violation; default false. */
  readonly throwAtFirst?: boolean;
  /** Hold the run against these invariants only; default all. */
  readonly only?: readonly string[];
}

/**
 * The independent checkers that watch every run: Raft's invariants, the responses that
 * clients got, and what watchers, lease holders and lock holders were promised.
 */
export class Checkers {
  readonly #panics: PanicMonitor;
  readonly #invariants: EachCluster<RaftMonitor>;
  readonly #clients: EachCluster<LinearizabilityMonitor>;
  readonly #data: EachCluster<DataMonitor>;
  readonly #reachability = new ClientReachability();
  /** What was found by looking at the members, not at the trace. */
  readonly #reported: Violation[] = [];
  readonly #options: CheckerOptions;
  #lastFault: Instant = 0;

  constructor(options: CheckerOptions) {
    const { electionUs, throwAtFirst = false, only } = options;
    this.#options = options;
    const among = (names: readonly string[]) =>
      only === undefined ? {} : { only: only.filter((name) => names.includes(name)) };
    const clients = this.#wanted(LINEARIZABLE) || this.#wanted(ACKNOWLEDGED_WRITES);
    this.#panics = new PanicMonitor({ throwAtFirst });
    this.#invariants = new EachCluster(
      () => new RaftMonitor({ throwAtFirst, ...among(RAFT_INVARIANTS) }),
    );
    this.#clients = new EachCluster(
      () => new LinearizabilityMonitor({ throwAtFirst: throwAtFirst && clients, data: true }),
    );
    const data = () =>
      new DataMonitor({
        throwAtFirst,
        ...among(DATA_INVARIANTS),
        progressUs: options.progressUs ?? 0,
        quotaBytes: options.quotaBytes ?? 0,
        troubled: options.troubled ?? false,
        unreachable: (client, since) =>
          this.#reachability.isSlow(client) || this.#reachability.wasUnreachable(client, since),
        // It is told of every drift, how much it is.
        leases: { electionUs, driftPpm: 0 },
        // A fence is the revision that made its key.
        paused: (client, fence) => {
          const since = this.#data.monitor.history.row(fence)?.at ?? 0;
          return this.#reachability.wasUnreachable(client, since);
        },
      });
    this.#data = new EachCluster(data);
  }

  #wanted(invariant: string): boolean {
    const { only } = this.#options;
    return only === undefined || only.includes(invariant);
  }

  /** To be called with every fault: what clients can't know they are not blamed for. */
  injected(fault: Fault, now: Instant): void {
    this.#lastFault = now;
    this.#reachability.injected(fault, now);
    if (fault.type === "drift") this.#data.monitor.leases.drifts(Math.abs(fault.ppm));
  }

  /** A client takes a watch response only so often: a slow one can't know the latest. */
  readEvery(client: number, everyUs: Duration): void {
    this.#reachability.readEvery(client, everyUs);
  }

  get sinks(): readonly TraceSink[] {
    const { only } = this.#options;
    if (only === undefined) {
      return [this.#panics, this.#invariants, this.#clients, this.#data];
    }
    const among = (names: readonly string[]) => only.some((name) => names.includes(name));
    return [
      ...(among([PANIC]) ? [this.#panics] : []),
      ...(among(RAFT_INVARIANTS) ? [this.#invariants] : []),
      ...(among([LINEARIZABLE, ACKNOWLEDGED_WRITES]) ? [this.#clients] : []),
      ...(among(DATA_INVARIANTS) ? [this.#data] : []),
    ];
  }

  observations(): Observations {
    const sum = (count: (monitor: DataMonitor) => number) =>
      this.#data.all.reduce((total, monitor) => total + count(monitor), 0);
    return {
      overlaps: sum(({ holds }) => holds.counts.overlaps),
      holdsLost: sum(({ holds }) => holds.counts.lost),
      leasesExpired: sum(({ leases }) => leases.counts.expired),
      watchEvents: sum(({ watches }) => watches.counts.events),
      watchesCompacted: sum(({ watches }) => watches.counts.compacted),
    };
  }

  /** All that was violated so far: by the checkers of the trace, then what members were asked for. */
  found(): Violation[] {
    return [
      ...this.#panics.violations,
      ...this.#invariants.violations,
      ...this.#clients.violations,
      ...this.#data.violations,
      ...this.#reported,
    ].filter(({ invariant }) => this.#wanted(invariant));
  }

  /** The same, one sentence each. */
  violations(): string[] {
    return this.found().map(violationText);
  }

  /** Acknowledged writes that are gone. */
  lostWrites(): string[] {
    return this.#clients.violations
      .filter(({ invariant }) => invariant === ACKNOWLEDGED_WRITES)
      .map(violationText);
  }

  /** Something was found that no trace tells. Ends the run, if it ends at the first violation. */
  report(violation: Violation): void {
    if (!this.#wanted(violation.invariant)) return;
    this.note(violation);
    if (this.#options.throwAtFirst) throw new ViolationError(violation);
  }

  /** The same, without an end to the run. */
  note(violation: Violation): void {
    this.#reported.push(violation);
  }

  /**
   * The run is over: acknowledged writes must be on every member that follows `leader`. A member
   * that is cut off at the end can't know better, and is not blamed. Those that have applied as
   * much as it must be equal, and their watchers must know all but the latest.
   */
  finish(views: readonly MemberView[], leader: number, seq: number, at: Instant): void {
    const lead = views.find(({ id }) => id === leader);
    if (lead === undefined) return;
    const followers = views.filter((view) => view.lead === leader && view.term === lead.term);
    this.#clients.monitor.finish(followers, seq, at);
    // A leader without a quorum can keep no promise.
    if (!hasQuorum(followers)) return;
    const members = followers
      .filter((view) => view.status === "up" && view.applied === lead.applied)
      .map(({ id }) => id);
    const reachability = this.#reachability;
    const excused = (client: number) =>
      reachability.isUnreachable(client) || reachability.isSlow(client);
    const calm = this.#lastFault;
    this.#data.monitor.finish({ seq, at, calm, members, delivered: at - DELIVERY_US, excused });
  }

  /** Whether watchers of a healed cluster have yet to hear of what these members had at `delivered`. */
  isBehind(members: readonly number[], delivered: Instant): boolean {
    return this.#data.monitor.isBehind({ members, delivered });
  }

  /** A healed cluster has come to rest: these members are of one mind, there was no fault since `calm`. */
  settled(members: readonly MemberView[], calm: Instant, delivered: Instant, at: Instant): void {
    this.#clients.monitor.finish(members, 0, at);
    const up = members.filter(({ status }) => status === "up").map(({ id }) => id);
    this.#data.monitor.finish({ seq: 0, at, calm, members: up, delivered });
  }
}

export function violationText({ invariant, at, seq, text }: Violation): string {
  return `${invariant}: ${text} (at ${formatDuration(at)}, trace event ${seq})`;
}

import type { Duration, Instant } from "../../base/time.ts";
import { SECOND } from "../../base/time.ts";
import { hasQuorum } from "../../check/convergence.ts";
import { DATA_INVARIANTS, DataMonitor } from "../../check/data-monitor.ts";
import { ACKNOWLEDGED_WRITES } from "../../check/durability/acknowledged-writes.ts";
import { LinearizabilityMonitor } from "../../check/linearizability/linearizability-monitor.ts";
import { LINEARIZABLE } from "../../check/linearizability/revision-order.ts";
import { RaftMonitor } from "../../check/raft/raft-monitor.ts";
import type { Violation } from "../../check/violation.ts";
import type { Fault } from "../../sim/fault.ts";
import type { MemberView } from "../../sim/view.ts";
import type { TraceSink } from "../../trace/trace.ts";
import { formatDuration } from "../read/duration.ts";
import { ClientReachability } from "./client-reachability.ts";

/** What a run is held against, by name. */
export const INVARIANT_NAMES: readonly string[] = [
  ...new RaftMonitor().invariants.map(({ name }) => name),
  LINEARIZABLE,
  ACKNOWLEDGED_WRITES,
  ...DATA_INVARIANTS,
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

/**
 * The independent checkers that watch every run: Raft's invariants, the responses that
 * clients got, and what watchers, lease holders and lock holders were promised.
 */
export class Checkers {
  readonly #invariants = new RaftMonitor();
  readonly #clients = new LinearizabilityMonitor({ data: true });
  readonly #data: DataMonitor;
  readonly #reachability = new ClientReachability();

  /** @param electionUs the cluster's election timeout */
  constructor(electionUs: Duration) {
    this.#data = new DataMonitor({
      faults: true,
      leases: { electionUs },
      // A fence is the revision that made its key.
      paused: (client, fence) => {
        const since = this.#data.history.row(fence)?.at ?? 0;
        return this.#reachability.wasUnreachable(client, since);
      },
    });
  }

  /** To be called with every fault: what clients can't know they are not blamed for. */
  injected(fault: Fault, now: Instant): void {
    this.#reachability.injected(fault, now);
  }

  /** A client takes a watch response only so often: a slow one can't know the latest. */
  readEvery(client: number, everyUs: Duration): void {
    this.#reachability.readEvery(client, everyUs);
  }

  get sinks(): readonly TraceSink[] {
    return [this.#invariants, this.#clients, this.#data];
  }

  observations(): Observations {
    const { holds, leases, watches } = this.#data;
    return {
      overlaps: holds.counts.overlaps,
      holdsLost: holds.counts.lost,
      leasesExpired: leases.counts.expired,
      watchEvents: watches.counts.events,
      watchesCompacted: watches.counts.compacted,
    };
  }

  /** All that was violated so far, one sentence each. */
  violations(): string[] {
    return [
      ...this.#invariants.violations,
      ...this.#clients.violations,
      ...this.#data.violations,
    ].map(violationText);
  }

  /** Acknowledged writes that are gone. */
  lostWrites(): string[] {
    return this.#clients.violations
      .filter(({ invariant }) => invariant === ACKNOWLEDGED_WRITES)
      .map(violationText);
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
    this.#clients.finish(followers, seq, at);
    // A leader without a quorum can keep no promise.
    if (!hasQuorum(followers)) return;
    const members = followers
      .filter((view) => view.status === "up" && view.applied === lead.applied)
      .map(({ id }) => id);
    const reachability = this.#reachability;
    const excused = (client: number) =>
      reachability.isUnreachable(client) || reachability.isSlow(client);
    this.#data.finish({ seq, at, members, delivered: at - DELIVERY_US, excused });
  }
}

function violationText({ invariant, at, seq, text }: Violation): string {
  return `${invariant}: ${text} (at ${formatDuration(at)}, event ${seq})`;
}

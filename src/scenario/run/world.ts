import { type Duration, type Instant, NEVER } from "../../base/time.ts";
import type { Cluster } from "../../sim/cluster.ts";
import type { Fault } from "../../sim/fault.ts";
import { FaultError } from "../../sim/faults.ts";
import {
  resolveMember,
  resolveMembers,
  type Selector,
  type SelectorContext,
} from "../language/selectors.ts";
import type { Checkers } from "./checkers.ts";
import { ClientBook } from "./client-book.ts";
import { memoryOf, type RunLimits, tooManyBytes, tooManyEvents } from "./limits.ts";
import type { RunHistory } from "./run-history.ts";
import type { Workload } from "./workload.ts";

/** How often it is looked how much a run holds, in events. */
const LOOK_EVERY = 64;

/**
 * When a step was taken.
 *
 * @public
 */
export interface TakenStep {
  readonly from: Instant;
  readonly to: Instant;
}

/** A run as its steps, conditions and expectations see it: the cluster, its past, its clients. */
export class World {
  readonly cluster: Cluster;
  readonly history: RunHistory;
  /** What comes of steps that are impossible when their turn comes. */
  readonly impossible: "fail" | "skip";
  readonly checkers: Checkers;
  readonly workloads: Workload[] = [];
  readonly clients: ClientBook;
  /** When the cluster had settled, if nothing came after that. */
  settledAt: Instant = NEVER;
  /** Something was thrown in it: it did not come to its own end. */
  ended = false;
  /** How far the run goes. */
  readonly #limits: RunLimits;
  /** The steps so far. */
  readonly taken: TakenStep[] = [];
  /** What was done to the cluster, and how often. */
  readonly faults = new Map<Fault["type"], number>();
  /** Crashes that were planned, and never came about. */
  readonly unreached: string[] = [];
  #partition: readonly (readonly number[])[] | null = null;
  /** How many events of the trace are kept so far. */
  readonly #kept: () => number;

  constructor(
    cluster: Cluster,
    history: RunHistory,
    checkers: Checkers,
    impossible: World["impossible"],
    limits: RunLimits,
    kept: () => number = () => 0,
  ) {
    this.cluster = cluster;
    this.#kept = kept;
    this.impossible = impossible;
    this.#limits = limits;
    this.history = history;
    this.checkers = checkers;
    // What ends without a word in the trace may be waited for, too.
    this.clients = new ClientBook(cluster, () => {
      history.pulse++;
    });
  }

  /** No member is to crash at anything any more. */
  crashNowhere(): void {
    const { cluster } = this;
    for (const id of cluster.memberIds()) {
      const text = cluster.node(id).crashNowhere();
      if (text !== null) this.unreached.push(`m${id} ${text}`);
    }
  }

  /** Looked up as far as a selector asks: most name a member by its id. */
  selectorContext(): SelectorContext {
    const { cluster, history } = this;
    return {
      knows: (id) => cluster.has(id),
      get views() {
        return cluster.views();
      },
      get leader() {
        return cluster.leader();
      },
      get leaders() {
        return history.leaders();
      },
      partition: this.#partition,
    };
  }

  members(selector: Selector): number[] {
    return resolveMembers(selector, this.selectorContext());
  }

  member(selector: Selector): number {
    return resolveMember(selector, this.selectorContext());
  }

  /** From now on a client takes a watch response so often; 0: as they come. */
  readEvery(client: number, us: Duration): void {
    this.clients.client(client).readEveryUs = us;
    this.checkers.readEvery(client, us);
  }

  /**
   * Does something to the cluster, and remembers the partition in force. Of several things that a step
   * does those that are impossible are left out if the scenario says so.
   */
  inject(fault: Fault): void {
    if (this.#apply(fault)) this.faults.set(fault.type, (this.faults.get(fault.type) ?? 0) + 1);
  }

  /** Undoes a fault, if that is possible: it does not count as one. */
  undo(fault: Fault): void {
    try {
      this.#apply(fault);
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
    }
  }

  /** Whether it was done. */
  #apply(fault: Fault): boolean {
    try {
      this.cluster.inject(fault);
    } catch (error) {
      if (this.impossible === "skip" && error instanceof FaultError) return false;
      throw error;
    }
    this.checkers.injected(fault, this.cluster.now);
    if (["heal", "ring", "bridge"].includes(fault.type)) this.#partition = null;
    if (fault.type === "partition") {
      const grouped = new Set(fault.groups.flat());
      const rest = this.cluster.memberIds().filter((id) => !grouped.has(id));
      this.#partition = rest.length > 0 ? [...fault.groups, rest] : fault.groups;
    }
    return true;
  }

  /** The run has come as far as it may. */
  get stopped(): boolean {
    return this.cluster.now >= this.#limits.until;
  }

  /** Executes everything up to `until`, starting the workloads' calls on the way. */
  advanceTo(given: Instant): void {
    while (this.next(given));
  }

  /** Executes event by event until `holds`, which is asked when something changed; false after `deadline`. */
  advanceUntil(holds: () => boolean, latest: Instant): boolean {
    const deadline = Math.min(latest, this.#limits.until);
    let asked = this.history.pulse;
    if (holds()) return true;
    for (;;) {
      const due = this.nextDue;
      const next = Math.min(due, this.cluster.nextAt());
      if (next > deadline) {
        this.#runUntil(deadline);
        return holds();
      }
      if (due <= next) {
        this.#runUntil(due);
        this.#fire();
      } else this.#step();
      if (this.history.pulse !== asked) {
        asked = this.history.pulse;
        if (holds()) return true;
      }
    }
  }

  /**
   * Executes the next event that is due by `given`, or starts a workload's call that is; false, with the
   * time at `given`, where there is none: for whoever has something of its own to do in between.
   */
  next(given: Instant): boolean {
    const until = Math.min(given, this.#limits.until);
    const due = this.nextDue;
    const at = this.cluster.nextAt();
    if (Math.min(due, at) > until) {
      this.#runUntil(until);
      return false;
    }
    if (at <= due) this.#step();
    else {
      this.#runUntil(Math.max(due, this.cluster.now));
      this.#fire();
    }
    return true;
  }

  /** Executes the next event if it is due by `latest`, within the limits of the run; false: none is. */
  step(latest: Instant): boolean {
    if (this.cluster.nextAt() > Math.min(latest, this.#limits.until)) return false;
    this.#step();
    return true;
  }

  #runUntil(until: Instant): void {
    while (this.cluster.nextAt() <= until) this.#step();
    this.cluster.runUntil(until);
  }

  #step(): void {
    const { cluster } = this;
    const { events } = this.#limits;
    if (cluster.events >= events) throw this.#limits.beyond(tooManyEvents(events, cluster.now));
    cluster.step();
    if (cluster.events % LOOK_EVERY === 0) this.#checkHeld();
  }

  #checkHeld(): void {
    const { cluster, clients } = this;
    const { bytes, beyond } = this.#limits;
    const holds = {
      disks: cluster.diskBytes(),
      // A call has what it writes twice: in its words, and in its request.
      asked: 2 * clients.askedBytes,
      events: this.#kept(),
    };
    if (memoryOf(holds) > bytes) throw beyond(tooManyBytes(holds, cluster.now));
  }

  /** When a workload makes its next call. */
  get nextDue(): Instant {
    let next = NEVER;
    for (const workload of this.workloads) {
      if (workload.due < next) next = workload.due;
    }
    return next;
  }

  #fire(): void {
    for (const workload of this.workloads) {
      if (workload.due > this.cluster.now) continue;
      workload.fire(this.clients);
      this.#checkHeld();
    }
  }
}

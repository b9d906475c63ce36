import { type Duration, type Instant, NEVER } from "../../base/time.ts";
import type { Cluster } from "../../sim/cluster.ts";
import type { Fault } from "../../sim/fault.ts";
import {
  resolveMember,
  resolveMembers,
  type Selector,
  type SelectorContext,
} from "../language/selectors.ts";
import type { Checkers } from "./checkers.ts";
import { ClientBook } from "./client-book.ts";
import type { RunHistory } from "./run-history.ts";
import type { Workload } from "./workload.ts";

/** A run as its steps, conditions and expectations see it: the cluster, its past, its clients. */
export class World {
  readonly cluster: Cluster;
  readonly history: RunHistory;
  readonly checkers: Checkers;
  readonly workloads: Workload[] = [];
  readonly clients: ClientBook;
  #partition: readonly (readonly number[])[] | null = null;

  constructor(cluster: Cluster, history: RunHistory, checkers: Checkers) {
    this.cluster = cluster;
    this.history = history;
    this.checkers = checkers;
    // What ends without a word in the trace may be waited for, too.
    this.clients = new ClientBook(cluster, () => {
      history.pulse++;
    });
  }

  selectorContext(): SelectorContext {
    return {
      views: this.cluster.views(),
      leader: this.cluster.leader(),
      leaders: this.history.leaders(),
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

  /** Does something to the cluster, and remembers the partition in force. */
  inject(fault: Fault): void {
    this.cluster.inject(fault);
    this.checkers.injected(fault, this.cluster.now);
    if (fault.type === "heal") this.#partition = null;
    if (fault.type === "partition") {
      const grouped = new Set(fault.groups.flat());
      const rest = this.cluster.memberIds().filter((id) => !grouped.has(id));
      this.#partition = rest.length > 0 ? [...fault.groups, rest] : fault.groups;
    }
  }

  /** Executes everything up to `until`, starting the workloads' calls on the way. */
  advanceTo(until: Instant): void {
    for (let due = this.#nextDue(); due <= until; due = this.#nextDue()) {
      this.cluster.runUntil(Math.max(due, this.cluster.now));
      this.#fire();
    }
    this.cluster.runUntil(until);
  }

  /** Executes event by event until `holds`, which is asked when something changed; false after `deadline`. */
  advanceUntil(holds: () => boolean, deadline: Instant): boolean {
    let asked = this.history.pulse;
    if (holds()) return true;
    for (;;) {
      const due = this.#nextDue();
      const next = Math.min(due, this.cluster.nextAt());
      if (next > deadline) {
        this.cluster.runUntil(deadline);
        return holds();
      }
      if (due <= next) {
        this.cluster.runUntil(due);
        this.#fire();
      } else this.cluster.step();
      if (this.history.pulse !== asked) {
        asked = this.history.pulse;
        if (holds()) return true;
      }
    }
  }

  #nextDue(): Instant {
    let next = NEVER;
    for (const workload of this.workloads) {
      if (!workload.allSent && workload.due < next) next = workload.due;
    }
    return next;
  }

  #fire(): void {
    for (const workload of this.workloads) {
      if (!workload.allSent && workload.due <= this.cluster.now) workload.fire(this.clients);
    }
  }
}

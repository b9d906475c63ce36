import type { Duration, Instant } from "../../base/time.ts";
import type { Cluster } from "../../sim/cluster.ts";
import type { Fault } from "../../sim/types.ts";
import {
  type Moment,
  resolveMember,
  resolveMembers,
  type Selector,
} from "../language/selectors.ts";
import type { Judge } from "./checkers.ts";
import { Clientele } from "./client-book.ts";
import type { Chronicle } from "./run-history.ts";
import type { Workload } from "./workload.ts";

/** A run as its steps, conditions and expectations see it: the cluster, its past, its clients. */
export class World {
  readonly cluster: Cluster;
  readonly chronicle: Chronicle;
  readonly judge: Judge;
  readonly workloads: Workload[] = [];
  readonly clients: Clientele;
  #partition: readonly (readonly number[])[] | null = null;

  constructor(cluster: Cluster, chronicle: Chronicle, judge: Judge) {
    this.cluster = cluster;
    this.chronicle = chronicle;
    this.judge = judge;
    // What ends without a word in the trace may be waited for, too.
    this.clients = new Clientele(cluster, () => {
      chronicle.pulse++;
    });
  }

  moment(): Moment {
    return {
      views: this.cluster.views(),
      leader: this.cluster.leader(),
      leaders: this.chronicle.leaders(),
      partition: this.#partition,
    };
  }

  members(selector: Selector): number[] {
    return resolveMembers(selector, this.moment());
  }

  member(selector: Selector): number {
    return resolveMember(selector, this.moment());
  }

  /** From now on a client takes a watch response so often; 0: as they come. */
  readEvery(client: number, us: Duration): void {
    this.clients.client(client).readEveryUs = us;
    this.judge.reads(client, us);
  }

  /** Does something to the cluster, and remembers the partition in force. */
  inject(fault: Fault): void {
    this.cluster.inject(fault);
    this.judge.injected(fault, this.cluster.now);
    if (fault.type === "heal") this.#partition = null;
    if (fault.type === "partition") {
      const grouped = new Set(fault.groups.flat());
      const rest = this.cluster.memberIds().filter((id) => !grouped.has(id));
      this.#partition = rest.length > 0 ? [...fault.groups, rest] : fault.groups;
    }
  }

  /** Executes everything up to `until`, starting the workloads' operations on the way. */
  advanceTo(until: Instant): void {
    for (let due = this.#nextDue(); due <= until; due = this.#nextDue()) {
      this.cluster.runUntil(Math.max(due, this.cluster.now));
      this.#fire();
    }
    this.cluster.runUntil(until);
  }

  /** Executes event by event until `holds`, which is asked when something changed; false after `deadline`. */
  advanceWhile(holds: () => boolean, deadline: Instant): boolean {
    let asked = this.chronicle.pulse;
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
      if (this.chronicle.pulse !== asked) {
        asked = this.chronicle.pulse;
        if (holds()) return true;
      }
    }
  }

  #nextDue(): Instant {
    let next = Number.POSITIVE_INFINITY;
    for (const workload of this.workloads) {
      if (!workload.allSent && workload.due < next) next = workload.due;
    }
    return next;
  }

  #fire(): void {
    for (const workload of this.workloads) {
      if (!workload.allSent && workload.due <= this.cluster.now) workload.fire(this.cluster);
    }
  }
}

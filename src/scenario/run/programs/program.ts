import type { ServiceRequest } from "../../../api/requests.ts";
import type { Cluster } from "../../../sim/cluster.ts";
import type { Workers } from "../../../sim/workloads/workers.ts";
import { writesBelow } from "./written-keys.ts";

/** Something that a program of clients shows to be wrong. */
export interface ProgramFinding {
  readonly invariant: string;
  readonly text: string;
}

/** Whom the findings of a program are held against. */
export interface Judged {
  readonly cluster: Cluster;
  /** Members that are up and have applied as much as the leader. */
  readonly members: readonly number[];
}

/** A program of several clients, which may know by itself what must never happen to it. */
export abstract class Program<W extends Workers = Workers> {
  readonly workers: W;
  /** Keys that begin so are the program's own; null: it only reads. */
  readonly own: string | null;
  /** Others wrote to its keys: what it finds says nothing about etcd any more. */
  #meddled = false;

  constructor(workers: W, own: string | null) {
    this.workers = workers;
    this.own = own;
  }

  /** All that it was to do is done; what goes on in the background does not count. */
  get done(): boolean {
    return this.workers.done;
  }

  /** To be called with what others ask for. */
  asked(request: ServiceRequest): void {
    if (this.own !== null && writesBelow(request, this.own)) this.#meddled = true;
  }

  /** What is wrong at the end, if anything; asked whatever the scenario expects. */
  finish(judged: Judged): readonly ProgramFinding[] {
    return this.#meddled ? [] : this.judge(judged);
  }

  protected judge(_: Judged): readonly ProgramFinding[] {
    return [];
  }
}

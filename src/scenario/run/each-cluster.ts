import type { Violation } from "../../check/violation.ts";
import type { TraceEvent } from "../../trace/events.ts";
import type { TraceSink } from "../../trace/trace.ts";

const BEGINS_ANEW: ReadonlySet<string> = new Set(["snapshot-restore", "force-new-cluster"]);

/** An operator begins another cluster, with what the one before has left. */
export function beginsAnew(e: TraceEvent): boolean {
  return e.kind === "fault" && BEGINS_ANEW.has(e.fault);
}

/** A checker of one cluster. */
interface Monitor extends TraceSink {
  readonly violations: readonly Violation[];
}

/**
 * Holds each cluster of a run against its own past: a cluster that begins with a backup, or with what one
 * member of another knows, is another one, whose log, terms and revisions begin anew. What the one before
 * had promised is not asked of it: that is what an operator gives up.
 */
export class EachCluster<M extends Monitor> implements TraceSink {
  readonly layers: number;
  readonly keeps: boolean;
  /** The one of the present cluster. */
  monitor: M;
  readonly #make: () => M;
  readonly #done: M[] = [];

  constructor(make: () => M) {
    this.#make = make;
    this.monitor = make();
    this.layers = this.monitor.layers;
    this.keeps = this.monitor.keeps ?? true;
  }

  event(e: TraceEvent): void {
    if (beginsAnew(e)) {
      this.#done.push(this.monitor);
      this.monitor = this.#make();
    }
    this.monitor.event(e);
  }

  get violations(): readonly Violation[] {
    return this.all.flatMap(({ violations }) => violations);
  }

  /** Of all clusters there were, in their order. */
  get all(): readonly M[] {
    return [...this.#done, this.monitor];
  }
}

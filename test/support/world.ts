import { SECOND } from "../../src/base/time.ts";
import { Cluster, DEFAULT_CLUSTER } from "../../src/sim/cluster.ts";
import type { ClusterOptions } from "../../src/sim/options.ts";
import { Layer, type TraceEvent } from "../../src/trace/events.ts";
import { ListSink } from "../../src/trace/recorder.ts";
import type { TraceSink } from "../../src/trace/trace.ts";

const LIMIT = 120 * SECOND;

/** A cluster, and what its trace says. */
export class World {
  readonly list: ListSink;
  readonly cluster: Cluster;

  /**
   * @param before listen before the list does
   * @param after listen after it
   * @param layers what the list keeps of the trace
   */
  constructor(
    options: Partial<ClusterOptions> = {},
    before: readonly TraceSink[] = [],
    after: readonly TraceSink[] = [],
    layers: number = Layer.All,
  ) {
    this.list = new ListSink(layers);
    const sinks = [...before, this.list, ...after];
    this.cluster = new Cluster({ ...DEFAULT_CLUSTER, seed: 5, ...options }, { sinks });
  }

  until(what: string, reached: () => boolean): void {
    const end = this.cluster.now + LIMIT;
    while (!reached()) {
      this.cluster.step();
      if (this.cluster.now > end) throw new Error(`not reached: ${what}`);
    }
  }

  leader(): number {
    this.until("a leader", () => this.cluster.leader() !== 0);
    return this.cluster.leader();
  }

  follower(): number {
    const leader = this.leader();
    return this.cluster.memberIds().find((id) => id !== leader) as number;
  }

  run(seconds: number): void {
    this.cluster.runUntil(this.cluster.now + seconds * SECOND);
  }

  kinds<K extends TraceEvent["kind"]>(kind: K): Extract<TraceEvent, { kind: K }>[] {
    return this.list.events.filter((e): e is Extract<TraceEvent, { kind: K }> => e.kind === kind);
  }
}

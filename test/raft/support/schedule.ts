import {
  ConfChangeTransition,
  ConfChangeType,
  type NodeId,
  StateType,
} from "../../../src/raft/types.ts";
import { bytes, Cluster } from "./cluster.ts";
import { Dice } from "./dice.ts";
import { Monitor, Violation } from "./monitor.ts";
import { confState, type NodeConfig } from "./node.ts";

export interface ScheduleOptions {
  readonly seed: number;
  readonly steps: number;
  readonly size?: number;
  readonly config?: Partial<NodeConfig>;
  /** Voters of the first configuration; the others join by conf changes. */
  readonly voters?: number;
}

export interface Outcome {
  /** What happened, as text: equal iff the runs were equal. */
  readonly digest: string;
  readonly committed: number;
  readonly reads: number;
  readonly leaders: number;
}

interface PendingRead {
  readonly node: NodeId;
  readonly atLeast: number;
}

/**
 * A random schedule: ticks, crashes, partitions, lost, late and doubled messages, proposals, conf
 * changes, transfers, reads and compactions. Throws {@link Violation} as soon as Raft's safety
 * does not hold.
 */
export function runSchedule(options: ScheduleOptions): Outcome {
  return new Schedule(options).run();
}

class Schedule {
  private readonly dice: Dice;
  private readonly steps: number;
  private readonly cluster: Cluster;
  private readonly monitor = new Monitor();
  private readonly pending = new Map<string, PendingRead>();
  private readonly trace: string[] = [];
  private readonly terms = new Set<number>();
  private answered = 0;
  private made = 0;

  constructor(options: ScheduleOptions) {
    this.dice = new Dice(options.seed);
    this.steps = options.steps;
    const size = options.size ?? 5;
    const voters = Array.from({ length: options.voters ?? 3 }, (_, i) => i + 1);
    const timeouts = new Dice(options.seed ^ 0x5bd1e995);
    this.cluster = new Cluster(
      size,
      { randomElectionTimeout: (ticks) => ticks + timeouts.below(ticks), ...options.config },
      confState(voters),
    );
  }

  run(): Outcome {
    for (let i = 0; i < this.steps; i++) {
      this.step();
      this.monitor.observe(this.cluster);
      this.checkReads();
    }
    return {
      digest: this.trace.join(";"),
      committed: this.monitor.maxCommitted,
      reads: this.answered,
      leaders: this.terms.size,
    };
  }

  private step(): void {
    const { dice, cluster } = this;
    const id = dice.below(cluster.nodes.length) + 1;
    const node = cluster.node(id);
    const roll = dice.below(1000);
    if (roll < 380) this.deliverSome();
    else if (roll < 700) this.work(id);
    else if (roll < 850) node.raw.tick();
    else if (roll < 920) node.raw.propose(bytes(`p${this.made++}`));
    else if (roll < 940) this.askRead(id);
    else if (roll < 955) this.changeMembers(id);
    else if (roll < 962) node.raw.transferLeader(dice.below(cluster.nodes.length) + 1);
    else if (roll < 966) node.raw.forgetLeader();
    else if (roll < 972) node.raw.reportUnreachable(dice.below(cluster.nodes.length) + 1);
    else if (roll < 978)
      node.raw.reportSnapshot(dice.below(cluster.nodes.length) + 1, dice.chance(50));
    else if (roll < 986) node.compact(dice.below(3));
    else if (roll < 990) this.crash(id);
    else this.partition(id);
    const { raft } = node.raw;
    if (raft.lead === id) this.terms.add(raft.term);
    this.trace.push(`${id} ${raft.state} ${raft.term} ${raft.vote} ${raft.log.committed}`);
  }

  private deliverSome(): void {
    const { dice, cluster } = this;
    for (let n = dice.below(8); n >= 0 && cluster.inFlight.length > 0; n--) {
      // Mostly in order; now and then a late one first.
      const at = dice.chance(85) ? 0 : dice.below(cluster.inFlight.length);
      const m = cluster.inFlight[at];
      if (m === undefined) return;
      if (!dice.chance(5)) cluster.inFlight.splice(at, 1); // else: again, later
      if (!dice.chance(6)) cluster.deliver(m);
    }
  }

  private work(id: NodeId): void {
    const { cluster } = this;
    const node = cluster.node(id);
    if (node.raw.hasReady()) cluster.send(node.handleReady());
    if (this.dice.chance(70)) cluster.send(node.appendOne());
    if (this.dice.chance(70)) cluster.send(node.applyOne());
    for (const { index, requestContext } of node.reads.splice(0)) {
      const asked = this.pending.get(String.fromCharCode(...requestContext));
      if (asked === undefined) continue;
      this.answered++;
      if (index < asked.atLeast) {
        throw new Violation(`a read saw index ${index}, but ${asked.atLeast} was applied before`);
      }
    }
  }

  private askRead(id: NodeId): void {
    const context = `r${this.made++}`;
    this.pending.set(context, { node: id, atLeast: this.monitor.maxApplied });
    this.cluster.node(id).raw.readIndex(bytes(context));
  }

  private checkReads(): void {
    if (this.pending.size > 200) this.pending.clear();
  }

  private changeMembers(id: NodeId): void {
    const { dice, cluster } = this;
    const { raw } = cluster.node(id);
    // Removing the last voter panics when it is applied, as in etcd-io/raft: ask whoever knows.
    const spare = raw.raft.tracker.config.voters.incoming.length - 1;
    if (raw.raft.state !== StateType.Leader) return;
    const types = [
      ConfChangeType.AddNode,
      ConfChangeType.AddNode,
      ConfChangeType.AddLearnerNode,
      ConfChangeType.RemoveNode,
    ] as const;
    const one = () => ({
      type: dice.pick(types),
      nodeId: dice.below(cluster.nodes.length) + 1,
    });
    const changes = Array.from({ length: dice.below(4) }, one);
    if (changes.filter((c) => c.type !== ConfChangeType.AddNode).length > spare) return;
    const [first] = changes;
    if (first !== undefined && dice.chance(40)) {
      raw.proposeConfChange({ id: 0, ...first, context: bytes("") });
      return;
    }
    const transitions = Object.values(ConfChangeTransition);
    raw.proposeConfChange({
      transition: first === undefined ? ConfChangeTransition.Auto : dice.pick(transitions),
      changes,
      context: bytes(""),
    });
  }

  private crash(id: NodeId): void {
    this.cluster.node(id).restart();
    this.pending.forEach((read, context) => {
      if (read.node === id) this.pending.delete(context);
    });
  }

  private partition(id: NodeId): void {
    const { isolated } = this.cluster;
    if (isolated.has(id)) isolated.delete(id);
    else if (isolated.size < 2) isolated.add(id);
    if (this.dice.chance(40)) isolated.clear();
  }
}

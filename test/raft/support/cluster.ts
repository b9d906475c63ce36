import type { Message, NodeId } from "../../../src/raft/types.ts";
import { StateType } from "../../../src/raft/types.ts";
import { confState, firstSnapshot, NODE_CONFIG, type NodeConfig, TestNode } from "./node.ts";

export function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/** Nodes 1..n in memory, and the messages between them. */
export class Cluster {
  readonly nodes: TestNode[] = [];
  /** On the way, oldest first. */
  inFlight: Message[] = [];
  /** Nodes that neither send nor receive. */
  readonly isolated = new Set<NodeId>();

  constructor(
    size: number,
    config: Partial<NodeConfig> = {},
    members = confState(Array.from({ length: size }, (_, i) => i + 1)),
  ) {
    for (let id = 1; id <= size; id++) {
      const timeout = (ticks: number): number => ticks + ((id - 1) % ticks);
      this.nodes.push(
        new TestNode(id, firstSnapshot(members), {
          ...NODE_CONFIG,
          randomElectionTimeout: timeout,
          ...config,
        }),
      );
    }
  }

  node(id: NodeId): TestNode {
    const node = this.nodes[id - 1];
    if (node === undefined) throw new Error(`no node ${id}`);
    return node;
  }

  leader(): TestNode | undefined {
    const leaders = this.nodes.filter((n) => n.raw.raft.state === StateType.Leader);
    return leaders.sort((a, b) => b.raw.raft.term - a.raw.raft.term)[0];
  }

  send(messages: readonly Message[]): void {
    for (const m of messages) {
      if (!this.isolated.has(m.from) && !this.isolated.has(m.to)) this.inFlight.push(m);
    }
  }

  /** Delivers one message, if its addressee exists and can be reached. */
  deliver(m: Message): void {
    if (this.isolated.has(m.to)) return;
    this.nodes[m.to - 1]?.raw.step(m);
  }

  /** Handles Readies and delivers messages, in order, until nothing is left to do. */
  settle(): void {
    for (let round = 0; round < 1000; round++) {
      for (const node of this.nodes) {
        while (node.raw.hasReady()) this.send(node.handleReady());
        this.send(node.appendOne());
        this.send(node.applyOne());
      }
      const now = this.inFlight;
      this.inFlight = [];
      for (const m of now) this.deliver(m);
      if (now.length === 0 && !this.nodes.some((n) => n.hasWork())) return;
    }
    throw new Error("the cluster does not come to rest");
  }

  /** Ticks every node, settling after each round. */
  tick(rounds: number): void {
    for (let i = 0; i < rounds; i++) {
      for (const node of this.nodes) node.raw.tick();
      this.settle();
    }
  }

  elect(id: NodeId): TestNode {
    this.node(id).raw.campaign();
    this.settle();
    return this.node(id);
  }

  propose(id: NodeId, text: string): void {
    const refused = this.node(id).raw.propose(bytes(text));
    if (refused !== null) throw refused;
    this.settle();
  }
}

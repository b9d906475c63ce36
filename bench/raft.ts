import { makeConfig } from "../src/raft/config.ts";
import { RawNode } from "../src/raft/raw-node.ts";
import { MemoryStorage } from "../src/raft/storage.ts";
import { EntryType, type Message, StateType } from "../src/raft/types.ts";
import type { Bench } from "./measure.ts";

/**
 * Raft alone: members in memory, messages handed over at once, every entry appended to storage
 * and applied on every member; nothing else. What Go's etcd-raft was measured with, too.
 */
class RaftCluster {
  private readonly nodes: RawNode[] = [];
  private readonly storages: MemoryStorage[] = [];
  private inbox: Message[] = [];
  applied = 0;

  constructor(size: number) {
    const peers = Array.from({ length: size }, (_, i) => ({
      id: i + 1,
      context: new Uint8Array(0),
    }));
    for (const { id } of peers) {
      const storage = new MemoryStorage();
      const node = new RawNode(
        makeConfig({
          id,
          storage,
          electionTick: 10,
          heartbeatTick: 1,
          randomElectionTimeout: (ticks) => ticks + id,
        }),
      );
      node.bootstrap(peers);
      this.nodes.push(node);
      this.storages.push(storage);
    }
    this.settle();
    this.leader.campaign();
    this.settle();
    if (this.leader.raft.state !== StateType.Leader) throw new Error("no leader was elected");
  }

  get leader(): RawNode {
    return this.nodes[0] as RawNode;
  }

  propose(data: Uint8Array): void {
    this.leader.propose(data);
  }

  settle(): void {
    const { nodes } = this;
    for (let busy = true; busy; ) {
      busy = false;
      for (let i = 0; i < nodes.length; i++) {
        if (this.drain(nodes[i] as RawNode, this.storages[i] as MemoryStorage)) busy = true;
      }
      const messages = this.inbox;
      if (messages.length === 0) continue;
      this.inbox = [];
      for (const message of messages) (nodes[message.to - 1] as RawNode).step(message);
      busy = true;
    }
  }

  private drain(node: RawNode, storage: MemoryStorage): boolean {
    let any = false;
    while (node.hasReady()) {
      any = true;
      const ready = node.ready();
      if (ready.hardState !== null) storage.setHardState(ready.hardState);
      if (ready.entries.length > 0) storage.append(ready.entries);
      for (const message of ready.messages) this.inbox.push(message);
      for (const entry of ready.committedEntries) {
        if (entry.type === EntryType.Normal) this.applied++;
      }
      node.advance();
    }
    return any;
  }

  /** Keeps the logs short, as snapshots do in a real member. */
  compact(): void {
    for (const storage of this.storages) {
      const last = storage.lastIndex();
      if (last - storage.firstIndex() > 20_000) storage.compact(last - 1_000);
    }
  }
}

export function raftBench(size: number, batch: number, bytes: number, target?: number): Bench {
  const cluster = new RaftCluster(size);
  const data = new Uint8Array(bytes).fill(7);
  const rounds = 4_096 / batch;
  return {
    name: `raft alone, ${size} members, ${batch === 1 ? "one" : batch} at a time, ${bytes} B`,
    unit: "proposals",
    measure: "per second",
    ...(target === undefined ? {} : { target }),
    run() {
      const before = cluster.applied;
      for (let round = 0; round < rounds; round++) {
        for (let i = 0; i < batch; i++) cluster.propose(data);
        cluster.settle();
      }
      const applied = cluster.applied - before;
      if (applied !== 4_096 * size) throw new Error(`${applied} entries applied, not all`);
      cluster.compact();
      return 4_096;
    },
  };
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfChangeTransition, ConfChangeType, type Message } from "../../src/raft/types.ts";
import { bytes, Cluster } from "./support/cluster.ts";
import { Dice } from "./support/dice.ts";
import { confState, type NodeConfig } from "./support/node.ts";

const SIZE = 4;

type Act =
  /** The oldest message from one node to another arrives, gets lost, or arrives and stays. */
  | { readonly do: "deliver" | "lose" | "repeat"; readonly from: number; readonly to: number }
  | { readonly do: "everything arrives" }
  | { readonly do: "tick"; readonly node: number; readonly count: number }
  | {
      readonly do: "propose" | "campaign" | "read" | "compact" | "restart" | "forget";
      readonly node: number;
    }
  | { readonly do: "transfer"; readonly node: number; readonly to: number }
  | {
      readonly do: "change";
      readonly node: number;
      readonly who: number;
      readonly kind: ConfChangeType;
    };

const node = fc.integer({ min: 1, max: SIZE });
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constant("deliver" as const), from: node, to: node }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom("lose", "repeat"), from: node, to: node }),
  },
  { weight: 4, arbitrary: fc.constant({ do: "everything arrives" as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("tick" as const),
      node,
      count: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("propose" as const), node }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("campaign", "read", "compact", "restart", "forget"),
      node,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("transfer" as const), node, to: node }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("change" as const),
      node,
      who: node,
      kind: fc.constantFrom(ConfChangeType.AddNode, ConfChangeType.AddLearnerNode),
    }),
  },
);

/** Every run begins with a leader. */
const FOUNDED: readonly Act[] = [{ do: "campaign", node: 1 }, { do: "everything arrives" }];

/** A group whose storage does all its work at once, however it is asked to. */
class Scripted {
  readonly cluster: Cluster;
  private readonly links = new Map<string, Message[]>();
  private proposed = 0;

  constructor(config: Partial<NodeConfig>) {
    this.cluster = new Cluster(SIZE, config, confState([1, 2, 3], [4]));
  }

  act(given: Act): void {
    if (given.do === "everything arrives") this.everythingArrives();
    else if ("from" in given) this.arrive(given.from, given.to, given.do);
    else {
      this.tell(given);
      this.drain(given.node);
    }
  }

  /** Everything that can be seen of the group: each node, and each message that is on its way. */
  picture(): unknown {
    const nodes = this.cluster.nodes.map(({ raw: { raft }, applied, reads }) => {
      const { term, vote, state, lead, log } = raft;
      const at = [log.committed, log.applied, log.firstIndex(), log.lastIndex()];
      return { term, vote, state, lead, at, applied, reads, config: raft.tracker.config };
    });
    return { nodes, links: [...this.links].sort(([a], [b]) => (a < b ? -1 : 1)) };
  }

  private tell(given: Extract<Act, { readonly node: number }>): void {
    const node = this.cluster.node(given.node);
    const { raw } = node;
    switch (given.do) {
      case "tick":
        for (let n = 0; n < given.count; n++) {
          raw.tick();
          this.drain(given.node);
        }
        break;
      case "propose":
        raw.propose(bytes(`p${this.proposed++}`));
        break;
      case "read":
        raw.readIndex(bytes(`r${this.proposed++}`));
        break;
      case "campaign":
        raw.campaign();
        break;
      case "forget":
        raw.forgetLeader();
        break;
      case "transfer":
        raw.transferLeader(given.to);
        break;
      case "compact":
        node.compact(2);
        break;
      case "restart":
        node.restart();
        break;
      case "change": {
        // Never the last voter: whoever applies that panics, as in etcd-io/raft.
        const voters = raw.raft.tracker.config.voters.incoming;
        if (given.kind === ConfChangeType.AddLearnerNode && voters.length < 3) break;
        const changes = [{ type: given.kind, nodeId: given.who }];
        const transition = ConfChangeTransition.JointImplicit;
        raw.proposeConfChange({ transition, changes, context: bytes("") });
      }
    }
  }

  private everythingArrives(): void {
    for (let round = 0; round < 4; round++) {
      for (let at = 0; at < SIZE * SIZE; at++) {
        const [from, to] = [1 + Math.floor(at / SIZE), 1 + (at % SIZE)];
        for (let n = this.link(from, to).length; n > 0; n--) this.arrive(from, to, "deliver");
      }
    }
  }

  private link(from: number, to: number): Message[] {
    const key = `${from}>${to}`;
    const found = this.links.get(key) ?? [];
    this.links.set(key, found);
    return found;
  }

  private arrive(from: number, to: number, how: "deliver" | "lose" | "repeat"): void {
    const link = this.link(from, to);
    const message = how === "repeat" ? link[0] : link.shift();
    if (message === undefined || how === "lose") return;
    this.cluster.node(to).raw.step(message);
    this.drain(to);
  }

  private drain(id: number): void {
    const each = this.cluster.node(id);
    const send = (messages: readonly Message[]) => {
      for (const m of messages) if (m.to <= SIZE) this.link(m.from, m.to).push(m);
    };
    while (each.hasWork()) {
      if (each.raw.hasReady()) send(each.handleReady());
      send(each.appendOne());
      send(each.applyOne());
    }
  }
}

const settings = fc.record({
  preVote: fc.boolean(),
  checkQuorum: fc.boolean(),
  maxSizePerMsg: fc.constantFrom(30, 1 << 20),
  maxCommittedSizePerReady: fc.constantFrom(40, 1 << 20),
  maxInflightMsgs: fc.constantFrom(2, 256),
});

describe("asynchronous and synchronous storage", () => {
  it("are the same group, message by message, if the storage is quick", () => {
    let committed = 0;
    let leaders = 0;
    fc.assert(
      fc.property(settings, fc.array(act, { maxLength: 120, size: "max" }), (config, acts) => {
        const sync = new Scripted({ ...config, asyncStorageWrites: false });
        const async = new Scripted({ ...config, asyncStorageWrites: true });
        for (const each of [...FOUNDED, ...acts]) {
          sync.act(each);
          async.act(each);
          expect(async.picture()).toEqual(sync.picture());
        }
        committed += Math.max(...sync.cluster.nodes.map((n) => n.raw.raft.log.committed));
        if (sync.cluster.leader() !== undefined) leaders++;
      }),
      { seed: 71, numRuns: 40 },
    );
    expect(committed / 40).toBeGreaterThan(8);
    expect(leaders).toBeGreaterThan(20);
  });

  it("commit and apply the same sequence, however far the storage lags behind", () => {
    fc.assert(
      fc.property(settings, fc.nat(), (config, seed) => {
        const expected: string[] = [];
        for (const asyncStorageWrites of [false, true]) {
          const dice = new Dice(seed);
          const cluster = new Cluster(3, { ...config, asyncStorageWrites });
          cluster.elect(1);
          for (let made = 0; made < 30; ) {
            if (cluster.node(1).raw.propose(bytes(`p${made}`)) === null) made++;
            for (let turn = 0; turn < 6; turn++) {
              const each = cluster.node(1 + dice.below(3));
              if (each.raw.hasReady()) cluster.send(each.handleReady());
              if (dice.chance(30)) cluster.send(each.appendOne());
              if (dice.chance(30)) cluster.send(each.applyOne());
              const now = cluster.inFlight;
              cluster.inFlight = now.slice(2);
              for (const m of now.slice(0, 2)) cluster.deliver(m);
            }
          }
          cluster.settle();
          // The last commit index travels with the next message, and what a full window held back
          // goes out after a heartbeat.
          for (let n = 0; n < 12; n++) {
            cluster.node(1).raw.tick();
            cluster.settle();
          }
          expect(cluster.leader()?.id).toBe(1);
          if (expected.length === 0) expected.push(...cluster.node(1).applied);
          expect(expected.length).toBeGreaterThan(30);
          for (const { applied } of cluster.nodes) expect(applied).toEqual(expected);
        }
      }),
      { seed: 72, numRuns: 40 },
    );
  });
});

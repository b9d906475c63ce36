import { describe, expect, it } from "vitest";
import { RAFT, type RaftMistakeId } from "../../src/museum/raft.ts";
import { mistakesOf } from "../../src/museum/switches.ts";
import { ReadOnlyOption } from "../../src/raft/config.ts";
import { makeMessage } from "../../src/raft/messages.ts";
import { ProgressState } from "../../src/raft/tracker/progress.ts";
import { ConfChangeType, type Message, MessageType, StateType } from "../../src/raft/types.ts";
import { bytes, Cluster } from "./support/cluster.ts";
import { confState, firstSnapshot, type NodeConfig } from "./support/node.ts";
import { runSchedule } from "./support/schedule.ts";

const CONFIGS: readonly Partial<NodeConfig>[] = [
  {},
  { preVote: true, checkQuorum: true },
  {
    asyncStorageWrites: true,
    maxSizePerMsg: 40,
    maxCommittedSizePerReady: 60,
    maxInflightMsgs: 2,
    maxUncommittedEntriesSize: 20,
    maxInflightBytes: 40,
  },
];

/** Those that random schedules are too coarse for: each has a test of its own below. */
const BY_HAND: readonly RaftMistakeId[] = ["R8", "R18", "R28", "R29", "R34", "R37", "R38"];

/** The run's digest, or the property it violated. */
function digest(seed: number, config: Partial<NodeConfig>): string {
  try {
    return runSchedule({ seed, steps: 2500, config }).digest;
  } catch (error) {
    return String(error);
  }
}

describe("each mistake of the museum", () => {
  const healthy = new Map<string, string>();
  const healthyDigest = (seed: number, at: number): string => {
    const key = `${seed}/${at}`;
    const known = healthy.get(key) ?? digest(seed, CONFIGS[at] as Partial<NodeConfig>);
    healthy.set(key, known);
    return known;
  };

  const drawn = RAFT.map(({ id }) => id).filter((id) => !BY_HAND.includes(id));
  it.each(drawn)("%s changes what some random schedule comes to", (id) => {
    for (let seed = 0; seed < 60; seed++) {
      for (let at = 0; at < CONFIGS.length; at++) {
        const mistaken = digest(seed, { ...CONFIGS[at], ...making(id) });
        if (mistaken !== healthyDigest(seed, at)) return;
      }
    }
    expect.unreachable(`${id} was never seen`);
  });
});

function making(id: RaftMistakeId | null): Partial<NodeConfig> {
  return { mistakes: mistakesOf(id === null ? [] : [id]) };
}

function isApp(m: Message): boolean {
  return m.type === MessageType.App;
}

describe("by hand", () => {
  it("R8: a follower commits its own divergent tail instead of what the leader vouched for", () => {
    const committed = (id: RaftMistakeId | null): number => {
      const follower = new Cluster(3, making(id)).node(1).raw;
      const app = (index: number, terms: number[], commit: number): Message =>
        makeMessage({
          type: MessageType.App,
          to: 1,
          from: 2,
          term: 5,
          logTerm: 1,
          index,
          entries: terms.map((term, i) => ({
            term,
            index: index + 1 + i,
            type: 0,
            data: bytes(""),
          })),
          commit,
        });
      follower.step(app(1, [2, 2, 2], 1)); // indexes 2 to 4, none committed
      follower.step(app(1, [2], 4)); // only 2 is vouched for
      return follower.raft.log.committed;
    };
    expect(committed(null)).toBe(2);
    expect(committed("R8")).toBe(4);
  });

  it("R18: a promoted learner that has not heard of it leaves the group without a quorum", () => {
    const answer = (id: RaftMistakeId | null): boolean | undefined => {
      const cluster = new Cluster(2, making(id), confState([2], [1]));
      const learner = cluster.node(1);
      learner.raw.step(
        makeMessage({ type: MessageType.Vote, to: 1, from: 2, term: 3, logTerm: 1, index: 1 }),
      );
      return learner.handleReady().find((m) => m.type === MessageType.VoteResp)?.reject;
    };
    expect(answer(null)).toBe(false);
    expect(answer("R18")).toBe(true);
  });

  it("R28: lease-based reads need CheckQuorum, and forbid to forget the leader", () => {
    const lease = { readOnlyOption: ReadOnlyOption.LeaseBased };
    expect(() => new Cluster(1, lease)).toThrow(
      "CheckQuorum must be enabled when ReadOnlyOption is ReadOnlyLeaseBased",
    );
    expect(() => new Cluster(1, { ...lease, ...making("R28") })).not.toThrow();
    const leadAfterForget = (id: RaftMistakeId | null): number => {
      const cluster = new Cluster(3, { ...lease, checkQuorum: true, ...making(id) });
      cluster.elect(1);
      cluster.node(2).raw.forgetLeader();
      return cluster.node(2).raw.raft.lead;
    };
    expect(leadAfterForget(null)).toBe(1);
    expect(leadAfterForget("R28")).toBe(0);
  });

  it("R29: a transfer to a demoted node is not aborted", () => {
    const transferee = (id: RaftMistakeId | null): number => {
      const cluster = new Cluster(3, making(id));
      const leader = cluster.elect(1).raw;
      cluster.isolated.add(3);
      cluster.propose(1, "x"); // 3 lags, so the transfer has to wait
      leader.transferLeader(3);
      leader.applyConfChange({
        id: 0,
        type: ConfChangeType.AddLearnerNode,
        nodeId: 3,
        context: bytes(""),
      });
      return leader.basicStatus().leadTransferee;
    };
    expect(transferee(null)).toBe(0);
    expect(transferee("R29")).toBe(3);
  });

  it("R34: a follower that got an older snapshot elsewhere stays in StateSnapshot", () => {
    const stateAfterAck = (id: RaftMistakeId | null): number => {
      const cluster = new Cluster(3, making(id));
      const leader = cluster.elect(1);
      cluster.isolated.add(3);
      for (const text of ["a", "b", "c", "d"]) cluster.propose(1, text);
      leader.compact(2);
      cluster.isolated.clear();
      const progress = () => leader.raw.status().progress.get(3);
      leader.raw.step(makeMessage({ type: MessageType.HeartbeatResp, to: 1, from: 3, term: 1 }));
      const rejected = {
        type: MessageType.AppResp,
        to: 1,
        from: 3,
        term: 1,
        reject: true,
      } as const;
      const index = (progress()?.next ?? 0) - 1;
      leader.raw.step(makeMessage({ ...rejected, index, rejectHint: 1, logTerm: 1 }));
      expect(progress()?.state).toBe(ProgressState.Snapshot);
      const firstIndex = leader.storage.firstIndex();
      leader.raw.step(
        makeMessage({ type: MessageType.AppResp, to: 1, from: 3, term: 1, index: firstIndex - 1 }),
      );
      return progress()?.state ?? -1;
    };
    expect(stateAfterAck(null)).toBe(ProgressState.Replicate);
    expect(stateAfterAck("R34")).toBe(ProgressState.Snapshot);
  });

  it("R37: an ack of an older term's write marks the rewritten entries as durable", () => {
    const unstable = (id: RaftMistakeId | null): number => {
      const cluster = new Cluster(3, { asyncStorageWrites: true, ...making(id) });
      const node = cluster.node(1).raw;
      const app = (term: number, entryTerm: number): Message =>
        makeMessage({
          type: MessageType.App,
          to: 1,
          from: 2,
          term,
          logTerm: 1,
          index: 1,
          entries: [{ term: entryTerm, index: 2, type: 0, data: bytes("") }],
        });
      node.step(app(2, 2));
      const written = node.ready().messages.find((m) => m.type === MessageType.StorageAppend);
      node.step(app(3, 3)); // overwritten …
      node.ready();
      node.step(app(4, 2)); // … and back again, on its way to the disk once more
      for (const m of written?.responses ?? []) if (m.to === 1) node.step(m);
      return node.raft.log.unstable.entries.length;
    };
    expect(unstable(null)).toBe(1);
    expect(unstable("R37")).toBe(0);
  });

  it("R38: a node campaigns while its snapshot is not applied yet", () => {
    const state = (id: RaftMistakeId | null): StateType => {
      const node = new Cluster(3, making(id)).node(1).raw;
      const snapshot = firstSnapshot(confState([1, 2, 3]));
      const metadata = { ...snapshot.metadata, index: 9, term: 2 };
      node.step(
        makeMessage({
          type: MessageType.Snap,
          to: 1,
          from: 2,
          term: 2,
          snapshot: { ...snapshot, metadata },
        }),
      );
      node.campaign();
      return node.raft.state;
    };
    expect(state(null)).toBe(StateType.Follower);
    expect(state("R38")).toBe(StateType.Candidate);
  });

  it("R35: a full window whose messages all got lost is never probed again", () => {
    const probes = (id: RaftMistakeId | null): number => {
      const cluster = new Cluster(3, { maxInflightMsgs: 1, ...making(id) });
      const leader = cluster.elect(1);
      cluster.isolated.add(3);
      cluster.propose(1, "lost");
      leader.raw.step(makeMessage({ type: MessageType.HeartbeatResp, to: 1, from: 3, term: 1 }));
      return leader.handleReady().filter((m) => isApp(m) && m.to === 3).length;
    };
    expect(probes(null)).toBe(1);
    expect(probes("R35")).toBe(0);
  });
});

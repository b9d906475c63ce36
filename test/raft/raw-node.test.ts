import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeConfig, NO_LIMIT, validateConfig } from "../../src/raft/config.ts";
import {
  ErrProposalDropped,
  ErrSnapshotTemporarilyUnavailable,
  ErrStepLocalMsg,
  ErrStepPeerNotFound,
  RaftPanic,
} from "../../src/raft/errors.ts";
import { makeMessage } from "../../src/raft/messages.ts";
import { LogLevel, type RaftObserver, type RoleReason } from "../../src/raft/observer.ts";
import { RawNode } from "../../src/raft/raw-node.ts";
import { MemoryStorage } from "../../src/raft/storage.ts";
import { ProgressState } from "../../src/raft/tracker/progress.ts";
import { configText } from "../../src/raft/tracker/tracker-config.ts";
import {
  ConfChangeTransition,
  ConfChangeType,
  EMPTY,
  EntryType,
  MessageType,
  StateType,
} from "../../src/raft/types.ts";
import { bytes, Cluster } from "./support/cluster.ts";
import { Dice } from "./support/dice.ts";
import { confState, firstSnapshot } from "./support/node.ts";
import { runSchedule } from "./support/schedule.ts";

const base = () =>
  makeConfig({ id: 1, storage: new MemoryStorage(), randomElectionTimeout: (ticks) => ticks });

describe("a config", () => {
  it.each([
    [{ id: 0 }, "cannot use none as id"],
    [{ id: -1 }, "cannot use local target as id"],
    [{ heartbeatTick: 0 }, "heartbeat tick must be greater than 0"],
    [{ electionTick: 1 }, "election tick must be greater than heartbeat tick"],
    [{ maxInflightMsgs: 0 }, "max inflight messages must be greater than 0"],
    [{ maxInflightBytes: 5 }, "max inflight bytes must be >= max message size"],
    [
      { readOnlyOption: 1 as const, checkQuorum: false },
      "CheckQuorum must be enabled when ReadOnlyOption is ReadOnlyLeaseBased",
    ],
  ])("that is wrong is refused with etcd's words: %o", (wrong, text) => {
    expect(() => new RawNode({ ...base(), ...wrong })).toThrow(text);
  });

  it("reads 0 as no limit, or as the other limit", () => {
    const { maxUncommittedEntriesSize, maxInflightBytes, maxCommittedSizePerReady, maxSizePerMsg } =
      validateConfig(base());
    expect([maxUncommittedEntriesSize, maxInflightBytes]).toEqual([NO_LIMIT, NO_LIMIT]);
    expect(maxCommittedSizePerReady).toBe(maxSizePerMsg);
  });
});

describe("starting", () => {
  it("a new group begins with its members as committed entries of term 1", () => {
    const node = new RawNode(base());
    node.bootstrap([1, 2, 3].map((id) => ({ id, context: bytes(`peer ${id}`) })));
    const ready = node.ready();
    expect(ready.hardState).toEqual({ term: 1, vote: 0, commit: 3 });
    expect(ready.committedEntries.map((e) => e.index)).toEqual([1, 2, 3]);
    expect(ready.mustSync).toBe(true);
    expect(configText(node.raft.tracker.config)).toBe("voters=(1 2 3)");
    expect(() => node.bootstrap([])).toThrow("must provide at least one peer to Bootstrap");
  });

  it("refuses a commit index beyond the log: it was lost", () => {
    const storage = new MemoryStorage();
    storage.setHardState({ term: 2, vote: 0, commit: 9 });
    expect(() => new RawNode({ ...base(), storage })).toThrow(
      "1 state.commit 9 is out of range [0, 0]",
    );
  });

  it("goes on from term, vote and commit of the storage", () => {
    const storage = new MemoryStorage();
    storage.applySnapshot(firstSnapshot(confState([1, 2])));
    storage.append([{ index: 2, term: 1, type: 0, data: EMPTY }]);
    storage.setHardState({ term: 4, vote: 2, commit: 2 });
    const node = new RawNode({ ...base(), storage, applied: 1 });
    expect(node.basicStatus()).toMatchObject({ term: 4, vote: 2, commit: 2, applied: 1 });
    expect(node.ready().committedEntries.map((e) => e.index)).toEqual([2]);
  });
});

describe("messages from outside", () => {
  it("are refused if they are local, or answers from strangers", () => {
    const node = new Cluster(3).node(1).raw;
    expect(node.step(makeMessage({ type: MessageType.Hup, from: 2 }))).toBe(ErrStepLocalMsg);
    expect(node.step(makeMessage({ type: MessageType.AppResp, from: 9, term: 1 }))).toBe(
      ErrStepPeerNotFound,
    );
  });

  it("that cannot be true are a panic", () => {
    const node = new Cluster(3).node(1).raw;
    const heartbeat = makeMessage({ type: MessageType.Heartbeat, from: 2, term: 1, commit: 9 });
    expect(() => node.step(heartbeat)).toThrow(RaftPanic);
    expect(() => node.step(heartbeat)).toThrow(
      "tocommit(9) is out of range [lastIndex(1)]. Was the raft log corrupted, truncated, or lost?",
    );
  });
});

describe("Ready", () => {
  it("must not be taken twice without Advance", () => {
    const cluster = new Cluster(1);
    const { raw } = cluster.elect(1);
    raw.propose(bytes("a"));
    raw.ready();
    raw.propose(bytes("b"));
    expect(() => raw.ready()).toThrow("two accepted Ready structs without call to Advance");
  });

  it("needs a sync for entries, term and vote, but not for a commit index alone", () => {
    const cluster = new Cluster(1);
    const { raw } = cluster.elect(1);
    raw.propose(bytes("a"));
    const append = raw.ready();
    expect(append.mustSync).toBe(true);
    cluster.node(1).storage.append(append.entries);
    raw.advance();
    const commit = raw.ready();
    expect([commit.hardState?.commit, commit.mustSync]).toEqual([3, false]);
  });

  it("can be looked at without taking it", () => {
    const { raw } = new Cluster(3).node(1);
    raw.campaign();
    const seen = raw.readyWithoutAccept();
    expect(raw.readyWithoutAccept()).toEqual(seen);
    expect(raw.ready()).toEqual(seen);
    expect(raw.readyWithoutAccept().messages).toEqual([]);
  });

  it("is there exactly when it holds something", () => {
    fc.assert(
      fc.property(fc.nat(), fc.boolean(), (seed, asyncStorageWrites) => {
        const dice = new Dice(seed);
        const cluster = new Cluster(3, { asyncStorageWrites });
        for (let i = 0; i < 300; i++) {
          const node = cluster.node(dice.below(3) + 1);
          const { hardState, softState, snapshot, ...lists } = node.raw.readyWithoutAccept();
          const { entries, committedEntries, messages, readStates } = lists;
          const holds =
            hardState !== null ||
            softState !== null ||
            snapshot !== null ||
            [entries, committedEntries, messages, readStates].some((list) => list.length > 0);
          expect(node.raw.hasReady()).toBe(holds);
          if (holds && dice.chance(50)) cluster.send(node.handleReady());
          if (dice.chance(40)) cluster.send([...node.appendOne(), ...node.applyOne()]);
          if (dice.chance(50)) for (const m of cluster.inFlight.splice(0, 2)) cluster.deliver(m);
          if (dice.chance(20)) node.raw.tick();
          if (dice.chance(20)) node.raw.propose(bytes("x"));
          if (dice.chance(5)) node.raw.readIndex(bytes("r"));
        }
      }),
      { seed: 4, numRuns: 20 },
    );
  });
});

describe("Advance", () => {
  const learner = (nodeId: number) =>
    ({ id: 0, type: ConfChangeType.AddLearnerNode, nodeId, context: bytes("") }) as const;

  it("before a change of the configuration is applied keeps the next one out of the log", () => {
    const { raw, storage } = new Cluster(1).elect(1);
    const types: EntryType[] = [];
    const advance = (applied?: number): void => {
      const { entries } = raw.ready();
      storage.append(entries);
      types.push(...entries.map(({ type }) => type));
      raw.advance(applied);
    };
    const before = raw.raft.log.applied;
    raw.proposeConfChange(learner(2));
    advance();
    advance(before);
    expect(raw.hasReady()).toBe(false);
    raw.proposeConfChange(learner(3));
    advance();
    raw.applyConfChange(learner(2));
    raw.appliedTo(raw.raft.log.committed);
    advance();
    raw.proposeConfChange(learner(3));
    advance();
    const { ConfChange, Normal } = EntryType;
    expect(types).toEqual([ConfChange, Normal, ConfChange]);
  });
});

describe("the logical clock", () => {
  it("may be moved at once up to the tick that does something", () => {
    fc.assert(
      fc.property(fc.nat(), fc.boolean(), (seed, checkQuorum) => {
        const dice = new Dice(seed);
        const cluster = new Cluster(3, { checkQuorum, electionTick: 7, heartbeatTick: 3 });
        if (dice.chance(70)) cluster.elect(dice.below(3) + 1);
        for (let i = 0; i < 30; i++) {
          const { raw } = cluster.node(dice.below(3) + 1);
          const due = raw.ticksUntilDue();
          expect(due).toBeGreaterThanOrEqual(1);
          const before = raw.raft.electionElapsed;
          if (dice.chance(50)) {
            raw.skipTicks(due - 1);
          } else {
            for (let t = 1; t < due; t++) {
              raw.tick();
              expect(raw.hasReady()).toBe(false);
            }
          }
          expect(raw.raft.electionElapsed).toBe(before + due - 1);
          expect(() => raw.skipTicks(1)).toThrow();
          raw.tick(); // this one is due: a heartbeat, a campaign, or an election timeout of a leader
          expect(raw.raft.electionElapsed < before + due || raw.hasReady()).toBe(true);
          cluster.settle();
        }
      }),
      { seed: 6, numRuns: 40 },
    );
  });
});

describe("an observer", () => {
  it("hears why roles change, and builds no line below its level", () => {
    const reasons: RoleReason[] = [];
    const lines: string[] = [];
    const observer: RaftObserver = {
      level: LogLevel.Warn,
      log: (_, text) => lines.push(text),
      role: (_state, _term, _lead, reason) => reasons.push(reason),
    };
    const storage = new MemoryStorage();
    storage.applySnapshot(firstSnapshot(confState([1])));
    const node = new RawNode({ ...base(), storage, applied: 1, observer, electionTick: 3 });
    for (let i = 0; i < 3; i++) node.tick();
    for (let i = 0; i < 3; i++) {
      node.ready();
      node.advance();
    }
    expect(reasons).toEqual(["start", "election timeout", "pre-vote won", "election won"]);
    expect(lines).toEqual([]);
  });

  it("hears of quorum lost, leader found, higher term and leader forgotten", () => {
    const heard: string[] = [];
    const cluster = new Cluster(3, { checkQuorum: true });
    for (const node of cluster.nodes) {
      const observer: RaftObserver = {
        level: LogLevel.None,
        log: () => {},
        role: (state, term, lead, reason) =>
          heard.push(`${node.id} ${state}/${term}/${lead} ${reason}`),
      };
      Object.assign(node.raw.raft.logger, { observer });
    }
    cluster.elect(1);
    cluster.node(2).raw.forgetLeader();
    cluster.isolated.add(1);
    for (let i = 0; i < 10; i++) cluster.node(1).raw.tick();
    expect(heard).toEqual([
      "1 1/1/0 campaign",
      "2 0/1/0 higher term",
      "3 0/1/0 higher term",
      "1 2/1/1 election won",
      "2 0/1/1 leader found",
      "3 0/1/1 leader found",
      "2 0/1/0 leader forgotten",
      "1 0/1/0 quorum lost",
    ]);
  });
});

describe("proposals", () => {
  it("are dropped without a leader, and while leadership is handed over", () => {
    const cluster = new Cluster(3);
    expect(cluster.node(2).raw.propose(bytes("x"))).toBe(ErrProposalDropped);
    const leader = cluster.elect(1).raw;
    cluster.isolated.add(3);
    cluster.propose(1, "y");
    leader.transferLeader(3);
    expect(leader.propose(bytes("z"))).toBe(ErrProposalDropped);
    for (let i = 0; i < 5; i++) leader.tick();
    expect(leader.propose(bytes("z"))).toBe(null);
  });

  it("go to the leader from wherever they are made", () => {
    const cluster = new Cluster(3);
    cluster.elect(1);
    cluster.propose(3, "from a follower");
    for (const node of cluster.nodes) {
      expect(node.applied.at(-1)).toBe("1/3:0:from a follower");
    }
  });

  it("of several entries are one message", () => {
    const cluster = new Cluster(3);
    const leader = cluster.elect(1);
    leader.raw.proposeMany(["a", "b", "c"].map(bytes));
    const apps = leader.handleReady().filter((m) => m.type === MessageType.App);
    expect(apps.map((m) => m.entries.length)).toEqual([3, 3]);
  });

  it("beyond the quota of uncommitted bytes are dropped, until some commit", () => {
    const cluster = new Cluster(3, { maxUncommittedEntriesSize: 10 });
    const { raw } = cluster.elect(1);
    expect(raw.propose(bytes("far beyond the limit"))).toBe(null); // the first always passes
    expect(raw.propose(bytes("x"))).toBe(ErrProposalDropped);
    expect(raw.propose(bytes(""))).toBe(null);
    cluster.settle();
    expect(raw.propose(bytes("x"))).toBe(null);
  });
});

describe("membership", () => {
  it("goes through a joint configuration and leaves it by itself", () => {
    const cluster = new Cluster(5, {}, confState([1, 2, 3]));
    const { raw } = cluster.elect(1);
    raw.proposeConfChange({
      transition: ConfChangeTransition.Auto,
      changes: [
        { type: ConfChangeType.RemoveNode, nodeId: 2 },
        { type: ConfChangeType.RemoveNode, nodeId: 3 },
        { type: ConfChangeType.AddNode, nodeId: 4 },
        { type: ConfChangeType.AddNode, nodeId: 5 },
      ],
      context: EMPTY,
    });
    cluster.settle();
    for (const id of [1, 4, 5]) {
      const { config } = cluster.node(id).raw.raft.tracker;
      expect(configText(config)).toBe("voters=(1 4 5)");
    }
    cluster.isolated.add(2);
    cluster.isolated.add(3);
    cluster.propose(1, "without the old ones");
    expect(cluster.node(5).applied.at(-1)).toContain("without the old ones");
  });

  it("steps a removed leader down only if told to", () => {
    const stateAfterRemoval = (stepDownOnRemoval: boolean): StateType => {
      const cluster = new Cluster(3, { stepDownOnRemoval });
      const { raw } = cluster.elect(1);
      raw.proposeConfChange({ id: 1, type: ConfChangeType.RemoveNode, nodeId: 1, context: EMPTY });
      cluster.settle();
      return raw.raft.state;
    };
    expect(stateAfterRemoval(true)).toBe(StateType.Follower);
    expect(stateAfterRemoval(false)).toBe(StateType.Leader);
  });
});

describe("a follower that fell behind a compaction", () => {
  it("gets a snapshot, then the rest of the log", () => {
    const cluster = new Cluster(3);
    const leader = cluster.elect(1);
    cluster.isolated.add(3);
    for (const text of ["a", "b", "c"]) cluster.propose(1, text);
    leader.compact(0);
    cluster.isolated.clear();
    cluster.tick(2);
    cluster.propose(1, "d");
    expect(cluster.node(3).applied).toEqual(leader.applied);
    expect(leader.raw.status().progress.get(3)?.state).toBe(ProgressState.Replicate);
  });

  it("waits while the storage has no snapshot to give", () => {
    const cluster = new Cluster(3);
    const leader = cluster.elect(1);
    cluster.isolated.add(3);
    for (const text of ["a", "b"]) cluster.propose(1, text);
    leader.compact(0);
    const { snapshot } = leader.storage;
    leader.storage.snapshot = () => ErrSnapshotTemporarilyUnavailable;
    cluster.isolated.clear();
    cluster.tick(2);
    expect(leader.raw.status().progress.get(3)?.state).toBe(ProgressState.Probe);
    expect(cluster.node(3).applied.length).toBe(2);
    leader.storage.snapshot = snapshot;
    cluster.tick(2);
    expect(cluster.node(3).applied).toEqual(leader.applied);
  });
});

describe("linearizable reads", () => {
  it("wait until a quorum has echoed them; late echoes confirm nothing new", () => {
    const cluster = new Cluster(3);
    const leader = cluster.elect(1);
    const ask = (text: string) => leader.raw.readIndex(bytes(text));
    ask("first");
    const heartbeats = leader.handleReady().filter((m) => m.type === MessageType.Heartbeat);
    expect(heartbeats.length).toBe(2);
    const echo = (m: (typeof heartbeats)[number]) =>
      leader.raw.step(
        makeMessage({
          type: MessageType.HeartbeatResp,
          from: m.to,
          to: 1,
          term: 1,
          context: m.context,
        }),
      );
    ask("second");
    leader.handleReady();
    for (const m of heartbeats) echo(m);
    leader.handleReady();
    const answered = leader.reads.map((r) => String.fromCharCode(...r.requestContext));
    expect(answered).toEqual(["first"]);
    cluster.tick(1);
    expect(leader.reads.map((r) => r.index)).toEqual([2, 2]);
  });

  it("are postponed until the leader has committed something in its term", () => {
    const cluster = new Cluster(3);
    cluster.elect(2);
    const { raw, reads } = cluster.node(1);
    raw.campaign();
    for (const node of cluster.nodes) cluster.send(node.handleReady());
    for (const m of cluster.inFlight.splice(0)) cluster.deliver(m);
    for (const id of [2, 3]) cluster.send(cluster.node(id).handleReady());
    for (const m of cluster.inFlight.splice(0)) cluster.deliver(m);
    expect(raw.raft.state).toBe(StateType.Leader);
    raw.readIndex(bytes("early"));
    expect(raw.raft.pendingReads.length).toBe(1);
    cluster.settle();
    expect(reads.map((r) => r.index)).toEqual([3]);
  });

  it("are passed on to the leader and answered to the follower", () => {
    const cluster = new Cluster(3);
    cluster.elect(1);
    cluster.node(3).raw.readIndex(bytes("there"));
    cluster.settle();
    expect(cluster.node(3).reads.map((r) => r.index)).toEqual([2]);
  });

  it("are never answered by a removed leader on behalf of the one voter left", () => {
    const cluster = new Cluster(2);
    const old = cluster.elect(1);
    old.raw.proposeConfChange({
      id: 1,
      type: ConfChangeType.RemoveNode,
      nodeId: 1,
      context: EMPTY,
    });
    cluster.settle();
    expect(configText(old.raw.raft.tracker.config)).toBe("voters=(2)");
    old.raw.readIndex(bytes("stale"));
    cluster.isolated.add(1);
    cluster.settle();
    expect(old.reads).toEqual([]);
  });
});

describe("asynchronous storage writes", () => {
  it("commit the same sequence as synchronous ones", () => {
    const run = (asyncStorageWrites: boolean): string[] => {
      const cluster = new Cluster(3, { asyncStorageWrites });
      cluster.elect(1);
      for (let i = 0; i < 20; i++) cluster.propose((i % 3) + 1, `p${i}`);
      cluster.node(2).raw.campaign();
      cluster.settle();
      cluster.propose(2, "in the next term");
      return cluster.node(3).applied;
    };
    expect(run(true)).toEqual(run(false));
    expect(run(true).length).toBeGreaterThan(20);
  });

  it("forbid Advance", () => {
    const node = new Cluster(1, { asyncStorageWrites: true }).node(1).raw;
    expect(() => node.advance()).toThrow(
      "Advance must not be called when using AsyncStorageWrites",
    );
  });

  it("stay safe under random schedules", () => {
    const outcome = runSchedule({ seed: 3, steps: 4000, config: { asyncStorageWrites: true } });
    expect(outcome.committed).toBeGreaterThan(10);
  });
});

import { expect } from "vitest";
import { RaftError } from "../../../src/raft/errors.ts";
import { makeMessage } from "../../../src/raft/messages.ts";
import { ProgressState } from "../../../src/raft/tracker/progress.ts";
import { type Message, MessageType, type Snapshot } from "../../../src/raft/types.ts";
import { add, addLearner, change, leaveJoint, remove } from "./support/changes.ts";
import { chapter } from "./support/chapter.ts";
import { Group } from "./support/group.ts";
import {
  appendEntries,
  both,
  bytes,
  confState,
  from,
  heartbeatReply,
  installSnapshot,
  ofType,
  snapshotOf,
  text,
  to,
  touching,
} from "./support/rpc.ts";
import { ELECTION_TIMEOUT, type Past, Server } from "./support/server.ts";

const THREE = confState([1, 2, 3]);
const SNAPSHOTS = ofType(MessageType.Snap);

function snapshotOn(server: Server): Snapshot {
  const found = server.disk.snapshot();
  if (found instanceof RaftError) throw found;
  return found;
}

/** Three servers, led by 1, of which 3 has missed all but the first entry. */
function lagging(options = {}): Group {
  const group = new Group({ size: 3, options });
  group.elect(1);
  group.cut(touching(3));
  for (const command of ["a", "b", "c", "d"]) group.propose(1, command);
  return group;
}

chapter("Raft 7 Log compaction", (it) => {
  it("each server takes snapshots independently, covering just the committed entries in its log", () => {
    const group = new Group({ size: 3 });
    group.elect(1);
    group.propose(1, "a");
    group.cut(to(2, 3));
    group.send(group.leader.propose("uncommitted"));
    group.leader.compact();
    expect([snapshotOn(group.leader).metadata.index, group.leader.log]).toEqual([2, [1]]);
    expect(text(snapshotOn(group.leader).data)).toBe("a");
    // The others have their whole log, and no snapshot.
    expect([group.server(2).log, snapshotOn(group.server(2)).metadata.index]).toEqual([[1, 1], 0]);
  });

  it("followers can take snapshots without the knowledge of the leader", () => {
    const group = new Group({ size: 3 });
    group.elect(1);
    group.propose(1, "a");
    group.tick();
    group.sent.length = 0;
    group.server(2).compact();
    group.settle();
    expect(group.sent).toEqual([]);
    group.propose(1, "b");
    group.tick();
    expect([group.server(2).log, group.server(2).executed]).toEqual([[1], ["a", "b"]]);
  });

  it("the last included index and term are preserved to support the AppendEntries consistency check for the first log entry following the snapshot", () => {
    const CHECKS = [
      { prevTerm: 2, prevIndex: 3, accepted: true },
      { prevTerm: 1, prevIndex: 3, accepted: false },
      { prevTerm: 3, prevIndex: 3, accepted: false },
      { prevTerm: 0, prevIndex: 3, accepted: false },
      { prevTerm: 2, prevIndex: 4, accepted: false },
    ];
    for (const { prevTerm, prevIndex, accepted } of CHECKS) {
      const past = { snapshot: snapshotOf(3, 2, THREE), term: 3 };
      const follower = new Server(1, THREE, past);
      const append = appendEntries({ from: 2, term: 3, prevTerm, prevIndex, terms: [3] });
      const [reply] = follower.hears(append);
      expect([reply?.reject, follower.log]).toEqual(accepted ? [false, [3]] : [true, []]);
    }
  });

  it("… and so does a leader whose log begins with a snapshot: it names the last included entry", () => {
    const group = new Group({ size: 3 });
    group.elect(1);
    group.propose(1, "a");
    group.leader.compact();
    group.sent.length = 0;
    group.propose(1, "b");
    const first = group.sent.find(both(ofType(MessageType.App), to(2)));
    expect([first?.index, first?.logTerm]).toEqual([2, 1]);
    expect(group.sent.filter(SNAPSHOTS)).toEqual([]);
  });

  it("a log that begins with a snapshot is as up-to-date as before", () => {
    const past = { snapshot: snapshotOf(3, 2, THREE), term: 3 };
    const group = new Group({ size: 3, pasts: { 1: past, 2: { log: [1, 2] }, 3: past } });
    expect(group.campaign(2).role).toBe("follower");
    group.elect(3);
  });

  it("the snapshot also includes the latest configuration in the log as of last included index", () => {
    const group = new Group({ size: 5, members: THREE });
    group.elect(1);
    group.send(change(group.leader, [add(4)]));
    group.settle();
    group.send(change(group.leader, [addLearner(5)]));
    group.settle();
    group.leader.compact();
    expect(snapshotOn(group.leader).metadata.confState).toEqual(
      confState([1, 2, 3, 4], { learners: [5] }),
    );
    group.crash(1);
    group.restart(1);
    expect(group.server(1).members).toBe("voters=(1 2 3 4) learners=(5)");
  });

  it("… a joint configuration too: a restart does not leave it", () => {
    const group = new Group({ size: 5, members: THREE });
    group.elect(1);
    group.send(change(group.leader, [add(4), add(5), addLearner(2)], "stay joint"));
    group.settle();
    const members = "voters=(1 3 4 5)&&(1 2 3) learners_next=(2)";
    expect(group.leader.members).toBe(members);
    group.tick();
    for (const server of group.servers) server.compact();
    group.crash(1, 2, 3, 4, 5);
    group.restart(1, 2, 3, 4, 5);
    for (const server of group.servers) expect(server.members).toBe(members);
    // C_new alone cannot elect.
    group.cut(touching(1, 2));
    expect(group.campaign(4).role).toBe("candidate");
    group.heal();
    group.elect(4);
    group.send(leaveJoint(group.leader));
    group.settle();
    expect(group.leader.members).toBe("voters=(1 3 4 5) learners=(2)");
  });

  it("once a server completes writing a snapshot, it may delete all log entries up through the last included index, as well as any prior snapshot", () => {
    const group = new Group({ size: 1 });
    const server = group.elect(1);
    for (let i = 1; i <= 9; i++) {
      group.propose(1, `${i}`);
      if (i % 3 !== 0) continue;
      server.compact();
      expect([server.log, snapshotOn(server).metadata.index]).toEqual([[], i + 1]);
    }
    group.crash(1);
    group.restart(1);
    expect(server.executed).toEqual(["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  });

  it("the leader must occasionally send snapshots to followers that lag behind. This happens when the leader has already discarded the next log entry that it needs to send to a follower", () => {
    for (const keep of [0, 1, 2, 3, 4]) {
      const group = lagging();
      // The leader keeps the last entries; 3 needs entry 2, of five.
      group.leader.compact(keep);
      group.heal();
      group.sent.length = 0;
      group.tick(3);
      const sent = group.sent.filter(SNAPSHOTS).length;
      expect([keep, sent > 0]).toEqual([keep, keep < 4]);
      expect(group.server(3).executed).toEqual(["a", "b", "c", "d"]);
      expect(group.server(3).commit).toBe(5);
    }
  });

  it("an append never stands on an entry that was discarded", () => {
    const group = lagging({ maxSizePerMsg: 0 });
    group.leader.compact();
    group.heal();
    group.sent.length = 0;
    group.tick(3);
    for (const m of group.sent.filter(ofType(MessageType.App))) {
      expect(m.index === 0 ? 0 : 1).toBe(m.logTerm);
    }
    expect(group.server(3).executed).toEqual(["a", "b", "c", "d"]);
  });

  it("a new server joining the cluster: the way to bring such a follower up-to-date is for the leader to send it a snapshot", () => {
    const group = new Group({ size: 4, members: THREE });
    group.elect(1);
    for (const command of ["a", "b", "c"]) group.propose(1, command);
    group.cut(touching(4));
    group.send(change(group.leader, [add(4)]));
    group.settle();
    group.leader.compact();
    group.heal();
    group.tick(2);
    expect(group.sent.filter(both(SNAPSHOTS, to(4))).length).toBe(1);
    expect([group.server(4).executed, group.server(4).members]).toEqual([
      ["a", "b", "c"],
      "voters=(1 2 3 4)",
    ]);
  });

  it("usually the snapshot will contain new information not already in the recipient's log. In this case, the follower discards its entire log; it may possibly have uncommitted entries that conflict with the snapshot", () => {
    const data = bytes("state");
    const snapshot = snapshotOf(4, 3, THREE, data);
    for (const log of [[], [1], [1, 2, 2, 2], [1, 2, 2, 2, 2, 2]]) {
      const follower = new Server(1, THREE, { log, term: 3 });
      const [reply] = follower.hears(installSnapshot({ from: 2, term: 3, snapshot }));
      expect([reply?.type, reply?.reject, reply?.index]).toEqual([MessageType.AppResp, false, 4]);
      expect([follower.log, follower.commit, follower.executed]).toEqual([[], 4, ["state"]]);
      expect(follower.raft.log.lastIndex()).toBe(4);
      follower.hears(appendEntries({ from: 2, term: 3, prevTerm: 3, prevIndex: 4, terms: [3] }));
      expect(follower.log).toEqual([3]);
    }
  });

  // etcd-io/raft keeps the covered entries too: its log needs no snapshot of which it has the entries.
  it("if instead the follower receives a snapshot that describes a prefix of its log, entries following the snapshot are still valid and must be retained", () => {
    const follower = new Server(1, THREE, { log: [1, 2, 3, 3, 3], term: 3 });
    const snapshot = snapshotOf(3, 3, THREE, bytes("state"));
    const [reply] = follower.hears(installSnapshot({ from: 2, term: 3, snapshot }));
    expect(follower.log.slice(-2)).toEqual([3, 3]);
    expect([follower.raft.log.lastIndex(), follower.commit, reply?.index]).toEqual([5, 3, 3]);
  });

  it("a snapshot that does not reach the commit index is of no use, and does no harm", () => {
    const follower = new Server(1, THREE, { log: [1, 2, 3], term: 3, commit: 3 });
    const snapshot = snapshotOf(2, 2, THREE, bytes("old"));
    const [reply] = follower.hears(installSnapshot({ from: 2, term: 3, snapshot }));
    expect([follower.log, follower.executed, reply?.index]).toEqual([
      [1, 2, 3],
      ["1.1", "2.2", "3.3"],
      3,
    ]);
  });
});

interface InstallCase {
  readonly rule: string;
  readonly past: Past;
  readonly term: number;
  readonly snapshot: Snapshot;
  readonly reply: number | null;
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly executed: readonly string[];
}

const FIGURE_13: readonly InstallCase[] = [
  {
    rule: "1. Reply immediately if term < currentTerm (etcd-io/raft is silent)",
    past: { log: [1], term: 5 },
    term: 4,
    snapshot: snapshotOf(9, 4, THREE, bytes("new")),
    reply: null,
    firstIndex: 1,
    lastIndex: 1,
    executed: [],
  },
  {
    rule: "5. Save snapshot file, discard any existing or partial snapshot with a smaller index",
    past: { snapshot: snapshotOf(4, 2, THREE, bytes("old")), term: 5 },
    term: 5,
    snapshot: snapshotOf(9, 4, THREE, bytes("new")),
    reply: 9,
    firstIndex: 10,
    lastIndex: 9,
    executed: ["new"],
  },
  {
    rule: "5. … not one with a larger index",
    past: { snapshot: snapshotOf(9, 4, THREE, bytes("new")), term: 5 },
    term: 5,
    snapshot: snapshotOf(4, 2, THREE, bytes("old")),
    reply: 9,
    firstIndex: 10,
    lastIndex: 9,
    executed: ["new"],
  },
  {
    rule: "6. If existing log entry has same index and term as snapshot's last included entry, retain log entries following it and reply",
    past: { log: [1, 2, 2, 2], term: 5 },
    term: 5,
    snapshot: snapshotOf(2, 2, THREE, bytes("new")),
    reply: 2,
    firstIndex: 1,
    lastIndex: 4,
    executed: ["1.1", "2.2"],
  },
  {
    rule: "7. Discard the entire log (the entry at that index is of another term)",
    past: { log: [1, 1, 1, 1], term: 5 },
    term: 5,
    snapshot: snapshotOf(2, 2, THREE, bytes("new")),
    reply: 2,
    firstIndex: 3,
    lastIndex: 2,
    executed: ["new"],
  },
  {
    rule: "8. Reset state machine using snapshot contents",
    past: { log: [1, 1, 1], term: 5, commit: 2 },
    term: 5,
    snapshot: snapshotOf(6, 2, THREE, bytes("a b c")),
    reply: 6,
    firstIndex: 7,
    lastIndex: 6,
    executed: ["a", "b", "c"],
  },
];

chapter("Raft figure 13: InstallSnapshot RPC", (it) => {
  for (const { rule, past, term, snapshot, reply, firstIndex, lastIndex, executed } of FIGURE_13) {
    it(rule, () => {
      const server = new Server(1, THREE, past);
      const replies = server.hears(installSnapshot({ from: 2, term, snapshot }));
      expect(replies.map((m) => m.index)).toEqual(reply === null ? [] : [reply]);
      const { log } = server.raft;
      expect([log.firstIndex(), log.lastIndex()]).toEqual([firstIndex, lastIndex]);
      expect(server.executed).toEqual(executed);
      expect(server.term).toBe(5);
    });
  }

  it("8. … and load snapshot's cluster configuration", () => {
    const STATES = [
      { state: confState([1, 2]), members: "voters=(1 2)" },
      { state: confState([2, 3, 4], { learners: [1] }), members: "voters=(2 3 4) learners=(1)" },
      {
        state: confState([2, 3], { votersOutgoing: [1, 2], learnersNext: [1], autoLeave: true }),
        members: "voters=(2 3)&&(1 2) learners_next=(1) autoleave",
      },
    ];
    for (const { state, members } of STATES) {
      const server = new Server(1, THREE);
      server.hears(installSnapshot({ from: 2, term: 2, snapshot: snapshotOf(9, 1, state) }));
      expect(server.members).toBe(members);
      server.crash();
      server.restart();
      expect(server.members).toBe(members);
    }
  });

  it("a server does not campaign while its snapshot is not installed: its log is not what the vote requests would say", () => {
    const server = new Server(1, THREE, { log: [1] });
    server.raw.step(installSnapshot({ from: 2, term: 2, snapshot: snapshotOf(9, 2, THREE) }));
    server.raw.campaign();
    expect([server.role, server.term]).toEqual(["follower", 2]);
    server.work();
    server.raw.campaign();
    expect([server.role, server.term]).toEqual(["candidate", 3]);
  });
});

chapter("Raft 7: a snapshot on its way", (it) => {
  /** The leader has sent 3 a snapshot at index 5, which is on the wire. */
  function onItsWay(): { group: Group; snapshot: Message } {
    const group = lagging();
    group.leader.compact();
    group.heal();
    group.send(group.leader.tick());
    group.deliverUntil(() => group.wire.some(SNAPSHOTS));
    const snapshot = group.wire.find(SNAPSHOTS) as Message;
    group.lose();
    expect(progressOf3(group).state).toBe(ProgressState.Snapshot);
    return { group, snapshot };
  }

  function progressOf3(group: Group) {
    const found = group.server(1).raft.tracker.get(3);
    if (found === null) throw new Error("no progress of 3");
    return found;
  }

  it("the leader sends nothing else to a follower that waits for a snapshot", () => {
    const { group } = onItsWay();
    group.cut(both(SNAPSHOTS, to(3)));
    group.sent.length = 0;
    group.propose(1, "e");
    group.tick(5);
    expect(group.sent.filter(both(to(3), ofType(MessageType.App, MessageType.Snap)))).toEqual([]);
  });

  it("when it was lost, the leader sends it again", () => {
    const { group } = onItsWay();
    group.server(1).raw.reportSnapshot(3, false);
    group.sent.length = 0;
    group.tick(3);
    expect(group.sent.filter(both(SNAPSHOTS, to(3))).length).toBeGreaterThan(0);
    expect(group.server(3).executed).toEqual(["a", "b", "c", "d"]);
  });

  it("when it arrived, the leader goes on with the entries that follow", () => {
    const { group, snapshot } = onItsWay();
    group.send(group.server(3).hears(snapshot));
    group.settle();
    group.sent.length = 0;
    group.propose(1, "e");
    group.tick();
    expect(group.sent.filter(SNAPSHOTS)).toEqual([]);
    expect(group.server(3).executed).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("any answer that reaches into the leader's log ends the wait, also that to an older snapshot", () => {
    const { group } = onItsWay();
    // Entries 6 and 7 follow; a newer snapshot at 7 is what the leader waits for.
    progressOf3(group).pendingSnapshot = 7;
    group.server(1).hears(heartbeatReply({ from: 3, term: 1 }));
    const older = makeMessage({ type: MessageType.AppResp, to: 1, from: 3, term: 1, index: 5 });
    group.send(group.server(1).hears(older));
    expect(progressOf3(group).state).toBe(ProgressState.Replicate);
  });

  it("a follower that is down is not sent snapshots: nobody would take them", () => {
    const group = lagging({ checkQuorum: true });
    group.heal();
    group.crash(3);
    group.tick(2 * ELECTION_TIMEOUT);
    group.leader.compact();
    group.sent.length = 0;
    for (let i = 0; i < 5; i++) {
      group.leader.raw.reportUnreachable(3); // back to what it is known to have
      group.propose(1, `${i}`);
      group.tick(ELECTION_TIMEOUT);
    }
    expect(group.sent.filter(SNAPSHOTS)).toEqual([]);
    group.restart(3);
    group.tick(3);
    expect(group.server(3).executed).toEqual(group.leader.executed);
    expect(group.sent.filter(both(from(3), ofType(MessageType.HeartbeatResp))).length).not.toBe(0);
  });

  it("a removed server gets none", () => {
    const group = lagging();
    group.send(change(group.leader, [remove(3)]));
    group.settle();
    group.leader.compact();
    group.heal();
    group.sent.length = 0;
    group.tick(5);
    expect(group.sent.filter(to(3))).toEqual([]);
  });
});

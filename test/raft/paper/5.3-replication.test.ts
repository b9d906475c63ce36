import { expect } from "vitest";
import { MessageType } from "../../../src/raft/types.ts";
import { chapter } from "./support/chapter.ts";
import { Group } from "./support/group.ts";
import {
  appendEntries,
  appendReply,
  both,
  confState,
  from,
  ofType,
  text,
  to,
  touching,
} from "./support/rpc.ts";
import { drawnTimeouts, ELECTION_TIMEOUT, Server } from "./support/server.ts";

const THREE = confState([1, 2, 3]);
const APPENDS = ofType(MessageType.App);

/** Three servers led by server 1 in term 1; entry 1 is the leader's own. */
function led(size = 3, options = {}): Group {
  const group = new Group({ size, options });
  group.elect(1);
  return group;
}

chapter("Raft 5.3 Log replication", (it) => {
  it("the leader appends the command to its log as a new entry, then issues AppendEntries RPCs in parallel to each of the other servers to replicate the entry", () => {
    const group = led(5);
    const sent = group.leader.propose("x<-3");
    expect(group.leader.log).toEqual([1, 1]);
    expect(sent.map((m) => [m.type, m.to, m.index, m.entries.length])).toEqual(
      [2, 3, 4, 5].map((id) => [MessageType.App, id, 1, 1]),
    );
    for (const m of sent) expect(m.entries).toEqual(group.leader.entries.slice(1));
  });

  it("when the entry has been safely replicated, the leader applies the entry to its state machine", () => {
    const group = led(5);
    group.send(group.leader.propose("x<-3"));
    group.deliver(to(2));
    group.lose(both(APPENDS, to(3, 4, 5)));
    group.deliver(to(1));
    expect(group.leader.executed).toEqual([]);
    group.tick(); // a heartbeat finds the others behind: 3 gets the entry too
    group.settle();
    expect(group.leader.executed).toEqual(["x<-3"]);
  });

  for (const trouble of ["crashes", "runs slowly", "does not get its packets"]) {
    it(`the leader retries AppendEntries RPCs indefinitely until all followers eventually store all log entries (a follower ${trouble})`, () => {
      const group = led(3, { maxInflightMsgs: 2, maxInflightBytes: 1 << 21 });
      if (trouble === "crashes") group.crash(3);
      if (trouble === "runs slowly") group.cut(from(3));
      if (trouble === "does not get its packets") group.cut(to(3));
      for (let i = 0; i < 9; i++) group.propose(1, `x<-${i}`);
      // The client has its answers.
      expect(group.leader.executed.length).toBe(9);
      group.tick(5 * ELECTION_TIMEOUT);
      if (trouble === "crashes") group.restart(3);
      group.heal();
      group.tick(12);
      expect(group.server(3).entries).toEqual(group.leader.entries);
      expect(group.server(3).executed).toEqual(group.leader.executed);
    });
  }

  it("the leader retries AppendEntries RPCs indefinitely (a window of large messages that were all lost)", () => {
    const group = led(3, { maxSizePerMsg: 64, maxInflightMsgs: 100, maxInflightBytes: 64 });
    for (let round = 0; round < 4; round++) {
      group.cut(to(3));
      group.propose(1, "a".repeat(40));
      group.propose(1, "b".repeat(40));
      group.server(1).raw.reportUnreachable(3);
      group.heal();
      group.tick(2);
      expect(group.server(3).executed).toEqual(group.leader.executed);
    }
  });

  it("each log entry stores a state machine command along with the term number when the entry was received by the leader", () => {
    const group = led();
    group.propose(1, "x<-3");
    group.elect(2);
    group.propose(2, "y<-1");
    for (const { entries } of group.servers) {
      expect(entries.map((entry) => `${entry.term}:${text(entry.data)}`)).toEqual([
        "1:",
        "1:x<-3",
        "2:",
        "2:y<-1",
      ]);
    }
  });

  it("each log entry also has an integer index identifying its position in the log", () => {
    const group = led();
    for (let i = 0; i < 5; i++) group.propose(1, "x");
    expect(group.server(2).entries.map((entry) => entry.index)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("a log entry is committed once the leader that created the entry has replicated it on a majority of the servers", () => {
    for (const size of [1, 2, 3, 4, 5, 7]) {
      const group = led(size);
      const { leader } = group;
      group.send(leader.propose("x<-3"));
      const needed = Math.floor(size / 2);
      for (let others = 0; others <= needed; others++) {
        expect(leader.commit).toBe(others < needed ? 1 : 2);
        group.deliver(to(others + 2));
        group.deliver(both(to(1), from(others + 2)));
      }
    }
  });

  it("this also commits all preceding entries in the leader's log, including entries created by previous leaders", () => {
    const past = { log: [1, 1, 2, 3], term: 3 };
    const group = new Group({ size: 3, pasts: { 1: past, 2: { log: [1], term: 3 }, 3: past } });
    group.elect(1);
    expect(group.leader.log).toEqual([1, 1, 2, 3, 4]);
    expect(group.servers.map((server) => server.commit)).toEqual([5, 5, 5]);
    expect(group.server(2).executed).toEqual(["1.1", "1.2", "2.3", "3.4"]);
  });

  it("the leader keeps track of the highest index it knows to be committed, and it includes that index in future AppendEntries RPCs (including heartbeats)", () => {
    const group = led();
    group.send(group.leader.propose("x<-3"));
    group.deliver();
    group.deliver();
    expect(group.leader.commit).toBe(2);
    expect(group.wire.map((m) => [m.type, m.to, m.commit])).toContainEqual([MessageType.App, 2, 2]);
    expect(group.wire.map((m) => [m.type, m.to, m.commit])).toContainEqual([MessageType.App, 3, 2]);
    group.lose(); // … so that the other servers eventually find out
    expect(group.server(2).commit).toBe(1);
    const beats = group.leader.tick();
    expect(beats.map((m) => [m.type, m.commit])).toEqual([
      [MessageType.Heartbeat, 2],
      [MessageType.Heartbeat, 2],
    ]);
    group.send(beats);
    group.settle();
    expect(group.servers.map((server) => server.commit)).toEqual([2, 2, 2]);
  });

  it("once a follower learns that a log entry is committed, it applies the entry to its local state machine (in log order)", () => {
    const options = { maxCommittedSizePerReady: 1 };
    const follower = new Server(1, THREE, { log: [1, 1, 1, 1, 1] }, options);
    follower.hears(appendEntries({ from: 2, term: 1, prevTerm: 1, prevIndex: 5, commit: 2 }));
    expect(follower.executed).toEqual(["1.1", "1.2"]);
    follower.hears(appendEntries({ from: 2, term: 1, prevTerm: 1, prevIndex: 5, commit: 5 }));
    expect(follower.executed).toEqual(["1.1", "1.2", "1.3", "1.4", "1.5"]);
  });

  it("a leader creates at most one entry with a given log index in a given term, and log entries never change their position in the log", () => {
    const group = led();
    const { leader } = group;
    const before: unknown[] = [];
    for (let i = 0; i < 5; i++) {
      const sent = leader.propose(`x<-${i}`);
      before.push(leader.entries.at(-1));
      expect(leader.entries.slice(1)).toEqual(before);
      if (i % 2 === 0) group.send(sent);
      group.settle();
      group.tick();
    }
  });

  it("if two entries in different logs have the same index and term, then they store the same command and the logs are identical in all preceding entries", () => {
    // Leaders come and go, and most of what they say gets lost.
    const group = new Group({ size: 5, options: drawnTimeouts(53) });
    let sent = 0;
    group.cut((m) => APPENDS(m) && (m.to + ++sent) % 3 !== 0);
    for (let i = 0; i < 60; i++) {
      group.crash(1 + (i % 5));
      group.tick(2 + (i % 7));
      for (const { id } of group.leaders) group.propose(id, `${id}-${i}`);
      group.restart(1 + (i % 5));
    }
    const logs = group.servers.map((server) => server.entries);
    expect(new Set(logs.map((log) => JSON.stringify(log))).size).toBeGreaterThan(2);
    for (const log of logs) {
      for (const other of logs) {
        const same = log.findLastIndex((entry, i) => other[i]?.term === entry.term);
        expect(log.slice(0, same + 1)).toEqual(other.slice(0, same + 1));
      }
    }
  });

  it("when sending an AppendEntries RPC, the leader includes the index and term of the entry in its log that immediately precedes the new entries", () => {
    const group = new Group({ size: 3, pasts: { 1: { log: [1, 1, 4] }, 2: { log: [1] } } });
    group.elect(1);
    for (const m of group.sent.filter(APPENDS)) {
      expect(m.logTerm).toBe(m.index === 0 ? 0 : group.leader.log[m.index - 1]);
      expect(m.entries.map((entry) => entry.index)).toEqual(
        m.entries.map((_, i) => m.index + 1 + i),
      );
    }
  });

  it("if the follower does not find an entry in its log with the same index and term, then it refuses the new entries", () => {
    const follower = new Server(1, THREE, { log: [1, 2, 2], term: 5 });
    for (const [prevTerm, prevIndex, fits] of [
      [0, 0, true],
      [1, 1, true],
      [2, 2, true],
      [2, 3, true],
      [1, 2, false],
      [3, 3, false],
      [2, 4, false],
    ] as const) {
      const [reply] = follower.hears(appendEntries({ from: 2, term: 5, prevTerm, prevIndex }));
      expect(reply?.reject).toBe(!fits);
    }
  });

  it("whenever AppendEntries returns successfully, the leader knows that the follower's log is identical to its own log up through the new entries", () => {
    const group = new Group({
      size: 3,
      pasts: { 1: { log: [1, 2, 4] }, 2: { log: [1, 3, 3, 3], term: 4 }, 3: { log: [1, 2] } },
      options: { maxSizePerMsg: 0 },
    });
    group.send(group.server(1).campaign());
    while (group.wire.length > 0) {
      group.deliver();
      const { tracker } = group.server(1).raft;
      for (const id of [2, 3]) {
        const match = tracker.get(id)?.match ?? 0;
        const ours = group.server(1).entries.slice(0, match);
        expect(group.server(id).entries.slice(0, match)).toEqual(ours);
      }
    }
    expect(group.server(2).log).toEqual([1, 2, 4, 5]);
  });

  it("during normal operation, the AppendEntries consistency check never fails", () => {
    const group = led(5);
    for (let i = 0; i < 30; i++) {
      group.propose(1, "x");
      if (i % 3 === 0) group.tick();
    }
    expect(group.sent.filter((m) => m.reject)).toEqual([]);
  });

  it("conflicting entries in follower logs will be overwritten with entries from the leader's log", () => {
    const group = new Group({
      size: 3,
      pasts: { 1: { log: [1, 1, 4, 4] }, 2: { log: [1, 1, 3, 3, 3], term: 4 }, 3: { log: [1] } },
    });
    group.elect(1);
    expect(group.server(2).log).toEqual([1, 1, 4, 4, 5]);
    expect(group.server(2).executed).toEqual(["1.1", "1.2", "4.3", "4.4"]);
  });

  it("after a rejection, the leader decrements nextIndex and retries the AppendEntries RPC. Eventually nextIndex will reach a point where the leader and follower logs match", () => {
    // Logs whose terms alternate, so that a hint never skips more than it must.
    const past = { 1: { log: [1, 3, 3, 5, 5, 7] }, 2: { log: [1, 2, 2, 4, 4, 6], term: 7 } };
    const group = new Group({ size: 3, pasts: past });
    group.elect(1);
    const tries = group.sent.filter(both(APPENDS, to(2), (m) => m.entries.length > 0));
    const previous = tries.map((m) => m.index);
    expect(previous).toEqual(previous.toSorted((a, b) => b - a));
    expect(new Set(previous).size).toBe(previous.length);
    expect(previous.at(-1)).toBe(1);
    expect(group.server(2).entries).toEqual(group.leader.entries);
  });

  it("Once AppendEntries succeeds, the follower's log is consistent with the leader's, and it will remain that way for the rest of the term", () => {
    const group = led();
    for (let i = 0; i < 20; i++) {
      group.propose(1, `${i}`);
      // Old and doubled messages do not shake it.
      const old = group.sent.filter(both(APPENDS, to(3)))[i];
      if (old !== undefined) group.send(group.server(3).hears(old));
      group.settle();
      expect(group.server(3).entries).toEqual(group.leader.entries);
    }
  });

  it("Raft can accept, replicate, and apply new log entries as long as a majority of the servers are up", () => {
    const group = led(5, { maxUncommittedEntriesSize: 4 });
    group.crash(4, 5);
    for (let i = 0; i < 20; i++) group.propose(1, `x<-${i}`);
    for (const id of [1, 2, 3]) expect(group.server(id).executed.length).toBe(20);
    group.crash(3);
    const before = group.leader.commit;
    group.propose(1, "lost");
    group.tick(20);
    expect(group.leader.commit).toBe(before);
  });

  it("a leader's bound on what it has not committed is its own: it begins anew with each term", () => {
    const group = led(3, { maxUncommittedEntriesSize: 10 });
    group.cut(to(2, 3));
    group.propose(1, "123456789");
    expect(() => group.propose(1, "full")).toThrow("proposal dropped");
    group.heal();
    group.elect(2);
    group.elect(1);
    group.cut(to(2, 3));
    group.propose(1, "123");
    group.propose(1, "456");
  });

  it("in the normal case a new entry can be replicated with a single round of RPCs to a majority of the cluster", () => {
    const group = led(5);
    group.sent.length = 0;
    group.send(group.leader.propose("x<-3"));
    group.deliver();
    group.deliver();
    expect(group.leader.executed).toEqual(["x<-3"]);
    const round = group.sent.filter((m) => m.commit < 2);
    expect(round.map((m) => m.type)).toEqual([
      ...Array.from({ length: 4 }, () => MessageType.App),
      ...Array.from({ length: 4 }, () => MessageType.AppResp),
    ]);
  });

  it("a single slow follower will not impact performance", () => {
    const group = led(5);
    group.cut(touching(5));
    group.sent.length = 0;
    for (let i = 0; i < 10; i++) {
      group.send(group.leader.propose(`x<-${i}`));
      group.deliver();
      group.deliver();
      expect(group.leader.executed.length).toBe(i + 1);
    }
  });

  it("the leader's own disk is one of the majority: it may be the last", () => {
    const leader = new Server(1, THREE, {}, { asyncStorageWrites: true });
    leader.raw.campaign();
    const step = (m: Parameters<typeof leader.raw.step>[0]) => leader.raw.step(m);
    const write = () => leader.raw.ready().messages.find((m) => m.responses !== null);
    for (const m of write()?.responses ?? []) if (m.to === 1) step(m);
    step({ ...appendReply({ from: 2, term: 1, index: 0 }), type: MessageType.VoteResp });
    expect(leader.role).toBe("leader");
    const unwritten = write();
    step(appendReply({ from: 2, term: 1, index: 1 }));
    expect(leader.commit).toBe(0);
    step(appendReply({ from: 3, term: 1, index: 1 }));
    expect(leader.commit).toBe(1); // thesis 10.2.1
    expect(unwritten?.entries.length).toBe(1);
    expect(leader.raw.ready().committedEntries).toEqual([]);
  });
});

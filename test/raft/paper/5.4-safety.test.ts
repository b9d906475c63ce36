import { expect } from "vitest";
import { MessageType } from "../../../src/raft/types.ts";
import { chapter } from "./support/chapter.ts";
import { Group } from "./support/group.ts";
import { appendReply, confState, from, ofType, requestVote, to, touching } from "./support/rpc.ts";
import { drawnTimeouts, type Past, Server } from "./support/server.ts";

const THREE = confState([1, 2, 3]);

/** All subsets of 1..n that hold more than half. */
function majorities(n: number): number[][] {
  const found: number[][] = [];
  for (let mask = 0; mask < 1 << n; mask++) {
    const ids = Array.from({ length: n }, (_, i) => i + 1).filter((id) => (mask >> (id - 1)) & 1);
    if (ids.length * 2 > n) found.push(ids);
  }
  return found;
}

/** Logs from the oldest to the most up-to-date. */
const IN_ORDER: readonly (readonly number[])[] = [
  [],
  [1],
  [1, 1],
  [1, 1, 1, 1, 1],
  [1, 2],
  [2, 2],
  [1, 1, 1, 2],
  [3],
  [1, 2, 3],
  [3, 3, 3],
];

/** Is it decided by the terms, or by the lengths; or are they as good as each other? */
function newer(a: readonly number[], b: readonly number[]): "a" | "b" | "neither" {
  const byTerm = (a.at(-1) ?? 0) - (b.at(-1) ?? 0);
  const order = byTerm !== 0 ? byTerm : a.length - b.length;
  return order > 0 ? "a" : order < 0 ? "b" : "neither";
}

function votes(voter: readonly number[], candidate: readonly number[]): boolean {
  const server = new Server(1, THREE, { log: voter, term: 5 });
  const [reply] = server.hears(
    requestVote({
      from: 2,
      term: 6,
      lastLogTerm: candidate.at(-1) ?? 0,
      lastLogIndex: candidate.length,
    }),
  );
  return reply?.type === MessageType.VoteResp && !reply.reject;
}

chapter("Raft 5.4.1 Election restriction", (it) => {
  it("Raft uses the voting process to prevent a candidate from winning an election unless its log contains all committed entries", () => {
    // Entry 2 of term 2 is on each majority in turn; whoever lacks it cannot win, whoever votes.
    for (const size of [3, 4, 5]) {
      for (const holders of majorities(size)) {
        const pasts: Record<number, Past> = {};
        for (let id = 1; id <= size; id++) {
          pasts[id] = { log: holders.includes(id) ? [1, 2] : [1, 1, 1], term: 2 };
        }
        for (let id = 1; id <= size; id++) {
          const group = new Group({ size, pasts });
          group.campaign(id);
          expect(group.server(id).role).toBe(holders.includes(id) ? "leader" : "follower");
        }
      }
    }
  });

  it("every committed entry must be present in at least one of those servers", () => {
    for (const size of [1, 2, 3, 4, 5]) {
      for (const some of majorities(size)) {
        for (const others of majorities(size)) {
          expect(some.some((id) => others.includes(id))).toBe(true);
        }
      }
    }
    // A candidate that is behind still learns nothing from its voters: it is refused.
    const group = new Group({
      size: 3,
      pasts: { 1: { log: [1] }, 2: { log: [1, 1] }, 3: { log: [1, 1] } },
    });
    expect(group.campaign(1).role).toBe("follower");
    expect(group.server(1).log).toEqual([1]);
  });

  it("the voter denies its vote if its own log is more up-to-date than that of the candidate", () => {
    for (const voter of IN_ORDER) {
      for (const candidate of IN_ORDER) {
        expect(votes(voter, candidate)).toBe(newer(voter, candidate) !== "a");
      }
    }
  });

  it("if the logs have last entries with different terms, then the log with the later term is more up-to-date", () => {
    expect(votes([1, 1, 1, 1, 1], [2])).toBe(true);
    expect(votes([2], [1, 1, 1, 1, 1])).toBe(false);
    expect(votes([1, 3], [2, 2, 2])).toBe(false);
  });

  it("if the logs end with the same term, then whichever log is longer is more up-to-date", () => {
    expect(votes([2, 2], [1, 1, 2])).toBe(true);
    expect(votes([1, 1, 2], [2, 2])).toBe(false);
    expect(votes([1, 2], [2, 2])).toBe(true);
  });

  it("log entries only flow in one direction, from leaders to followers, and leaders never overwrite existing entries in their logs", () => {
    const group = new Group({ size: 5, options: drawnTimeouts(541) });
    const leading = new Map<string, string>();
    let lost = 0;
    group.cut(() => ++lost % 4 === 0);
    for (let i = 0; i < 300; i++) {
      group.tick();
      for (const { id, term, log } of group.leaders) {
        const key = `${id} in ${term}`;
        expect(log.join().startsWith(leading.get(key) ?? "")).toBe(true);
        leading.set(key, log.join());
        if (i % 5 === 0) group.propose(id, "x");
      }
      if (i % 60 === 59) {
        const [old] = group.leaders;
        if (old !== undefined) {
          group.crash(old.id);
          group.tick(40);
          group.restart(old.id);
        }
      }
    }
    expect(leading.size).toBeGreaterThan(3);
    const senders = new Map<number, number>();
    for (const m of group.sent) {
      if (m.entries.length === 0 || m.type === MessageType.Prop) continue;
      expect(m.type).toBe(MessageType.App);
      expect(senders.get(m.term) ?? m.from).toBe(m.from);
      senders.set(m.term, m.from);
    }
  });
});

chapter("Raft 5.4.2 Committing entries from previous terms", (it) => {
  it("a leader knows that an entry from its current term is committed once that entry is stored on a majority of the servers", () => {
    const leader = new Group({ size: 3, pasts: { 1: { log: [1, 1] } } }).elect(1);
    expect([leader.log, leader.commit]).toEqual([[1, 1, 2], 3]);
  });

  it("if a leader crashes before committing an entry, future leaders will attempt to finish replicating the entry", () => {
    const group = new Group({ size: 3 });
    group.elect(1);
    group.cut(to(3));
    group.send(group.server(1).propose("x<-3"));
    group.deliver();
    group.lose();
    group.crash(1);
    group.heal();
    group.elect(2);
    expect(group.server(3).executed).toEqual(["x<-3"]);
    group.restart(1);
    group.tick(2);
    expect(group.server(1).executed).toEqual(["x<-3"]);
  });

  it("Raft never commits log entries from previous terms by counting replicas", () => {
    const group = new Group({
      size: 5,
      pasts: { 1: { log: [1, 2] }, 2: { log: [1, 2] }, 3: { log: [1, 2] } },
    });
    group.cut((m) => m.entries.some((entry) => entry.term === 3));
    const leader = group.campaign(1);
    expect(leader.log).toEqual([1, 2, 3]);
    // Everyone tells that it stores entry 2.
    for (const id of [2, 3, 4, 5]) leader.hears(appendReply({ from: id, term: 3, index: 2 }));
    expect(leader.commit).toBe(0);
  });

  it("once an entry from the current term has been committed in this way, then all prior entries are committed indirectly because of the Log Matching Property", () => {
    const past = { log: [1, 2, 2] };
    const group = new Group({ size: 3, pasts: { 1: past, 2: past } });
    const leader = group.elect(1);
    expect([leader.commit, leader.executed]).toEqual([4, ["1.1", "2.2", "2.3"]]);
  });

  it("log entries retain their original term numbers when a leader replicates entries from previous terms", () => {
    const group = new Group({ size: 3, pasts: { 1: { log: [1, 3, 3, 7] } } });
    group.elect(1);
    expect(group.servers.map((server) => server.log)).toEqual([1, 2, 3].map(() => [1, 3, 3, 7, 8]));
  });
});

chapter("Raft 5.4.3 Safety argument", (it) => {
  it('at least one server ("the voter") both accepted the entry from leaderT and voted for leaderU', () => {
    for (const accepted of majorities(5)) {
      for (const voters of majorities(5)) {
        const both = accepted.filter((id) => voters.includes(id));
        expect(both.length).toBeGreaterThan(0);
      }
    }
  });

  it("the voter must have accepted the committed entry from leaderT before voting for leaderU; otherwise it would have rejected the AppendEntries request from leaderT", () => {
    const group = new Group({ size: 3 });
    const leaderT = group.elect(1);
    group.send(leaderT.propose("x<-3"));
    const late = group.wire.filter(to(3));
    group.cut(touching(1));
    const leaderU = group.elect(2);
    expect([leaderU.term, group.server(3).raft.vote]).toEqual([2, 2]);
    const before = group.server(3).log;
    for (const m of late) {
      const replies = group.server(3).hears(m);
      expect(replies.filter((r) => !r.reject && r.term === 1)).toEqual([]);
    }
    expect(group.server(3).log).toEqual(before);
    expect(leaderT.commit).toBe(1);
  });

  it("followers only remove entries if they conflict with the leader", () => {
    const follower = new Server(1, THREE, { log: [1, 1, 2, 2, 2], term: 2 });
    const group = new Group({
      size: 2,
      pasts: { 1: { log: [1, 1, 2] }, 2: { log: [1, 1, 2, 2, 2] } },
    });
    // A leader with a shorter log cannot be elected by it; an old append is all it can hear.
    expect(group.campaign(1).role).toBe("follower");
    for (let keep = 0; keep <= 5; keep++) {
      follower.hears({
        ...appendReply({ from: 2, term: 2, index: keep }),
        type: MessageType.App,
        logTerm: [0, 1, 1, 2, 2, 2][keep] ?? 0,
      });
      expect(follower.log).toEqual([1, 1, 2, 2, 2]);
    }
  });

  it("if a server has applied a log entry at a given index to its state machine, no other server will ever apply a different log entry for the same index", () => {
    const group = new Group({ size: 5, options: drawnTimeouts(543) });
    const history: string[] = [];
    let lost = 0;
    group.cut(() => ++lost % 3 === 0);
    for (let i = 0; i < 80; i++) {
      const victim = 1 + (i % 5);
      if (i % 2 === 0) group.crash(victim);
      group.tick(7);
      for (const { id } of group.leaders) group.propose(id, `${id}.${i}`);
      if (!group.server(victim).up) group.restart(victim);
      for (const { executed } of group.servers) {
        executed.forEach((command, at) => {
          history[at] ??= command;
          expect(command).toBe(history[at]);
        });
      }
    }
    expect(history.length).toBeGreaterThan(20);
  });

  it("all servers will apply exactly the same set of log entries to their state machines, in the same order", () => {
    const group = new Group({ size: 5, options: drawnTimeouts(544) });
    group.elect(2);
    for (let i = 0; i < 10; i++) group.propose(2, `${i}`);
    group.cut(touching(2));
    group.elect(4);
    for (let i = 10; i < 20; i++) group.propose(4, `${i}`);
    group.heal();
    group.tick(3);
    const all = Array.from({ length: 20 }, (_, i) => `${i}`);
    for (const { executed } of group.servers) expect(executed).toEqual(all);
    expect(group.sent.filter(from(2)).some(ofType(MessageType.AppResp))).toBe(true);
  });
});

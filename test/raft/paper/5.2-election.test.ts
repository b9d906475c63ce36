import { expect } from "vitest";
import { MessageType } from "../../../src/raft/types.ts";
import { Dice } from "../support/dice.ts";
import { chapter } from "./support/chapter.ts";
import { Group } from "./support/group.ts";
import {
  appendEntries,
  confState,
  from,
  heartbeat,
  ofType,
  requestVote,
  to,
  touching,
  voteReply,
} from "./support/rpc.ts";
import { drawnTimeouts, ELECTION_TIMEOUT, Server } from "./support/server.ts";

const THREE = confState([1, 2, 3]);
const FIVE = confState([1, 2, 3, 4, 5]);

chapter("Raft 5.2 Leader election", (it) => {
  it("when servers start up, they begin as followers", () => {
    for (const past of [{}, { log: [1, 2], term: 7, vote: 1 }]) {
      expect(new Server(1, THREE, past).role).toBe("follower");
    }
    const group = new Group({ size: 3 });
    group.elect(1);
    group.crash(1);
    group.restart(1);
    expect(group.server(1).role).toBe("follower");
  });

  it("a server remains in follower state as long as it receives valid RPCs from a leader or candidate", () => {
    const messages = [
      heartbeat({ from: 2, term: 1 }),
      appendEntries({ from: 2, term: 1 }),
      appendEntries({ from: 2, term: 1, terms: [1] }),
    ];
    const follower = new Server(1, THREE);
    for (let i = 0; i < 12; i++) {
      follower.tick(ELECTION_TIMEOUT - 1);
      follower.hears(messages[i % messages.length] ?? heartbeat({ from: 2, term: 1 }));
      expect(follower.role).toBe("follower");
    }
    // A candidate buys time only if it gets the vote.
    follower.tick(ELECTION_TIMEOUT - 1);
    follower.hears(requestVote({ from: 3, term: 2, lastLogTerm: 1, lastLogIndex: 1 }));
    follower.tick(ELECTION_TIMEOUT - 1);
    expect([follower.role, follower.raft.vote]).toEqual(["follower", 3]);
    follower.tick();
    expect(follower.role).toBe("candidate");
  });

  it("leaders send periodic heartbeats to all followers in order to maintain their authority", () => {
    const group = new Group({ size: 5 });
    const leader = group.elect(1);
    for (let i = 0; i < 5; i++) {
      const beats = leader.tick();
      expect(beats.map((m) => [m.type, m.to, m.term, m.entries.length])).toEqual(
        [2, 3, 4, 5].map((id) => [MessageType.Heartbeat, id, 1, 0]),
      );
      group.send(beats);
      group.settle();
    }
    const slow = new Group({ size: 3, options: { heartbeatTick: 4 } }).elect(1);
    const counts = Array.from({ length: 8 }, () => slow.tick().length);
    expect(counts).toEqual([0, 0, 0, 2, 0, 0, 0, 2]);
  });

  it("if a follower receives no communication over a period of time called the election timeout, then it begins an election", () => {
    const follower = new Server(1, THREE, { term: 3 });
    follower.hears(heartbeat({ from: 2, term: 3 }));
    follower.tick(ELECTION_TIMEOUT - 1);
    expect(follower.role).toBe("follower");
    follower.tick();
    expect(follower.role).toBe("candidate");
  });

  it("to begin an election, a follower increments its current term and transitions to candidate state", () => {
    const follower = new Server(1, THREE, { term: 6 });
    follower.campaign();
    expect([follower.role, follower.term]).toEqual(["candidate", 7]);
  });

  it("it then votes for itself and issues RequestVote RPCs in parallel to each of the other servers in the cluster", () => {
    const candidate = new Server(1, FIVE, { log: [1, 2] });
    const requests = candidate.campaign();
    expect(candidate.disk.initialState().hardState).toMatchObject({ term: 3, vote: 1 });
    expect(requests.map((m) => [m.type, m.to, m.term, m.logTerm, m.index])).toEqual(
      [2, 3, 4, 5].map((id) => [MessageType.Vote, id, 3, 2, 2]),
    );
  });

  it("a candidate continues in this state until it wins, another server establishes itself as leader, or a period of time goes by with no winner", () => {
    const candidate = () => {
      const server = new Server(1, FIVE);
      server.campaign();
      server.tick(ELECTION_TIMEOUT - 1);
      server.hears(voteReply({ from: 2, term: 1, granted: true }));
      server.hears(voteReply({ from: 3, term: 1, granted: false }));
      expect([server.role, server.term]).toEqual(["candidate", 1]);
      return server;
    };
    const winner = candidate();
    winner.hears(voteReply({ from: 4, term: 1, granted: true }));
    expect([winner.role, winner.term]).toEqual(["leader", 1]);
    const loser = candidate();
    loser.hears(heartbeat({ from: 5, term: 1 }));
    expect([loser.role, loser.raft.lead]).toEqual(["follower", 5]);
    const tired = candidate();
    tired.tick();
    expect([tired.role, tired.term]).toEqual(["candidate", 2]);
  });

  const MAJORITIES = [
    { size: 1, votes: 1 },
    { size: 2, votes: 2 },
    { size: 3, votes: 2 },
    { size: 4, votes: 3 },
    { size: 5, votes: 3 },
    { size: 6, votes: 4 },
    { size: 7, votes: 4 },
  ];
  for (const { size, votes } of MAJORITIES) {
    it(`a candidate wins an election if it receives votes from a majority of the servers in the full cluster for the same term (${votes} of ${size})`, () => {
      const ids = Array.from({ length: size }, (_, i) => i + 1);
      const candidate = new Server(1, confState(ids));
      candidate.campaign();
      for (let got = 1; got < votes; got++) {
        expect(candidate.role).toBe("candidate");
        candidate.hears(voteReply({ from: got + 1, term: 1, granted: true }));
      }
      expect(candidate.role).toBe("leader");
    });
  }

  it("a vote counts once, for the term that it was given in, and only from members", () => {
    const candidate = new Server(1, FIVE, { term: 4 });
    candidate.campaign();
    for (let i = 0; i < 5; i++) candidate.hears(voteReply({ from: 2, term: 5, granted: true }));
    candidate.hears(voteReply({ from: 3, term: 4, granted: true }));
    candidate.hears(voteReply({ from: 6, term: 5, granted: true }));
    candidate.hears(voteReply({ from: 7, term: 5, granted: true }));
    expect(candidate.role).toBe("candidate");
  });

  it("a candidate that a majority has refused is a follower until the next timeout", () => {
    const candidate = new Server(1, FIVE, { term: 4 });
    candidate.campaign();
    for (const id of [2, 3]) candidate.hears(voteReply({ from: id, term: 5, granted: false }));
    expect(candidate.role).toBe("candidate");
    candidate.hears(voteReply({ from: 4, term: 5, granted: false }));
    expect([candidate.role, candidate.term]).toEqual(["follower", 5]);
    candidate.tick(ELECTION_TIMEOUT);
    expect([candidate.role, candidate.term]).toEqual(["candidate", 6]);
  });

  it("each server will vote for at most one candidate in a given term, on a first-come-first-served basis", () => {
    const voter = new Server(1, FIVE);
    const granted = (id: number, term: number) =>
      voter.hears(requestVote({ from: id, term })).map((m) => !m.reject);
    expect(granted(2, 1)).toEqual([true]);
    expect(granted(3, 1)).toEqual([false]);
    expect(granted(2, 1)).toEqual([true]); // the answer may have been lost
    expect(granted(3, 2)).toEqual([true]); // a new term, a new vote
    expect(granted(2, 2)).toEqual([false]);
    voter.crash();
    voter.restart();
    expect(granted(2, 2)).toEqual([false]);
    expect(granted(3, 2)).toEqual([true]);
    // A lost election of the same term does not bring the vote back.
    const candidate = new Server(1, THREE);
    candidate.campaign();
    for (const id of [2, 3]) candidate.hears(voteReply({ from: id, term: 1, granted: false }));
    expect(candidate.role).toBe("follower");
    expect(candidate.hears(requestVote({ from: 2, term: 1 })).map((m) => m.reject)).toEqual([true]);
    // Nor does hearing from the leader of that term.
    const beaten = new Server(1, FIVE);
    beaten.campaign();
    beaten.hears(heartbeat({ from: 2, term: 1 }));
    beaten.crash();
    beaten.restart();
    expect(beaten.hears(requestVote({ from: 3, term: 1 })).map((m) => m.reject)).toEqual([true]);
  });

  it("a server that knows the leader of a term has no vote left for another candidate in it", () => {
    const server = new Server(1, FIVE, { term: 3 });
    server.hears(heartbeat({ from: 2, term: 4 }));
    const [reply] = server.hears(requestVote({ from: 3, term: 4 }));
    expect([reply?.reject, server.raft.vote]).toEqual([true, 0]);
  });

  it("the majority rule ensures that at most one candidate can win the election for a particular term", () => {
    // Whoever answers whom first: all orders in which three voters can be reached by two candidates.
    for (let order = 0; order < 8; order++) {
      const group = new Group({ size: 5 });
      group.send(group.server(1).campaign());
      group.send(group.server(2).campaign());
      for (const voter of [3, 4, 5]) {
        const first = ((order >> (voter - 3)) & 1) + 1;
        group.deliver((m) => m.to === voter && m.from === first);
        group.deliver(to(voter));
      }
      group.settle();
      expect(group.leaders.length).toBe(1);
    }
  });

  // etcd-io/raft's first message is the append of an empty entry instead of an empty append.
  it("once a candidate wins an election, it becomes leader. It then sends heartbeat messages to all of the other servers to establish its authority", () => {
    const candidate = new Server(1, FIVE, { log: [1] });
    candidate.campaign();
    candidate.hears(voteReply({ from: 2, term: 2, granted: true }));
    const sent = candidate.hears(voteReply({ from: 3, term: 2, granted: true }));
    expect(sent.map((m) => [m.type, m.to, m.term])).toEqual(
      [2, 3, 4, 5].map((id) => [MessageType.App, id, 2]),
    );
  });

  for (const { name, message } of [
    { name: "heartbeat", message: heartbeat({ from: 2, term: 5 }) },
    { name: "append", message: appendEntries({ from: 2, term: 5 }) },
    { name: "later heartbeat", message: heartbeat({ from: 2, term: 8 }) },
  ]) {
    it(`if the leader's term is at least as large as the candidate's current term, then the candidate returns to follower state (${name})`, () => {
      const candidate = new Server(1, THREE, { term: 4 });
      candidate.campaign();
      candidate.hears(message);
      expect([candidate.role, candidate.raft.lead, candidate.term]).toEqual([
        "follower",
        2,
        message.term,
      ]);
    });
  }

  it("if the term in the RPC is smaller than the candidate's current term, then the candidate rejects the RPC and continues in candidate state", () => {
    const candidate = new Server(1, THREE, { term: 4 });
    candidate.campaign();
    candidate.hears(appendEntries({ from: 2, term: 4, terms: [4], commit: 1 }));
    candidate.hears(heartbeat({ from: 2, term: 4 }));
    expect([candidate.role, candidate.term, candidate.log]).toEqual(["candidate", 5, []]);
  });

  it("if many followers become candidates at the same time, votes could be split so that no candidate obtains a majority", () => {
    const group = new Group({ size: 5 });
    for (const { id } of group.servers) group.send(group.server(id).campaign());
    group.settle();
    expect(group.leaders).toEqual([]);
    expect(group.servers.map((server) => server.raft.vote)).toEqual([1, 2, 3, 4, 5]);
  });

  it("when this happens, each candidate will time out and start a new election by incrementing its term and initiating another round of RequestVote RPCs", () => {
    const candidate = new Server(1, FIVE);
    candidate.campaign();
    const again = candidate.tick(ELECTION_TIMEOUT);
    expect([candidate.role, candidate.term]).toEqual(["candidate", 2]);
    expect(again.filter(ofType(MessageType.Vote)).map((m) => [m.to, m.term])).toEqual(
      [2, 3, 4, 5].map((id) => [id, 2]),
    );
  });

  it("election timeouts are chosen randomly from a fixed interval", () => {
    const drawn: number[] = [];
    const dice = new Dice(3);
    const randomElectionTimeout = (ticks: number) => {
      drawn.push(ticks + dice.below(ticks));
      return drawn.at(-1) as number;
    };
    for (let run = 0; run < 40; run++) {
      const server = new Server(1, THREE, {}, { randomElectionTimeout });
      const timeout = drawn.at(-1) as number;
      server.tick(timeout - 1);
      expect(server.role).toBe("follower");
      server.tick();
      expect(server.role).toBe("candidate");
    }
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(ELECTION_TIMEOUT);
    expect(Math.max(...drawn)).toBeLessThan(2 * ELECTION_TIMEOUT);
    expect(new Set(drawn).size).toBe(ELECTION_TIMEOUT);
  });

  it("each candidate restarts its randomized election timeout at the start of an election, and it waits for that timeout to elapse before starting the next election", () => {
    const timeouts = [11, 17, 13, 19];
    const next = timeouts.values();
    const candidate = new Server(
      1,
      THREE,
      {},
      { randomElectionTimeout: () => next.next().value ?? 10 },
    );
    const elections: number[] = [];
    for (let tick = 1; tick <= 60; tick++) {
      const before = candidate.term;
      candidate.tick();
      if (candidate.term > before) elections.push(tick);
    }
    expect(elections).toEqual([11, 28, 41, 60]);
  });

  it("this spreads out the servers so that in most cases only a single server will time out; it wins the election before any other servers time out", () => {
    let clean = 0;
    for (let run = 0; run < 100; run++) {
      const group = new Group({ size: 3, options: drawnTimeouts(run) });
      group.tick(8 * ELECTION_TIMEOUT);
      if (group.leader.term === 1) clean++;
    }
    expect(clean).toBeGreaterThan(70);
  });

  it("a new leader can be elected as long as a majority is up", () => {
    for (const down of [[], [1], [1, 2]]) {
      const group = new Group({ size: 5 });
      group.crash(...down);
      group.tick(2 * ELECTION_TIMEOUT);
      expect(group.leaders.length).toBe(1);
    }
    const minority = new Group({ size: 5 });
    minority.cut(touching(1, 2, 3));
    minority.tick(10 * ELECTION_TIMEOUT);
    expect(minority.sent.some(from(4, 5))).toBe(true);
    expect(minority.leaders).toEqual([]);
  });
});

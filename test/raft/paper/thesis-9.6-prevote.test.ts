import { expect } from "vitest";
import { makeMessage } from "../../../src/raft/messages.ts";
import { MessageType } from "../../../src/raft/types.ts";
import { chapter } from "./support/chapter.ts";
import { Group } from "./support/group.ts";
import {
  appendEntries,
  confState,
  heartbeat,
  ofType,
  preVote,
  requestVote,
  touching,
  voteReply,
} from "./support/rpc.ts";
import { drawnTimeouts, ELECTION_TIMEOUT, type Past, Server } from "./support/server.ts";

const THREE = confState([1, 2, 3]);
const FIVE = confState([1, 2, 3, 4, 5]);
const PRE_VOTE = { preVote: true, checkQuorum: true };

function preVoteReply(id: number, term: number, granted: boolean) {
  return { ...voteReply({ from: id, term, granted }), type: MessageType.PreVoteResp };
}

chapter("Thesis 9.6 Preventing disruptions when a server rejoins the cluster", (it) => {
  it("a server that has been partitioned from the cluster is likely to cause a disruption when it regains connectivity (without Pre-Vote)", () => {
    const group = new Group({ size: 3 });
    group.elect(1);
    group.cut(touching(3));
    group.tick(5 * ELECTION_TIMEOUT);
    const { term } = group.server(3);
    expect(term).toBeGreaterThan(2);
    group.heal();
    group.tick();
    // Its larger term number propagates to the rest of the cluster and forces the leader down.
    group.tick(ELECTION_TIMEOUT);
    expect(group.server(1).term).toBeGreaterThanOrEqual(term);
  });

  it("in the Pre-Vote algorithm, a candidate only increments its term if it first learns from a majority of the cluster that they would be willing to grant the candidate their votes", () => {
    const server = new Server(1, FIVE, { log: [4] }, { preVote: true });
    const asks = server.tick(ELECTION_TIMEOUT);
    expect(asks.map((m) => [m.type, m.to, m.term, m.logTerm, m.index])).toEqual(
      [2, 3, 4, 5].map((id) => [MessageType.PreVote, id, 5, 4, 1]),
    );
    expect([server.role, server.term, server.raft.vote]).toEqual(["pre-candidate", 4, 0]);
    server.hears(preVoteReply(2, 5, true));
    server.hears(preVoteReply(4, 4, false));
    expect([server.role, server.term]).toEqual(["pre-candidate", 4]);
    const sent = server.hears(preVoteReply(3, 5, true));
    expect([server.role, server.term, server.raft.vote]).toEqual(["candidate", 5, 1]);
    expect(sent.map((m) => [m.type, m.term])).toEqual(
      [2, 3, 4, 5].map(() => [MessageType.Vote, 5]),
    );
  });

  it("… and it asks again only after another election timeout", () => {
    const server = new Server(1, FIVE, {}, { preVote: true });
    const rounds: number[] = [];
    for (let tick = 1; tick <= 4 * ELECTION_TIMEOUT; tick++) {
      if (server.tick().length > 0) rounds.push(tick);
    }
    expect(rounds).toEqual([1, 2, 3, 4].map((round) => round * ELECTION_TIMEOUT));
  });

  it("… nor does asking raise the term of those who are asked, or bind their vote", () => {
    const voter = new Server(1, THREE, { term: 4 }, { preVote: true });
    for (const id of [2, 3, 2]) {
      const [reply] = voter.hears(preVote({ from: id, term: 5 }));
      // A grant names the term asked about, so that the asker does not take it for a refusal.
      expect([reply?.type, reply?.reject, reply?.term]).toEqual([
        MessageType.PreVoteResp,
        false,
        5,
      ]);
    }
    expect([voter.term, voter.raft.vote, voter.role]).toEqual([4, 0, "follower"]);
    expect(voter.disk.initialState().hardState).toEqual({ term: 4, vote: 0, commit: 0 });
  });

  interface Willing {
    readonly name: string;
    readonly past: Past;
    readonly asks: Parameters<typeof preVote>[0];
    readonly heardTicksAgo: number | null;
    readonly reply: "grants" | "refuses" | "silent";
  }
  const WILLING: readonly Willing[] = [
    {
      name: "a log as good as the voter's, and no leader",
      past: { log: [1, 2], term: 3 },
      asks: { from: 2, term: 4, lastLogTerm: 2, lastLogIndex: 2 },
      heardTicksAgo: null,
      reply: "grants",
    },
    {
      name: "not a shorter log",
      past: { log: [1, 2], term: 3 },
      asks: { from: 2, term: 4, lastLogTerm: 2, lastLogIndex: 1 },
      heardTicksAgo: null,
      reply: "refuses",
    },
    {
      name: "not an older log",
      past: { log: [1, 2], term: 3 },
      asks: { from: 2, term: 4, lastLogTerm: 1, lastLogIndex: 9 },
      heardTicksAgo: null,
      reply: "refuses",
    },
    {
      name: "not right after a heartbeat",
      past: { log: [1, 2], term: 3 },
      asks: { from: 2, term: 4, lastLogTerm: 2, lastLogIndex: 2 },
      heardTicksAgo: 0,
      reply: "silent",
    },
    {
      name: "not shortly before an election timeout",
      past: { log: [1, 2], term: 3 },
      asks: { from: 2, term: 4, lastLogTerm: 2, lastLogIndex: 2 },
      heardTicksAgo: ELECTION_TIMEOUT - 1,
      reply: "silent",
    },
    {
      name: "after an election timeout",
      past: { log: [1, 2], term: 3 },
      asks: { from: 2, term: 4, lastLogTerm: 2, lastLogIndex: 2 },
      heardTicksAgo: ELECTION_TIMEOUT,
      reply: "grants",
    },
    {
      name: "another vote of an older term does not matter",
      past: { log: [1, 2], term: 3, vote: 3 },
      asks: { from: 2, term: 4, lastLogTerm: 2, lastLogIndex: 2 },
      heardTicksAgo: null,
      reply: "grants",
    },
    {
      name: "another vote of that very term does",
      past: { log: [1, 2], term: 4, vote: 3 },
      asks: { from: 2, term: 4, lastLogTerm: 2, lastLogIndex: 2 },
      heardTicksAgo: null,
      reply: "refuses",
    },
    {
      name: "not a term that is over",
      past: { log: [1, 2], term: 6 },
      asks: { from: 2, term: 4, lastLogTerm: 2, lastLogIndex: 2 },
      heardTicksAgo: null,
      reply: "refuses",
    },
  ];
  for (const { name, past, asks, heardTicksAgo, reply } of WILLING) {
    it(`(if the candidate's log is sufficiently up-to-date, and the voters have not received heartbeats from a valid leader for at least a baseline election timeout): ${name}`, () => {
      const options = { ...PRE_VOTE, randomElectionTimeout: () => 2 * ELECTION_TIMEOUT - 1 };
      const voter = new Server(1, THREE, past, options);
      if (heardTicksAgo !== null) {
        voter.hears(heartbeat({ from: 3, term: past.term ?? 0 }));
        voter.tick(heardTicksAgo);
      }
      const replies = voter.hears(preVote(asks));
      expect(replies.map((m) => (m.reject ? "refuses" : "grants"))).toEqual(
        reply === "silent" ? [] : [reply],
      );
      expect(voter.term).toBe(past.term);
    });
  }

  it("while a server is partitioned, it won't be able to increment its term, since it can't receive permission from a majority of the cluster", () => {
    const group = new Group({ size: 5, options: PRE_VOTE });
    group.elect(1);
    group.cut((m) => m.to >= 4 !== m.from >= 4);
    group.tick(20 * ELECTION_TIMEOUT);
    expect(group.sent.some((m) => m.from === 5 && m.type === MessageType.PreVote)).toBe(true);
    expect(group.servers.map((server) => server.term)).toEqual([1, 1, 1, 1, 1]);
  });

  it("when it rejoins the cluster, it still won't be able to increment its term, since the other servers will have been receiving regular heartbeats from the leader", () => {
    const group = new Group({ size: 3, options: PRE_VOTE });
    group.elect(1);
    group.cut(touching(3));
    group.tick(5 * ELECTION_TIMEOUT);
    expect(group.server(3).role).toBe("pre-candidate");
    group.heal();
    group.send(group.server(3).tick(ELECTION_TIMEOUT + 2));
    group.settle();
    expect(group.servers.map((server) => server.term)).toEqual([1, 1, 1]);
    expect(group.leader.id).toBe(1);
  });

  it("once the server receives a heartbeat from the leader itself, it will return to the follower state (in the same term)", () => {
    for (const message of [
      heartbeat({ from: 2, term: 4 }),
      appendEntries({ from: 2, term: 4, terms: [4] }),
    ]) {
      const server = new Server(1, THREE, { term: 4 }, { preVote: true });
      server.campaign();
      expect([server.role, server.term]).toEqual(["pre-candidate", 4]);
      server.hears(message);
      expect([server.role, server.term, server.raft.lead]).toEqual(["follower", 4, 2]);
    }
  });

  it("a candidate that lags behind does not raise anybody's term: its log is refused", () => {
    const group = new Group({
      size: 3,
      pasts: { 1: { log: [1] }, 2: { log: [1, 1] }, 3: { log: [1, 1] } },
      options: { preVote: true },
    });
    group.campaign(1);
    expect(group.servers.map((server) => [server.role, server.term])).toEqual([
      ["follower", 1],
      ["follower", 1],
      ["follower", 1],
    ]);
    group.elect(2);
  });

  it("Pre-Vote does not prevent an election that is needed", () => {
    for (let seed = 0; seed < 10; seed++) {
      const group = new Group({ size: 5, options: { ...PRE_VOTE, ...drawnTimeouts(seed) } });
      group.tick(5 * ELECTION_TIMEOUT);
      group.crash(group.leader.id);
      group.tick(10 * ELECTION_TIMEOUT);
      expect(group.leaders.length).toBe(1);
    }
  });

  it("willingness is asked for anew with each attempt: answers to an earlier one do not count", () => {
    const server = new Server(1, FIVE, {}, { preVote: true });
    server.tick(ELECTION_TIMEOUT);
    server.hears(preVoteReply(2, 1, true));
    server.tick(ELECTION_TIMEOUT);
    server.hears(preVoteReply(3, 1, true));
    expect([server.role, server.term]).toEqual(["pre-candidate", 0]);
    server.hears(preVoteReply(2, 1, true));
    expect(server.role).toBe("candidate");
  });

  it("willingness is not a vote: a late answer does not count in the election itself", () => {
    const server = new Server(1, FIVE, {}, { preVote: true });
    server.campaign();
    for (const id of [2, 3]) server.hears(preVoteReply(id, 1, true));
    expect([server.role, server.term]).toEqual(["candidate", 1]);
    for (const id of [4, 5]) server.hears(preVoteReply(id, 1, true));
    expect(server.role).toBe("candidate");
    for (const id of [4, 5]) server.hears(voteReply({ from: id, term: 1, granted: true }));
    expect(server.role).toBe("leader");
  });

  it("an asker that is behind learns the term from the refusal, so that it can win the next time", () => {
    // 1 has the only full log, but its term is old; 2 cannot win, and 3 is down.
    const group = new Group({
      size: 3,
      pasts: { 1: { log: [1, 2], term: 2 }, 2: { log: [1], term: 5 } },
      options: { preVote: true },
    });
    group.crash(3);
    group.campaign(1);
    expect([group.server(1).role, group.server(1).term]).toEqual(["follower", 5]);
    group.elect(1);
    expect(group.leader.term).toBe(6);
  });

  it("a leader that was cut off learns of the new term although it asks for no votes", () => {
    const group = new Group({ size: 3, options: { preVote: true } });
    group.elect(1);
    group.cut(touching(1));
    group.elect(2);
    group.heal();
    group.send(group.server(1).tick());
    group.deliver();
    const [told] = group.wire.filter(ofType(MessageType.AppResp));
    expect(told?.term).toBe(2);
    group.settle();
    expect(group.server(1).role).toBe("follower");
  });

  it("servers with and without Pre-Vote understand each other", () => {
    const modern = new Server(1, THREE, { term: 3 }, PRE_VOTE);
    const [vote] = modern.hears(requestVote({ from: 2, term: 4 }));
    expect([vote?.type, vote?.reject]).toEqual([MessageType.VoteResp, false]);
    const plain = new Server(1, THREE, { term: 3 });
    const [answer] = plain.hears(preVote({ from: 2, term: 4 }));
    expect([answer?.type, answer?.reject, plain.term]).toEqual([MessageType.PreVoteResp, false, 3]);
    // Told to by the leader, a server does not ask first.
    modern.hears(heartbeat({ from: 2, term: 4 }));
    modern.hears(makeMessage({ type: MessageType.TimeoutNow, to: 1, from: 2, term: 4 }));
    expect([modern.role, modern.term]).toEqual(["candidate", 5]);
  });
});

import { expect } from "vitest";
import { ErrProposalDropped } from "../../../src/raft/errors.ts";
import { MessageType } from "../../../src/raft/types.ts";
import { chapter } from "./support/chapter.ts";
import { Group } from "./support/group.ts";
import {
  appendEntries,
  appendReply,
  bytes,
  confState,
  heartbeat,
  heartbeatReply,
  ofType,
  requestVote,
  touching,
  voteReply,
} from "./support/rpc.ts";
import { ELECTION_TIMEOUT, Server } from "./support/server.ts";

const THREE = confState([1, 2, 3]);

/** Server 1 of three in a role of term 5. */
function inRole(role: "follower" | "candidate" | "leader"): Server {
  const server = new Server(1, THREE, { term: role === "follower" ? 5 : 4 });
  if (role === "follower") return server;
  server.campaign();
  if (role === "leader") server.hears(voteReply({ from: 2, term: 5, granted: true }));
  expect([server.role, server.term]).toEqual([role, 5]);
  return server;
}

const LATER = [
  requestVote({ from: 3, term: 9 }),
  voteReply({ from: 3, term: 9, granted: false }),
  appendEntries({ from: 3, term: 9 }),
  appendReply({ from: 3, term: 9, index: 0 }),
  heartbeat({ from: 3, term: 9 }),
  heartbeatReply({ from: 3, term: 9 }),
];

chapter("Raft 5.1 Raft basics", (it) => {
  it("at any given time each server is in one of three states: leader, follower, or candidate", () => {
    const group = new Group({ size: 3 });
    const roles = new Set<string>();
    const look = () => {
      for (const server of group.servers) {
        expect(["leader", "follower", "candidate"]).toContain(server.role);
        roles.add(server.role);
      }
    };
    look();
    group.send(group.server(1).campaign());
    for (let i = 0; i < 6; i++) {
      look();
      group.deliver();
    }
    expect(roles.size).toBe(3);
  });

  it("in normal operation there is exactly one leader and all of the other servers are followers", () => {
    const group = new Group({ size: 5 });
    group.tick(3 * ELECTION_TIMEOUT);
    expect(group.servers.map((server) => server.role).sort()).toEqual([
      "follower",
      "follower",
      "follower",
      "follower",
      "leader",
    ]);
  });

  it("followers are passive: they issue no requests on their own", () => {
    const follower = new Server(1, THREE, { log: [1, 1] });
    expect(follower.tick(ELECTION_TIMEOUT - 1)).toEqual([]);
  });

  it("the leader handles all client requests (if a client contacts a follower, the follower redirects it to the leader)", () => {
    const group = new Group({ size: 3 });
    group.elect(1);
    group.send(group.server(3).propose("x=1"));
    expect(group.wire.map((m) => [m.type, m.to])).toEqual([[MessageType.Prop, 1]]);
    group.settle();
    expect(group.servers.map((server) => server.executed)).toEqual([["x=1"], ["x=1"], ["x=1"]]);
  });

  it("terms are numbered with consecutive integers", () => {
    const group = new Group({ size: 3 });
    const terms = [1, 2, 3, 1, 2].map((id) => group.elect(id).term);
    expect(terms).toEqual([1, 2, 3, 4, 5]);
  });

  it("each term begins with an election, in which one or more candidates attempt to become leader", () => {
    const group = new Group({ size: 3 });
    group.send(group.server(1).campaign());
    group.send(group.server(2).campaign());
    expect(group.servers.map((s) => [s.role, s.term])).toEqual([
      ["candidate", 1],
      ["candidate", 1],
      ["follower", 0],
    ]);
    const first = group.sent.find((m) => m.term === 1);
    expect(first?.type).toBe(MessageType.Vote);
  });

  it("if a candidate wins the election, then it serves as leader for the rest of the term", () => {
    const group = new Group({ size: 3 });
    const leader = group.elect(1);
    // Votes, refusals and appends of its own term that come late or from nowhere do not matter.
    for (const granted of [true, false]) leader.hears(voteReply({ from: 3, term: 1, granted }));
    leader.hears(requestVote({ from: 2, term: 1, lastLogTerm: 1, lastLogIndex: 9 }));
    group.tick(20 * ELECTION_TIMEOUT);
    expect([leader.role, leader.term]).toEqual(["leader", 1]);
  });

  it("in some situations an election will result in a split vote. In this case the term will end with no leader", () => {
    const group = new Group({ size: 4 });
    group.send(group.server(1).campaign());
    group.send(group.server(2).campaign());
    group.cut((m) => (m.from === 1 && m.to === 4) || (m.from === 2 && m.to === 3));
    group.settle();
    expect(group.leaders).toEqual([]);
    group.heal();
    const next = group.elect(1);
    expect(next.term).toBe(2);
    expect(next.log).toEqual([2]); // nothing was ever appended in term 1
  });

  it("Raft ensures that there is at most one leader in a given term", () => {
    const group = new Group({ size: 5 });
    for (const id of [1, 2, 3, 4, 5]) group.send(group.server(id).campaign());
    const leaderOf = new Map<number, number>();
    const look = () => {
      for (const { id, term } of group.leaders) {
        expect(leaderOf.get(term) ?? id).toBe(id);
        leaderOf.set(term, id);
      }
    };
    for (let i = 0; i < 20 * ELECTION_TIMEOUT; i++) {
      for (const server of group.servers) group.send(server.tick());
      for (let hop = 0; hop < 3; hop++) {
        group.deliver();
        look();
      }
    }
    expect(leaderOf.size).toBeGreaterThan(0);
  });

  it("terms act as a logical clock: they allow servers to detect obsolete information such as stale leaders", () => {
    const group = new Group({ size: 3 });
    const stale = group.elect(1);
    group.cut(touching(1));
    group.elect(2);
    group.heal();
    group.propose(1, "stale");
    expect(group.servers.map((server) => server.executed)).toEqual([[], [], []]);
    group.tick();
    expect(stale.role).toBe("follower");
    expect(stale.log).toEqual(group.leader.log);
  });

  it("each server stores a current term number, which increases monotonically over time", () => {
    const server = inRole("follower");
    const seen: number[] = [];
    for (const term of [6, 3, 9, 8, 0, 9, 11]) {
      server.hears(heartbeat({ from: 2, term }));
      seen.push(server.term);
    }
    expect(seen).toEqual([6, 6, 9, 9, 9, 9, 11]);
    expect(server.disk.initialState().hardState.term).toBe(11);
  });

  for (const role of ["follower", "candidate", "leader"] as const) {
    it(`if one server's current term is smaller than the other's, then it updates its current term to the larger value (a ${role})`, () => {
      for (const message of LATER) {
        const server = inRole(role);
        server.hears(message);
        expect(server.term).toBe(9);
      }
    });
  }

  for (const role of ["candidate", "leader"] as const) {
    it(`if a ${role} discovers that its term is out of date, it immediately reverts to follower state`, () => {
      for (const message of LATER) {
        const server = inRole(role);
        server.hears(message);
        expect(server.role).toBe("follower");
      }
    });
  }

  // etcd-io/raft stays silent to a stale request, unless the sender could wait for ever because of
  // CheckQuorum or PreVote: then the refusal is an AppResp that carries the current term.
  it("if a server receives a request with a stale term number, it rejects the request", () => {
    const stale = [
      requestVote({ from: 2, term: 4, lastLogTerm: 4, lastLogIndex: 9 }),
      appendEntries({ from: 2, term: 4, prevTerm: 1, prevIndex: 1, terms: [4], commit: 1 }),
      heartbeat({ from: 2, term: 4, commit: 1 }),
    ];
    for (const answering of [false, true]) {
      for (const message of stale) {
        const options = { checkQuorum: answering };
        const server = new Server(1, THREE, { log: [1], term: 5 }, options);
        const replies = server.hears(message);
        expect([server.term, server.raft.vote, server.log, server.commit]).toEqual([5, 0, [1], 0]);
        const told = answering && message.type !== MessageType.Vote;
        expect(replies.map((m) => [m.type, m.term])).toEqual(
          told ? [[MessageType.AppResp, 5]] : [],
        );
        if (told) {
          const old = inRole("leader");
          for (const reply of replies) old.hears({ ...reply, from: 2, term: 6 });
          expect(old.role).toBe("follower");
        }
      }
    }
  });

  it("a server that knows no leader cannot redirect: the request is refused", () => {
    const server = inRole("follower");
    expect(server.raw.propose(bytes("lost"))).toBe(ErrProposalDropped);
    expect(server.work().filter(ofType(MessageType.Prop))).toEqual([]);
  });
});

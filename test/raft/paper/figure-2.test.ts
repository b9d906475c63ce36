import { expect } from "vitest";
import { LOCAL_APPEND_THREAD, type Message, MessageType } from "../../../src/raft/types.ts";
import { chapter } from "./support/chapter.ts";
import { Group } from "./support/group.ts";
import {
  appendEntries,
  appendRefusal,
  appendReply,
  bytes,
  confState,
  entriesOf,
  heartbeat,
  ofType,
  requestVote,
  to,
  voteReply,
} from "./support/rpc.ts";
import { ELECTION_TIMEOUT, Server } from "./support/server.ts";

const THREE = confState([1, 2, 3]);
const FIVE = confState([1, 2, 3, 4, 5]);

/** Server 1 of five leads: its log is `log` and the empty entry of its own term. */
function leaderWith(log: number[], options = {}): Server {
  const server = new Server(1, FIVE, { log }, options);
  server.campaign();
  for (const id of [2, 3]) server.hears(voteReply({ from: id, term: server.term, granted: true }));
  expect(server.role).toBe("leader");
  return server;
}

function progress(server: Server, id: number) {
  const found = server.raft.tracker.get(id);
  if (found === null) throw new Error(`no progress of ${id}`);
  return found;
}

chapter("Raft figure 2: State", (it) => {
  it("currentTerm: latest term server has seen (initialized to 0 on first boot)", () => {
    expect(new Server(1, THREE).term).toBe(0);
  });

  it("votedFor: candidateId that received vote in current term (or null if none)", () => {
    const server = new Server(1, THREE);
    expect(server.raft.vote).toBe(0);
    server.hears(requestVote({ from: 2, term: 1 }));
    expect(server.raft.vote).toBe(2);
    server.hears(heartbeat({ from: 3, term: 2 }));
    expect(server.raft.vote).toBe(0);
  });

  it("log[]: each entry contains command for state machine, and term when entry was received by leader (first index is 1)", () => {
    const leader = new Group({ size: 1 }).elect(1);
    leader.propose("x=3");
    expect(leader.entries.map((e) => [e.index, e.term])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(leader.entries[1]?.data).toEqual(bytes("x=3"));
  });

  it("commitIndex and lastApplied are initialized to 0, increase monotonically", () => {
    const server = new Server(1, THREE);
    expect([server.commit, server.raft.log.applied]).toEqual([0, 0]);
    server.hears(appendEntries({ from: 2, term: 1, terms: [1, 1, 1], commit: 2 }));
    const seen = [1, 3, 0, 2].map((commit) => {
      server.hears(appendEntries({ from: 2, term: 1, prevIndex: 3, prevTerm: 1, commit }));
      return [server.commit, server.raft.log.applied];
    });
    expect(seen).toEqual([
      [2, 2],
      [3, 3],
      [3, 3],
      [3, 3],
    ]);
  });

  it("persistent state is updated on stable storage before responding to RPCs (what is asked of the disk)", () => {
    const rpcs: { message: Message; sync: boolean }[] = [
      { message: requestVote({ from: 2, term: 1 }), sync: true },
      { message: requestVote({ from: 2, term: 1 }), sync: false }, // nothing new
      { message: appendEntries({ from: 2, term: 1, terms: [1] }), sync: true },
      { message: appendEntries({ from: 2, term: 1, prevIndex: 1, prevTerm: 1 }), sync: false },
      { message: heartbeat({ from: 3, term: 4 }), sync: true },
      { message: heartbeat({ from: 3, term: 4, commit: 1 }), sync: false },
    ];
    const server = new Server(1, THREE);
    for (const { message, sync } of rpcs) {
      server.raw.step(message);
      const ready = server.raw.ready();
      expect(ready.mustSync).toBe(sync);
      expect(ready.messages.length).toBe(1);
      server.handle(ready);
    }
  });

  // With storage of its own pace the answers are handed to the storage, which sends them.
  const PERSISTED = [
    { name: "a vote", message: requestVote({ from: 2, term: 3 }), reply: MessageType.VoteResp },
    {
      name: "an append",
      message: appendEntries({ from: 2, term: 3, terms: [3] }),
      reply: MessageType.AppResp,
    },
  ];
  for (const { name, message, reply } of PERSISTED) {
    it(`persistent state is updated on stable storage before responding to RPCs (${name} waits for its write)`, () => {
      const server = new Server(1, THREE, {}, { asyncStorageWrites: true });
      server.raw.step(message);
      const { messages } = server.raw.ready();
      expect(messages.filter(ofType(reply))).toEqual([]);
      const write = messages.find(to(LOCAL_APPEND_THREAD));
      expect(write?.responses?.filter(ofType(reply)).length).toBe(1);
      expect(write?.term).toBe(3);
    });
  }

  it("persistent state is updated on stable storage before responding to RPCs (what a rewritten entry was does not count)", () => {
    const server = new Server(1, THREE, { log: [1] }, { asyncStorageWrites: true });
    const hearsApp = (term: number, entryTerm: number) => {
      const message = { from: 2, term, prevTerm: 1, prevIndex: 1, terms: [entryTerm] };
      server.raw.step(appendEntries(message));
      return server.raw.ready().messages;
    };
    const written = hearsApp(2, 2).find(to(LOCAL_APPEND_THREAD));
    hearsApp(3, 3);
    hearsApp(4, 2);
    // The disk has done the first of the three writes: the last one is still to come.
    for (const ack of written?.responses ?? []) if (ack.to === 1) server.raw.step(ack);
    expect(server.raft.log.unstable.entries.length).toBe(1);
  });

  it("persistent state survives a crash; what was not written does not", () => {
    const server = new Server(1, THREE, { log: [1, 1], term: 2, vote: 3 });
    server.raw.step(appendEntries({ from: 2, term: 5, prevTerm: 1, prevIndex: 2, terms: [5] }));
    server.crash();
    server.restart();
    expect([server.term, server.raft.vote, server.log]).toEqual([2, 3, [1, 1]]);
    server.hears(appendEntries({ from: 2, term: 5, prevTerm: 1, prevIndex: 2, terms: [5] }));
    server.crash();
    server.restart();
    expect([server.term, server.raft.vote, server.log]).toEqual([5, 0, [1, 1, 5]]);
  });

  it("nextIndex[]: initialized to leader last log index + 1; matchIndex[]: initialized to 0", () => {
    // Seen as the leader found its log; its own empty entry is optimistically on the way.
    const leader = leaderWith([1, 1, 2]);
    for (const id of [2, 3, 4, 5]) {
      expect(progress(leader, id).match).toBe(0);
      expect(progress(leader, id).next).toBe(4);
    }
    expect(progress(leader, 1).match).toBe(4);
  });

  it("nextIndex[] and matchIndex[] are reinitialized after election", () => {
    const group = new Group({ size: 3 });
    group.elect(1);
    group.propose(1, "a");
    expect(progress(group.server(1), 2).match).toBe(2);
    group.elect(2);
    group.cut(to(2));
    group.send(group.server(1).campaign());
    group.lose(to(2));
    group.settle();
    const again = group.leaders.find((server) => server.id === 1);
    expect(again?.term).toBe(3);
    expect(again === undefined ? -1 : progress(again, 2).match).toBe(0);
  });

  it("matchIndex[] increases monotonically", () => {
    const leader = leaderWith([1, 1, 2]);
    const seen = [4, 2, 3, 4].map((index) => {
      leader.hears(appendReply({ from: 4, term: 3, index }));
      return progress(leader, 4).match;
    });
    expect(seen).toEqual([4, 4, 4, 4]);
  });
});

chapter("Raft figure 2: Rules for Servers", (it) => {
  it("All: if commitIndex > lastApplied: increment lastApplied, apply log[lastApplied] to state machine", () => {
    // One entry at a time, for the bound on what may be applying is one byte.
    const options = { maxCommittedSizePerReady: 1 };
    const server = new Server(1, THREE, { log: [1, 1, 1, 1] }, options);
    server.raw.step(appendEntries({ from: 2, term: 1, prevTerm: 1, prevIndex: 4, commit: 3 }));
    const steps: string[] = [];
    while (server.raw.hasReady()) {
      const ready = server.raw.ready();
      server.handle(ready);
      if (ready.committedEntries.length === 0) continue;
      expect(ready.committedEntries.length).toBe(1);
      steps.push(`${server.raft.log.applied}: ${server.executed.join(" ")}`);
    }
    expect(steps).toEqual(["1: 1.1", "2: 1.1 1.2", "3: 1.1 1.2 1.3"]);
  });

  it("All: if RPC request or response contains term T > currentTerm: set currentTerm = T, convert to follower", () => {
    const leader = leaderWith([1]);
    leader.hears(appendReply({ from: 5, term: 7, index: 0 }));
    expect([leader.term, leader.role, leader.raft.vote]).toEqual([7, "follower", 0]);
  });

  it("Followers: respond to RPCs from candidates and leaders", () => {
    const follower = new Server(1, THREE);
    const replies = [
      requestVote({ from: 2, term: 1 }),
      appendEntries({ from: 2, term: 1, terms: [1] }),
      heartbeat({ from: 2, term: 1 }),
    ].flatMap((message) => follower.hears(message));
    expect(replies.map((m) => [m.type, m.to])).toEqual([
      [MessageType.VoteResp, 2],
      [MessageType.AppResp, 2],
      [MessageType.HeartbeatResp, 2],
    ]);
  });

  const RESETS = [
    {
      what: "AppendEntries RPC from current leader",
      message: appendEntries({ from: 2, term: 5 }),
      resets: true,
    },
    {
      what: "a heartbeat from current leader",
      message: heartbeat({ from: 2, term: 5 }),
      resets: true,
    },
    {
      what: "granting vote to candidate",
      message: requestVote({ from: 3, term: 5, lastLogTerm: 5, lastLogIndex: 1 }),
      resets: true,
    },
    { what: "not: refusing vote", message: requestVote({ from: 3, term: 5 }), resets: false },
    {
      what: "not: AppendEntries RPC from a deposed leader",
      message: appendEntries({ from: 3, term: 4 }),
      resets: false,
    },
  ];
  for (const { what, message, resets } of RESETS) {
    it(`Followers: if election timeout elapses without receiving AppendEntries RPC from current leader or granting vote to candidate: convert to candidate (${what})`, () => {
      const follower = new Server(1, THREE, { log: [5] });
      follower.tick(ELECTION_TIMEOUT - 1);
      follower.hears(message);
      follower.tick();
      expect(follower.role).toBe(resets ? "follower" : "candidate");
      follower.tick(ELECTION_TIMEOUT - 1);
      expect(follower.role).toBe("candidate");
    });
  }

  it("Candidates: increment currentTerm, vote for self, reset election timer, send RequestVote RPCs to all other servers", () => {
    const candidate = new Server(1, THREE, { term: 4, log: [2] });
    candidate.tick(ELECTION_TIMEOUT - 1);
    const requests = candidate.tick();
    expect(candidate.disk.initialState().hardState).toEqual({ term: 5, vote: 1, commit: 0 });
    expect(candidate.raft.electionElapsed).toBe(0);
    expect(requests.map((m) => [m.type, m.to])).toEqual([
      [MessageType.Vote, 2],
      [MessageType.Vote, 3],
    ]);
  });

  it("Candidates: if votes received from majority of servers: become leader", () => {
    const candidate = new Server(1, THREE);
    candidate.campaign();
    candidate.hears(voteReply({ from: 3, term: 1, granted: true }));
    expect(candidate.role).toBe("leader");
  });

  it("Candidates: if AppendEntries RPC received from new leader: convert to follower", () => {
    const candidate = new Server(1, THREE);
    candidate.campaign();
    const replies = candidate.hears(appendEntries({ from: 3, term: 1, terms: [1], commit: 1 }));
    expect([candidate.role, candidate.log, candidate.commit]).toEqual(["follower", [1], 1]);
    expect(replies.map((m) => [m.reject, m.index])).toEqual([[false, 1]]);
  });

  it("Candidates: if election timeout elapses: start new election", () => {
    const candidate = new Server(1, THREE);
    candidate.campaign();
    candidate.tick(ELECTION_TIMEOUT - 1);
    expect(candidate.term).toBe(1);
    candidate.tick();
    expect(candidate.term).toBe(2);
  });

  it("Leaders: upon election: send initial AppendEntries RPCs to each server; repeat during idle periods to prevent election timeouts", () => {
    const group = new Group({ size: 5 });
    group.elect(3);
    const first = group.sent.filter(ofType(MessageType.App)).slice(0, 4);
    expect(first.map((m) => [m.from, m.to])).toEqual([
      [3, 1],
      [3, 2],
      [3, 4],
      [3, 5],
    ]);
    group.tick(30 * ELECTION_TIMEOUT);
    expect(group.leaders.map((s) => [s.id, s.term])).toEqual([[3, 1]]);
  });

  it("Leaders: if command received from client: append entry to local log, respond after entry applied to state machine", () => {
    const group = new Group({ size: 3 });
    const leader = group.elect(1);
    group.send(leader.propose("x=1"));
    expect([leader.log, leader.executed]).toEqual([[1, 1], []]);
    group.settle();
    expect(leader.executed).toEqual(["x=1"]);
  });

  it("Leaders: if last log index ≥ nextIndex for a follower: send AppendEntries RPC with log entries starting at nextIndex", () => {
    const leader = leaderWith([1, 1, 2]);
    const sent = leader.hears(appendReply({ from: 4, term: 3, index: 2 }));
    // Its log is known up to 2: what follows goes out in one message.
    expect(sent.map((m) => [m.to, m.index, m.logTerm, m.entries])).toEqual([
      [4, 2, 1, leader.entries.slice(2)],
    ]);
  });

  it("Leaders: if successful: update nextIndex and matchIndex for follower", () => {
    const leader = leaderWith([1, 1, 2]);
    leader.hears(appendReply({ from: 4, term: 3, index: 4 }));
    expect([progress(leader, 4).match, progress(leader, 4).next]).toEqual([4, 5]);
  });

  it("Leaders: if AppendEntries fails because of log inconsistency: decrement nextIndex and retry", () => {
    const leader = leaderWith([1, 1, 2]);
    const refusal = { from: 4, term: 3, index: 3, hint: 2, hintTerm: 1 };
    const retries = leader.hears(appendRefusal(refusal));
    expect(progress(leader, 4).next).toBe(3);
    expect(retries.map((m) => [m.to, m.index, m.logTerm, m.entries.map((e) => e.term)])).toEqual([
      [4, 2, 1, [2, 3]],
    ]);
  });

  const COMMITS = [
    { name: "nobody has it", acks: [], commit: 0 },
    { name: "one of four others has it", acks: [4], commit: 0 },
    { name: "two of four others have it", acks: [4, 4], commit: 4 },
    { name: "two have it in part", acks: [4, 3], commit: 0 },
    { name: "a majority has only older entries", acks: [3, 3, 3, 3], commit: 0 },
    { name: "all have it", acks: [4, 4, 4, 4], commit: 4 },
  ];
  for (const { name, acks, commit } of COMMITS) {
    it(`Leaders: if there exists an N such that N > commitIndex, a majority of matchIndex[i] ≥ N, and log[N].term == currentTerm: set commitIndex = N (${name})`, () => {
      const leader = leaderWith([1, 1, 2]);
      acks.forEach((index, i) => {
        leader.hears(appendReply({ from: i + 2, term: 3, index }));
      });
      expect([leader.log, leader.commit]).toEqual([[1, 1, 2, 3], commit]);
    });
  }
});

chapter("Raft figure 2: no RPC is counted twice", (it) => {
  it("an answer that comes twice, or late, changes nothing", () => {
    const leader = leaderWith([1, 1, 2]);
    const ack = appendReply({ from: 4, term: 3, index: 4 });
    for (let i = 0; i < 5; i++) leader.hears(ack);
    expect(leader.commit).toBe(0);
    const refusal = appendRefusal({ from: 4, term: 3, index: 3, hint: 0, hintTerm: 0 });
    expect(leader.hears(refusal)).toEqual([]);
    expect(progress(leader, 4).next).toBe(5);
    expect(leader.entries.slice(0, 3)).toEqual(entriesOf(1, [1, 1, 2]));
  });
});

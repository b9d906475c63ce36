import { expect } from "vitest";
import { MessageType } from "../../../src/raft/types.ts";
import { chapter } from "./support/chapter.ts";
import { Group } from "./support/group.ts";
import {
  appendEntries,
  both,
  confState,
  from,
  installSnapshot,
  ofType,
  requestVote,
  snapshotOf,
  to,
} from "./support/rpc.ts";
import { ELECTION_TIMEOUT, Server } from "./support/server.ts";

const THREE = confState([1, 2, 3]);

chapter("Raft 5.5 Follower and candidate crashes", (it) => {
  it("if a follower or candidate crashes, then future RequestVote and AppendEntries RPCs sent to it will fail. Raft handles these failures by retrying indefinitely (AppendEntries)", () => {
    const group = new Group({ size: 3 });
    group.elect(1);
    group.crash(3);
    group.propose(1, "x<-3");
    for (let i = 0; i < 5; i++) {
      group.sent.length = 0;
      group.tick(ELECTION_TIMEOUT);
      expect(group.sent.filter(to(3)).length).toBeGreaterThan(0);
    }
    group.restart(3);
    group.tick(2);
    expect(group.server(3).executed).toEqual(["x<-3"]);
  });

  it("… by retrying indefinitely (RequestVote: with the next election)", () => {
    const group = new Group({ size: 3 });
    group.crash(2, 3);
    for (let i = 1; i <= 4; i++) {
      group.sent.length = 0;
      group.tick(ELECTION_TIMEOUT);
      expect(group.sent.map((m) => [m.type, m.to, m.term])).toEqual([
        [MessageType.Vote, 2, i],
        [MessageType.Vote, 3, i],
      ]);
    }
    group.restart(3);
    group.tick(ELECTION_TIMEOUT);
    expect(group.leaders.map((server) => server.id)).toEqual([1]);
  });

  it("if the crashed server restarts, then the RPC will complete successfully", () => {
    const group = new Group({ size: 3 });
    group.elect(1);
    group.crash(3);
    for (let i = 0; i < 10; i++) group.propose(1, `${i}`);
    group.restart(3);
    group.tick(2);
    expect(group.server(3).entries).toEqual(group.leader.entries);
    expect(group.server(3).executed.length).toBe(10);
  });

  it("if a server crashes after completing an RPC but before responding, then it will receive the same RPC again after it restarts", () => {
    const group = new Group({ size: 2 });
    group.elect(1);
    group.send(group.server(1).propose("x<-3"));
    group.deliver(to(2));
    group.lose(from(2));
    expect(group.server(2).log).toEqual([1, 1]);
    group.crash(2);
    group.restart(2);
    expect(group.server(1).commit).toBe(1);
    group.sent.length = 0;
    group.tick(3);
    const again = group.sent.filter(both(ofType(MessageType.App), to(2)));
    expect(again.length).toBeGreaterThan(0);
    expect([group.server(1).commit, group.server(2).executed]).toEqual([2, ["x<-3"]]);
  });

  const RPCS = [
    {
      name: "RequestVote",
      rpc: requestVote({ from: 2, term: 3, lastLogTerm: 2, lastLogIndex: 9 }),
    },
    {
      name: "AppendEntries",
      rpc: appendEntries({ from: 2, term: 3, prevTerm: 1, prevIndex: 1, terms: [3, 3], commit: 2 }),
    },
    {
      name: "InstallSnapshot",
      rpc: installSnapshot({ from: 2, term: 3, snapshot: snapshotOf(7, 2, THREE) }),
    },
  ];
  for (const { name, rpc } of RPCS) {
    it(`Raft RPCs are idempotent, so this causes no harm (${name})`, () => {
      const state = (server: Server) => [
        server.term,
        server.raft.vote,
        server.log,
        server.commit,
        server.executed,
        server.raft.log.lastIndex(),
      ];
      const server = new Server(1, THREE, { log: [1, 2, 2], term: 2 });
      const [first] = server.hears(rpc);
      const once = state(server);
      for (let i = 0; i < 3; i++) {
        const [again] = server.hears(rpc);
        expect(again?.reject).toBe(first?.reject);
        expect(state(server)).toEqual(once);
        server.crash();
        server.restart();
        server.hears(rpc);
        expect(state(server)).toEqual(once);
      }
      expect(first?.reject).toBe(false);
    });
  }

  it("if a follower receives an AppendEntries request that includes log entries already present in its log, it ignores those entries in the new request", () => {
    const follower = new Server(1, THREE, { log: [1, 2, 2], term: 2 });
    const held = follower.entries;
    follower.raw.step(
      appendEntries({ from: 2, term: 2, prevTerm: 1, prevIndex: 1, terms: [2, 2, 2] }),
    );
    const ready = follower.raw.ready();
    expect(ready.entries.map((entry) => entry.index)).toEqual([4]); // the rest is not even written
    follower.handle(ready);
    expect(follower.entries.slice(0, 3)).toEqual(held);
    follower.raw.step(appendEntries({ from: 2, term: 2, prevTerm: 1, prevIndex: 1, terms: [2] }));
    expect(follower.raw.ready().entries).toEqual([]);
    expect(follower.log).toEqual([1, 2, 2, 2]);
  });
});

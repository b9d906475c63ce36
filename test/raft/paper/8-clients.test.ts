import { expect } from "vitest";
import { ReadOnlyOption } from "../../../src/raft/config.ts";
import { ErrProposalDropped } from "../../../src/raft/errors.ts";
import { MessageType } from "../../../src/raft/types.ts";
import { chapter } from "./support/chapter.ts";
import { Group } from "./support/group.ts";
import { both, bytes, from, ofType, to, touching } from "./support/rpc.ts";
import { drawnTimeouts, ELECTION_TIMEOUT } from "./support/server.ts";

chapter("Raft 8 Client interaction", (it) => {
  it("if the client's first choice is not the leader, that server will reject the client's request and supply information about the most recent leader it has heard from", () => {
    const group = new Group({ size: 3, options: { disableProposalForwarding: true } });
    group.elect(2);
    for (const id of [1, 3]) {
      const { raw } = group.server(id);
      expect(raw.propose(bytes("x"))).toBe(ErrProposalDropped);
      expect(raw.basicStatus().lead).toBe(2);
    }
    group.settle();
    expect(group.leader.log).toEqual([1]);
  });

  it("if the leader crashes, client requests will time out; clients then try again with randomly-chosen servers", () => {
    const group = new Group({ size: 3, options: drawnTimeouts(8) });
    group.elect(1);
    group.crash(1);
    group.propose(2, "first try"); // goes to the leader that 2 knows of
    group.tick(5 * ELECTION_TIMEOUT);
    expect(group.server(2).executed).toEqual([]);
    group.propose(3, "second try");
    group.tick();
    expect(group.server(2).executed).toEqual(["second try"]);
  });

  it("Raft can execute a command multiple times: if the leader crashes after committing the log entry but before responding to the client, the client will retry the command with a new leader", () => {
    const group = new Group({ size: 3 });
    group.elect(1);
    group.propose(1, "x<-x+1");
    group.crash(1);
    group.elect(2);
    group.propose(2, "x<-x+1");
    expect(group.server(2).executed).toEqual(["x<-x+1", "x<-x+1"]);
  });

  it("a leader has all committed entries, but at the start of its term, it may not know which those are", () => {
    const group = new Group({ size: 3 });
    group.elect(1);
    group.cut(ofType(MessageType.Heartbeat));
    group.send(group.server(1).propose("x<-3"));
    group.deliver();
    group.deliver();
    expect(group.server(1).commit).toBe(2);
    group.crash(1);
    group.lose();
    group.cut(both(ofType(MessageType.AppResp), to(2)));
    group.elect(2);
    expect([group.leader.log, group.leader.commit]).toEqual([[1, 1, 2], 1]);
    group.heal();
    group.tick(2);
    expect(group.leader.commit).toBe(3);
  });

  it("Raft handles this by having each leader commit a blank no-op entry into the log at the start of its term", () => {
    const group = new Group({ size: 3, pasts: { 2: { log: [1, 1, 3] }, 3: { log: [1] } } });
    const leader = group.elect(2);
    const noOp = leader.entries.at(-1);
    expect([noOp?.index, noOp?.term, noOp?.data.length]).toEqual([4, 4, 0]);
    expect([leader.commit, leader.executed]).toEqual([4, ["1.1", "1.2", "3.3"]]);
  });

  it("a leader must check whether it has been deposed before processing a read-only request", () => {
    const group = new Group({ size: 3 });
    const deposed = group.elect(1);
    group.cut(touching(1));
    group.elect(2);
    group.propose(2, "x<-4");
    deposed.raw.readIndex(bytes("x?"));
    group.tick(3);
    expect([deposed.role, deposed.answers]).toEqual(["leader", []]);
    group.heal();
    group.tick(3);
    expect([deposed.role, deposed.answers]).toEqual(["follower", []]);
  });

  it("Raft handles this by having the leader exchange heartbeat messages with a majority of the cluster before responding to read-only requests", () => {
    for (const size of [3, 4, 5]) {
      const group = new Group({ size });
      const leader = group.elect(1);
      leader.raw.readIndex(bytes("x?"));
      group.send(leader.work());
      const heartbeats = group.wire.filter(ofType(MessageType.Heartbeat));
      expect(heartbeats.map((m) => m.to)).toEqual(
        Array.from({ length: size - 1 }, (_, i) => i + 2),
      );
      const needed = Math.floor(size / 2);
      for (let others = 1; others <= needed; others++) {
        expect(leader.answers).toEqual([]);
        group.deliver(to(others + 1));
        group.deliver(both(to(1), from(others + 1)));
      }
      expect(leader.answers).toEqual(["x?@1"]);
    }
  });

  it("alternatively, the leader could rely on the heartbeat mechanism to provide a form of lease, but this would rely on timing for safety", () => {
    const options = { checkQuorum: true, readOnlyOption: ReadOnlyOption.LeaseBased };
    const group = new Group({ size: 3, options });
    const leader = group.elect(1);
    group.sent.length = 0;
    leader.raw.readIndex(bytes("x?"));
    expect(leader.work()).toEqual([]);
    expect(leader.answers).toEqual(["x?@1"]);
  });
});

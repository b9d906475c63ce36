import { expect } from "vitest";
import { jointVote } from "../../../src/raft/quorum/joint.ts";
import { VoteResult } from "../../../src/raft/quorum/majority.ts";
import { EMPTY, EntryType, MessageType, type NodeId } from "../../../src/raft/types.ts";
import { add, addLearner, change, leaveJoint, remove } from "./support/changes.ts";
import { chapter } from "./support/chapter.ts";
import { Group } from "./support/group.ts";
import {
  appendEntries,
  confState,
  entriesOf,
  from,
  heartbeat,
  ofType,
  requestVote,
  text,
  to,
  touching,
  voteReply,
} from "./support/rpc.ts";
import { drawnTimeouts, ELECTION_TIMEOUT, Server } from "./support/server.ts";

const THREE = confState([1, 2, 3]);

function led(size: number, voters: number, options = {}): Group {
  const ids = Array.from({ length: voters }, (_, i) => i + 1);
  const group = new Group({ size, members: confState(ids), options });
  group.elect(1);
  return group;
}

function subsets(ids: readonly NodeId[]): NodeId[][] {
  return Array.from({ length: 1 << ids.length }, (_, mask) =>
    ids.filter((_, i) => (mask >> i) & 1),
  );
}

function wins(voters: readonly NodeId[], votes: readonly NodeId[]): boolean {
  const cast = new Map(votes.map((id) => [id, true]));
  return jointVote({ incoming: voters, outgoing: [] }, cast) === VoteResult.Won;
}

chapter("Thesis 4.1 Safety: single-server changes", (it) => {
  for (const [before, after] of [
    [4, 5],
    [3, 4],
    [5, 4],
    [4, 3],
    [2, 1],
    [1, 2],
  ] as const) {
    it(`when adding a single server or removing a single server, any majority of the old cluster overlaps with any majority of the new cluster (figure 4.3: ${before} to ${after})`, () => {
      const ids = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
      const all = subsets(ids(Math.max(before, after)));
      for (const some of all.filter((set) => wins(ids(before), set))) {
        for (const others of all.filter((set) => wins(ids(after), set))) {
          expect(some.some((id) => others.includes(id))).toBe(true);
        }
      }
    });
  }

  it("Raft restricts the types of changes that are allowed: only one server can be added or removed from the cluster at a time", () => {
    const group = led(5, 3);
    // Two at once go through joint consensus instead.
    group.send(change(group.leader, [add(4), add(5)]));
    const seen = new Set<string>();
    while (group.wire.length > 0) {
      group.deliver();
      seen.add(group.leader.members);
    }
    expect([...seen]).toEqual([
      "voters=(1 2 3)",
      "voters=(1 2 3 4 5)&&(1 2 3) autoleave",
      "voters=(1 2 3 4 5)",
    ]);
    // One by one they do not.
    const single = led(4, 3);
    single.send(change(single.leader, [add(4)]));
    single.settle();
    expect(single.leader.members).toBe("voters=(1 2 3 4)");
  });

  it("while a change is under way the next one is not taken: it becomes an empty entry", () => {
    const group = led(5, 3);
    group.send(change(group.leader, [add(4)]));
    group.send(change(group.leader, [add(5)]));
    expect(group.leader.entries.map((entry) => entry.type)).toEqual([
      EntryType.Normal,
      EntryType.ConfChangeV2,
      EntryType.Normal,
    ]);
    expect(group.leader.entries[2]?.data).toEqual(EMPTY);
    group.settle();
    expect(group.leader.members).toBe("voters=(1 2 3 4)");
  });

  it("the configuration change is complete once the C_new entry is committed: then the next one may begin", () => {
    const group = led(5, 3);
    for (const id of [4, 5]) {
      group.send(change(group.leader, [add(id)]));
      group.settle();
    }
    group.tick();
    for (const server of group.servers) expect(server.members).toBe("voters=(1 2 3 4 5)");
  });

  it("in a joint configuration no other change is taken but to leave it, and there alone", () => {
    const group = led(5, 3);
    group.send(leaveJoint(group.leader));
    group.settle();
    expect(group.leader.entries.at(-1)?.type).toBe(EntryType.Normal);
    group.send(change(group.leader, [add(4)], "stay joint"));
    group.settle();
    group.send(change(group.leader, [add(5)]));
    group.settle();
    expect(group.leader.members).toBe("voters=(1 2 3 4)&&(1 2 3)");
    group.send(leaveJoint(group.leader));
    group.settle();
    expect(group.leader.members).toBe("voters=(1 2 3 4)");
  });

  // The thesis lets a server fall back from a configuration that another leader overwrites. Here a
  // configuration is used only once it is committed, so it is never taken back.
  it("a server must be prepared to fall back to the previous configuration in its log: here it never left it", () => {
    const group = led(5, 3);
    group.cut((m) => m.entries.length > 0);
    group.send(change(group.leader, [add(4)]));
    group.settle();
    group.crash(1);
    group.heal();
    group.elect(2);
    group.propose(2, "a");
    group.restart(1);
    group.tick(2);
    expect(group.server(1).entries).toEqual(group.server(2).entries);
    for (const server of group.servers.slice(0, 3)) expect(server.members).toBe("voters=(1 2 3)");
  });

  // Ongaro's correction of 2015 (raft-dev): "a leader may not append a new configuration entry
  // until it has committed an entry from its current term". Here: until it has applied its tail.
  it("a new leader takes no change before it has applied all that it found in its log: there may be one in it", () => {
    const group = led(5, 3);
    group.cut((m) => m.entries.length > 0 && m.to !== 2);
    group.send(change(group.leader, [add(4)]));
    group.deliver();
    group.lose();
    group.crash(1);
    group.cut((m) => m.entries.length > 0);
    const leader = group.elect(2);
    expect(leader.entries.map((entry) => entry.type)).toContain(EntryType.ConfChangeV2);
    group.send(change(leader, [add(5)]));
    expect(leader.entries.at(-1)?.type).toBe(EntryType.Normal);
    group.heal();
    group.tick(2);
    expect(leader.members).toBe("voters=(1 2 3 4)");
    group.send(change(leader, [add(5)]));
    group.settle();
    expect(leader.members).toBe("voters=(1 2 3 4 5)");
  });

  it("two changes that compete across terms do not make majorities that do not overlap", () => {
    // The counter-example of 2015: S1 adds S5 and falls silent; S2 removes S4; S1 comes back.
    const group = led(5, 4, drawnTimeouts(4));
    group.cut((m) => m.entries.length > 0 && m.to !== 5);
    group.send(change(group.leader, [add(5)]));
    group.settle();
    group.cut(touching(1, 5));
    group.elect(2);
    group.send(change(group.server(2), [remove(4)]));
    group.settle();
    group.propose(2, "kept");
    expect(group.server(3).members).toBe("voters=(1 2 3)");
    group.crash(1);
    group.restart(1);
    group.cut(touching(2, 3));
    for (let i = 0; i < 5; i++) expect(group.campaign(1).role).not.toBe("leader");
    group.heal();
    group.tick(10 * ELECTION_TIMEOUT);
    expect(group.server(1).executed).toEqual(["kept"]);
  });

  it("a server accepts AppendEntries requests from a leader that is not part of the server's latest configuration", () => {
    const server = new Server(4, THREE);
    const [reply] = server.hears(appendEntries({ from: 9, to: 4, term: 3, terms: [1, 3] }));
    expect([reply?.reject, reply?.index, server.log, server.raft.lead]).toEqual([
      false,
      2,
      [1, 3],
      9,
    ]);
  });

  it("a server also grants its vote to a candidate that is not part of the server's latest configuration", () => {
    const server = new Server(1, THREE, { log: [1] });
    const [reply] = server.hears(
      requestVote({ from: 9, term: 3, lastLogTerm: 1, lastLogIndex: 1 }),
    );
    expect([reply?.reject, server.raft.vote]).toEqual([false, 9]);
  });

  it("… but an answer from a stranger counts for nothing", () => {
    const server = new Server(1, THREE);
    server.campaign();
    for (const id of [7, 8, 9]) server.hears(voteReply({ from: id, term: 1, granted: true }));
    expect(server.role).toBe("candidate");
  });
});

chapter("Thesis 4.2 Availability", (it) => {
  it("4.2.1: if a fourth server with an empty log is added and one of the original three servers fails, the cluster will be temporarily unable to commit new entries", () => {
    const group = led(4, 3, { maxSizePerMsg: 0 });
    for (let i = 0; i < 20; i++) group.propose(1, `${i}`);
    group.cut(touching(4));
    group.send(change(group.leader, [add(4)]));
    group.settle();
    group.crash(3);
    const { commit } = group.leader;
    group.propose(1, "waits");
    group.tick(3);
    expect(group.leader.commit).toBe(commit);
    group.heal(); // only once the fourth has all the entries
    group.tick(3);
    expect(group.leader.executed.at(-1)).toBe("waits");
  });

  it("4.2.1: a new server joins the cluster as a non-voting member: then it does not matter whether it has caught up", () => {
    const group = led(4, 3);
    group.cut(touching(4));
    group.send(change(group.leader, [addLearner(4)]));
    group.settle();
    group.crash(3);
    group.propose(1, "does not wait");
    expect(group.leader.executed).toEqual(["does not wait"]);
  });

  it("4.2.1: a non-voting member does not campaign, however long it hears from nobody", () => {
    const members = confState([1, 2, 3], { learners: [4] });
    const learner = new Server(4, members, { log: [1] });
    expect(learner.tick(20 * ELECTION_TIMEOUT)).toEqual([]);
    learner.campaign();
    expect([learner.role, learner.term]).toEqual(["follower", 1]);
  });

  it("4.2.1: a non-voting member that was promoted may not know it yet: it votes when it is asked", () => {
    // 4 is a voter now, 1 fails, and 3 is down: 2 needs the vote of 4.
    const group = new Group({ size: 4, members: confState([1, 2, 3], { learners: [4] }) });
    group.elect(1);
    group.send(change(group.leader, [add(4)]));
    group.cut((m) => m.to === 4 && m.entries.length === 0);
    group.settle();
    group.tick();
    expect([group.server(2).members, group.server(4).members]).toEqual([
      "voters=(1 2 3 4)",
      "voters=(1 2 3) learners=(4)",
    ]);
    group.crash(1);
    group.heal();
    group.cut((m) => m.to === 4 && !ofType(MessageType.Vote)(m));
    group.elect(2);
    expect(group.server(4).raft.vote).toBe(2);
  });

  it("4.2.2: a leader that is removed from the configuration steps down once the C_new entry is committed", () => {
    const group = led(3, 3, { stepDownOnRemoval: true });
    group.send(change(group.leader, [remove(1)]));
    expect(group.server(1).role).toBe("leader");
    group.settle();
    expect([group.server(1).role, group.server(1).commit]).toEqual(["follower", 2]);
    // It cannot come back.
    group.tick(5 * ELECTION_TIMEOUT);
    expect([2, 3]).toContain(group.leader.id);
    expect(group.campaign(1).role).toBe("follower");
  });

  it("4.2.2: … and so does one that was demoted", () => {
    const group = led(3, 3, { stepDownOnRemoval: true });
    group.send(change(group.leader, [addLearner(1)]));
    group.settle();
    expect([group.server(1).role, group.server(1).members]).toEqual([
      "follower",
      "voters=(2 3) learners=(1)",
    ]);
  });

  it("4.2.2: there will be a period of time when a leader can manage a cluster that does not include itself; it replicates log entries but does not count itself in majorities", () => {
    const group = led(3, 3); // etcd's setting: no step-down
    const leader = group.server(1);
    group.send(change(leader, [remove(1)]));
    group.send(leader.propose("after"));
    group.cut((m) => m.to === 1 && m.index > 2);
    group.settle();
    expect([leader.members, leader.role, leader.commit]).toEqual(["voters=(2 3)", "leader", 2]);
    // Of 2 and 3 both must have entry 3; it has itself, and one of them is not enough.
    group.cut((m) => m.to === 1 && m.from === 3);
    group.tick(3);
    expect(leader.commit).toBe(2);
    group.heal();
    group.tick(2);
    expect(leader.commit).toBe(3);
  });

  it("a smaller majority may have committed more: the leader sees it when it applies the removal", () => {
    const group = led(4, 4);
    const leader = group.server(1);
    // Entry 2 removes 4 and is on three of four; entry 3 is on two of them: enough without 4.
    group.send(change(leader, [remove(4)]));
    group.send(leader.propose("a"));
    group.cut((m) => m.to === 4 || (m.to === 3 && m.entries.some((entry) => entry.index > 2)));
    group.deliver(to(2));
    group.deliver(to(3));
    group.deliver((m) => m.from === 2);
    expect([leader.members, leader.commit]).toEqual(["voters=(1 2 3 4)", 1]);
    group.deliver((m) => m.from === 3);
    expect([leader.members, leader.commit]).toEqual(["voters=(1 2 3)", 3]);
  });

  it("4.2.3: without additional mechanism, servers not in C_new can disrupt the cluster", () => {
    const group = led(3, 3);
    group.cut(to(3));
    group.send(change(group.leader, [remove(3)]));
    group.settle();
    group.heal();
    group.tick(20 * ELECTION_TIMEOUT);
    expect(Math.max(group.server(1).term, group.server(2).term)).toBeGreaterThan(3);
  });

  it("4.2.3: unfortunately, the Pre-Vote phase does not solve the problem of disruptive servers", () => {
    // 3 has the entry that removes it, so its log is as good as any; it has not applied it.
    const disrupted = (checkQuorum: boolean) => {
      const group = led(3, 3, { preVote: true, checkQuorum });
      group.send(change(group.leader, [remove(3)]));
      group.cut((m) => m.to === 3 && m.entries.length === 0);
      group.settle();
      expect(group.server(3).log.length).toBe(2);
      group.cut((m) => m.to === 3 && ofType(MessageType.Heartbeat, MessageType.App)(m));
      group.tick(10 * ELECTION_TIMEOUT);
      expect(group.sent.filter(ofType(MessageType.PreVote)).some(from(3))).toBe(true);
      return group.server(2).term > 1;
    };
    expect([disrupted(false), disrupted(true)]).toEqual([true, false]);
  });

  it('4.2.3: those RequestVote requests can include a special flag ("I have permission to disrupt the leader—it told me to!")', () => {
    const group = led(3, 3, { checkQuorum: true });
    group.tick(2);
    group.server(1).raw.transferLeader(2);
    group.settle();
    const [request] = group.sent.filter((m) => m.type === MessageType.Vote && m.term === 2);
    expect(text(request?.context ?? EMPTY)).toBe("CampaignTransfer");
    expect(group.leader.id).toBe(2);
    // Without the flag the same request is disregarded.
    const voter = new Server(3, THREE, { log: [1] }, { checkQuorum: true });
    voter.hears(heartbeat({ from: 1, to: 3, term: 1 }));
    const asks = requestVote({ from: 2, to: 3, term: 2, lastLogTerm: 1, lastLogIndex: 1 });
    expect(voter.hears(asks)).toEqual([]);
    expect(voter.hears({ ...asks, context: request?.context ?? EMPTY }).length).toBe(1);
  });
});

chapter("Thesis 4.3 Arbitrary configuration changes using joint consensus", (it) => {
  it("agreement requires both 2 of the 3 servers in the old configuration and 5 of the 9 servers in the new configuration", () => {
    const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    const members = confState(nine, { votersOutgoing: [1, 2, 3] });
    for (const set of subsets(nine)) {
      const cast = new Map(set.map((id) => [id, true]));
      const result = jointVote({ incoming: nine, outgoing: [1, 2, 3] }, cast);
      const old = set.filter((id) => id <= 3).length;
      expect(result === VoteResult.Won).toBe(old >= 2 && set.length >= 5);
    }
    for (const [friends, agreed] of [
      [[2, 4, 5, 6], true],
      [[4, 5, 6, 7, 8, 9], false],
      [[2, 3, 4], false],
    ] as const) {
      const group = new Group({ size: 9, members });
      group.elect(1);
      group.cut(touching(...nine.filter((id) => id !== 1 && !friends.some((f) => f === id))));
      group.propose(1, "a");
      expect(group.server(1).executed).toEqual(agreed ? ["a"] : []);
    }
  });

  it("a voter of the old configuration that is to have no vote keeps it until the joint configuration is left", () => {
    const group = led(3, 3);
    group.send(change(group.leader, [addLearner(3)], "stay joint"));
    group.settle();
    expect(group.leader.members).toBe("voters=(1 2)&&(1 2 3) learners_next=(3)");
    group.cut(touching(2));
    group.propose(1, "needs 2");
    expect(group.leader.executed).toEqual([]);
    group.heal();
    group.tick(2);
    group.send(leaveJoint(group.leader));
    group.settle();
    expect(group.leader.members).toBe("voters=(1 2) learners=(3)");
  });

  it("if the leader crashes while the configuration is joint, the next one leaves it", () => {
    const group = led(5, 3);
    group.send(change(group.leader, [add(4), add(5)]));
    group.deliverUntil(() => group.leader.members.includes("&&"));
    group.crash(1);
    group.lose();
    group.elect(2);
    group.tick(2);
    expect(group.leader.members).toBe("voters=(1 2 3 4 5)");
  });
});

chapter("Thesis 4.4 System integration", (it) => {
  it("a new cluster begins with a first configuration entry in the log, and the rest of the servers are added by changes", () => {
    const nobody = confState([]);
    const group = new Group({ size: 3, members: nobody });
    group.server(1).raw.bootstrap([{ id: 1, context: EMPTY }]);
    group.settle();
    expect(group.server(1).members).toBe("voters=(1)");
    group.elect(1);
    for (const id of [2, 3]) {
      group.send(change(group.leader, [add(id)]));
      group.settle();
      group.tick(2);
    }
    for (const server of group.servers) expect(server.members).toBe("voters=(1 2 3)");
    expect(group.server(3).entries[0]?.type).toBe(EntryType.ConfChange);
    expect(entriesOf(1, group.server(3).log).map((entry) => entry.term)).toEqual([1, 2, 2, 2]);
  });

  it("servers that are in no configuration wait: they do not campaign", () => {
    const idle = new Server(2, confState([]));
    expect(idle.tick(5 * ELECTION_TIMEOUT)).toEqual([]);
    expect(idle.role).toBe("follower");
  });
});

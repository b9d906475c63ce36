import { expect } from "vitest";
import { ErrProposalDropped } from "../../../src/raft/errors.ts";
import { EntryType, MessageType, type NodeId } from "../../../src/raft/types.ts";
import { add, addLearner, change, leaveJoint, remove } from "./support/changes.ts";
import { chapter } from "./support/chapter.ts";
import { Group } from "./support/group.ts";
import {
  appendReply,
  bytes,
  confState,
  heartbeat,
  ofType,
  requestVote,
  to,
  touching,
} from "./support/rpc.ts";
import { drawnTimeouts, ELECTION_TIMEOUT, Server } from "./support/server.ts";

// C_old is servers 1, 2 and 3; C_new is 3, 4 and 5.
const OLD = [1, 2, 3];
const NEW = [3, 4, 5];
const REPLACE = [add(4), add(5), remove(1), remove(2)];
const JOINT = confState(NEW, { votersOutgoing: OLD });
const JOINT_TEXT = "voters=(3 4 5)&&(1 2 3)";

function isMajority(ids: readonly NodeId[], of: readonly NodeId[]): boolean {
  return of.filter((id) => ids.includes(id)).length * 2 > of.length;
}

/** Every set of servers 1 to 5 that holds `id`. */
function setsWith(id: NodeId): NodeId[][] {
  const all = Array.from({ length: 32 }, (_, mask) =>
    [1, 2, 3, 4, 5].filter((each) => (mask >> (each - 1)) & 1),
  );
  return all.filter((set) => set.includes(id));
}

function except(...ids: NodeId[]): NodeId[] {
  return [1, 2, 3, 4, 5].filter((id) => !ids.includes(id));
}

/** Five servers of which C_old's take part, led by 1. */
function old(options = {}): Group {
  const group = new Group({ size: 5, members: confState(OLD), options });
  group.elect(1);
  return group;
}

/** The same in the middle of the change: C_old,new is committed, and stays. */
function joint(options = {}): Group {
  const group = old(options);
  group.send(change(group.leader, REPLACE, "stay joint"));
  group.settle();
  group.tick();
  for (const server of group.servers) expect(server.members).toBe(JOINT_TEXT);
  return group;
}

chapter("Raft 6 Cluster membership changes: joint consensus", (it) => {
  it("the cluster first switches to a transitional configuration we call joint consensus; once the joint consensus has been committed, the system then transitions to the new configuration", () => {
    const group = old();
    const { leader } = group;
    const seen: string[] = [];
    const look = () => {
      if (seen.at(-1) !== leader.members) seen.push(leader.members);
    };
    look();
    group.send(change(leader, REPLACE));
    while (group.wire.length > 0) {
      group.deliver();
      look();
    }
    expect(seen).toEqual(["voters=(1 2 3)", `${JOINT_TEXT} autoleave`, "voters=(3 4 5)"]);
    const types = leader.entries.map((entry) => entry.type);
    expect(types).toEqual([EntryType.Normal, EntryType.ConfChangeV2, EntryType.ConfChangeV2]);
  });

  it("log entries are replicated to all servers in both configurations", () => {
    const group = joint();
    group.sent.length = 0;
    group.propose(1, "x<-3");
    const appends = group.sent.filter((m) => m.entries.length > 0);
    expect(appends.map((m) => m.to)).toEqual([2, 3, 4, 5]);
    group.tick();
    for (const { executed } of group.servers) expect(executed).toEqual(["x<-3"]);
  });

  for (const id of [1, 2, 3, 4, 5]) {
    it(`any server from either configuration may serve as leader (server ${id})`, () => {
      const group = joint();
      if (id !== 1) group.elect(id);
      group.propose(id, "x<-3");
      expect(group.server(id).executed).toEqual(["x<-3"]);
    });
  }

  it("agreement for entry commitment requires separate majorities from both the old and new configurations", () => {
    for (const leader of [1, 3, 5]) {
      for (const set of setsWith(leader)) {
        const group = new Group({ size: 5, members: JOINT });
        group.elect(leader);
        group.cut(touching(...except(...set)));
        group.propose(leader, "x<-3");
        const agreed = isMajority(set, OLD) && isMajority(set, NEW);
        expect([set, group.server(leader).executed]).toEqual([set, agreed ? ["x<-3"] : []]);
      }
    }
  });

  it("agreement for elections requires separate majorities from both the old and new configurations", () => {
    for (const candidate of [1, 3, 5]) {
      for (const set of setsWith(candidate)) {
        const group = new Group({ size: 5, members: JOINT });
        group.cut(touching(...except(...set)));
        group.campaign(candidate);
        const agreed = isMajority(set, OLD) && isMajority(set, NEW);
        expect([set, group.leaders.length]).toEqual([set, agreed ? 1 : 0]);
      }
    }
  });

  it("joint consensus allows the cluster to continue servicing client requests throughout the configuration change", () => {
    const group = old();
    let asked = 0;
    group.send(change(group.server(1), REPLACE));
    for (let hop = 0; hop < 10; hop++) {
      const [leader] = group.leaders;
      if (leader?.raw.propose(bytes(`${asked}`)) === null) asked++;
      group.deliver();
    }
    group.settle();
    const done = Math.max(...group.servers.map((server) => server.executed.length));
    expect([done, asked > 2]).toEqual([asked, true]);
  });

  it("cluster configurations are stored and communicated using special entries in the replicated log", () => {
    const group = joint();
    for (const { entries } of group.servers) {
      expect(entries.map((entry) => entry.type)).toEqual([
        EntryType.Normal,
        EntryType.ConfChangeV2,
      ]);
    }
  });

  // etcd-io/raft departs from the paper here: a configuration is used once its entry is applied,
  // so C_old,new is committed by C_old. That is safe because only one change can be under way, and
  // nobody may campaign with a committed change that it has not applied.
  it("a server uses the new configuration for all future decisions: here once its entry is applied, not once it is in the log", () => {
    const group = old();
    const { leader } = group;
    group.send(change(leader, REPLACE, "stay joint"));
    group.deliver();
    expect(group.server(2).log.length).toBe(2);
    expect(group.servers.map((server) => server.members)).toEqual(
      group.servers.map(() => "voters=(1 2 3)"),
    );
    group.settle();
    group.tick();
    for (const server of group.servers) expect(server.members).toBe(JOINT_TEXT);
  });

  it("nobody campaigns while it has not applied a configuration that is committed", () => {
    // Applying waits for the storage; the node knows already that entry 2 is committed.
    const server = new Server(1, confState(OLD), {}, { asyncStorageWrites: true });
    const donor = old();
    donor.send(change(donor.leader, REPLACE, "stay joint"));
    donor.settle();
    for (const m of donor.sent.filter(to(2))) server.raw.step({ ...m, to: 1, from: 2 });
    server.raw.step({ ...heartbeat({ from: 2, term: 1, commit: 2 }) });
    expect([server.commit, server.members]).toEqual([2, "voters=(1 2 3)"]);
    server.raw.campaign();
    expect([server.role, server.term]).toEqual(["follower", 1]);
  });

  it("if the leader crashes, a new leader may be chosen under either C_old or C_old,new; in any case, C_new cannot make unilateral decisions during this period", () => {
    for (const received of [[], [2], [2, 3], [2, 3, 4, 5]]) {
      const group = old(drawnTimeouts(6));
      group.send(change(group.leader, REPLACE, "stay joint"));
      group.cut((m) => m.entries.length > 0 && !received.includes(m.to));
      group.settle();
      group.crash(1);
      // C_new alone: 3, 4 and 5.
      group.cut(touching(1, 2));
      group.tick(5 * ELECTION_TIMEOUT);
      expect(group.leaders).toEqual([]);
      group.heal();
      group.tick(20 * ELECTION_TIMEOUT);
      group.propose(group.leader.id, "x<-3");
      expect(group.leader.executed).toEqual(["x<-3"]);
    }
  });

  it("once C_old,new has been committed, neither C_old nor C_new can make decisions without approval of the other", () => {
    for (const alone of [OLD, NEW]) {
      const group = joint(drawnTimeouts(61));
      group.cut((m) => alone.includes(m.to) !== alone.includes(m.from));
      const before = Math.max(...group.servers.map((server) => server.commit));
      group.send(group.server(1).propose("x<-3"));
      group.tick(10 * ELECTION_TIMEOUT);
      // 1 may still think that it leads, but it decides nothing.
      expect(group.leaders.filter((server) => server.term > 1)).toEqual([]);
      expect(Math.max(...group.servers.map((server) => server.commit))).toBe(before);
    }
  });

  it("the Leader Completeness Property ensures that only servers with the C_old,new log entry can be elected as leader", () => {
    const group = old();
    group.cut(touching(2));
    group.send(change(group.leader, REPLACE, "stay joint"));
    group.settle();
    expect(group.leader.members).toBe(JOINT_TEXT);
    group.crash(1);
    group.heal();
    for (let i = 0; i < 3; i++) expect(group.campaign(2).role).not.toBe("leader");
    group.elect(3);
    expect(group.leader.members).toBe(JOINT_TEXT);
  });

  it("when the new configuration has been committed, the old configuration is irrelevant and servers not in the new configuration can be shut down", () => {
    const group = joint();
    group.elect(3);
    group.send(leaveJoint(group.leader));
    group.settle();
    group.crash(1, 2);
    for (let i = 0; i < 5; i++) group.propose(3, `${i}`);
    expect(group.server(4).executed).toEqual(["0", "1", "2", "3", "4"]);
    group.crash(3);
    group.elect(5);
  });

  it("there is no time when C_old and C_new can both make unilateral decisions", () => {
    // Stop the change after each message, part the servers in the middle, and see who goes on.
    const sides = [
      [1, 2],
      [1, 2, 3],
    ];
    for (const side of sides) {
      let decided = 0;
      for (let hops = 0; hops <= 8; hops++) {
        const group = old(drawnTimeouts(hops));
        group.send(change(group.leader, REPLACE));
        for (let i = 0; i < hops; i++) group.deliver();
        group.cut((m) => side.includes(m.to) !== side.includes(m.from));
        const before = Math.max(...group.servers.map((server) => server.commit));
        for (let i = 0; i < 6; i++) {
          group.tick(ELECTION_TIMEOUT);
          for (const { id, raw } of group.leaders) raw.propose(bytes(`${id}`));
        }
        group.settle();
        const progress = group.servers.filter((server) => server.commit > before + 3);
        const sidesOf = new Set(progress.map(({ id }) => side.includes(id)));
        expect(sidesOf.size).toBeLessThanOrEqual(1);
        decided += sidesOf.size;
      }
      expect(decided).toBeGreaterThan(0);
    }
  });
});

chapter("Raft 6 Cluster membership changes: three more issues", (it) => {
  it("new servers join the cluster as non-voting members (the leader replicates log entries to them, but they are not considered for majorities)", () => {
    const group = old();
    for (const id of [4, 5]) {
      group.send(change(group.leader, [addLearner(id)]));
      group.settle();
    }
    group.tick();
    expect(group.leader.members).toBe("voters=(1 2 3) learners=(4 5)");
    expect(group.server(5).log).toEqual(group.leader.log);
    // Their answers do not make a majority, and their silence does not prevent one.
    group.cut(touching(2, 3));
    const before = group.leader.commit;
    group.propose(1, "x<-3");
    expect(group.server(4).log).toEqual(group.leader.log);
    expect(group.leader.commit).toBe(before);
    group.cut(touching(4, 5));
    group.tick(3);
    expect(group.leader.executed).toEqual(["x<-3"]);
  });

  it("once the new servers have caught up with the rest of the cluster, the reconfiguration can proceed", () => {
    const group = old();
    for (const id of [4, 5]) {
      group.send(change(group.leader, [addLearner(id)]));
      group.settle();
    }
    group.send(change(group.leader, [add(4), add(5)]));
    group.settle();
    group.tick();
    for (const server of group.servers) expect(server.members).toBe("voters=(1 2 3 4 5)");
  });

  it("the leader steps down (returns to follower state) once it has committed the C_new log entry", () => {
    const group = joint({ stepDownOnRemoval: true });
    const leader = group.server(1);
    group.send(leaveJoint(leader));
    group.deliverUntil(
      () => leader.members !== JOINT_TEXT,
      () => expect(leader.role).toBe("leader"),
    );
    expect([leader.role, leader.members, leader.commit]).toEqual(["follower", "voters=(3 4 5)", 3]);
    group.settle();
    // Nobody told the others that C_new is committed: they find out from the next leader.
    group.tick(5 * ELECTION_TIMEOUT);
    expect(NEW).toContain(group.leader.id);
    expect(group.leader.members).toBe("voters=(3 4 5)");
  });

  it("without step-down, as etcd runs it, a removed leader takes no more requests", () => {
    const group = joint();
    group.send(leaveJoint(group.server(1)));
    group.settle();
    expect(group.server(1).role).toBe("leader");
    expect(group.server(1).raw.propose(bytes("x"))).toBe(ErrProposalDropped);
  });

  it("the leader is managing a cluster that does not include itself; it replicates log entries but does not count itself in majorities", () => {
    const leader = new Server(1, JOINT, { log: [1] });
    leader.campaign();
    for (const id of [2, 3, 4]) {
      leader.hears({
        ...appendReply({ from: id, term: 2, index: 0 }),
        type: MessageType.VoteResp,
      });
    }
    expect(leader.role).toBe("leader");
    leader.hears(appendReply({ from: 2, term: 2, index: 2 }));
    leader.hears(appendReply({ from: 3, term: 2, index: 2 }));
    // C_old has agreed; of C_new only 3 has, and the leader is not in it.
    expect(leader.commit).toBe(0);
    leader.hears(appendReply({ from: 4, term: 2, index: 2 }));
    expect(leader.commit).toBe(2);
  });

  it("removed servers can disrupt the cluster: they will time out and start new elections, and this will cause the current leader to revert to follower state", () => {
    const group = old();
    group.cut(to(3)); // 3 does not even learn that it is removed
    group.send(change(group.leader, [remove(3)]));
    group.settle();
    group.heal();
    group.tick(3 * ELECTION_TIMEOUT);
    expect(group.sent.some((m) => m.from === 3 && m.type === MessageType.Vote)).toBe(true);
    expect(group.server(1).term).toBeGreaterThan(1);
  });

  it("if a server receives a RequestVote RPC within the minimum election timeout of hearing from a current leader, it does not update its term or grant its vote", () => {
    for (const elapsed of [0, 1, ELECTION_TIMEOUT - 1, ELECTION_TIMEOUT]) {
      const options = {
        checkQuorum: true,
        randomElectionTimeout: () => 2 * ELECTION_TIMEOUT - 1,
      };
      const server = new Server(1, confState(OLD), { log: [1] }, options);
      server.hears(heartbeat({ from: 2, term: 1 }));
      server.tick(elapsed);
      const asks = requestVote({ from: 3, term: 9, lastLogTerm: 8, lastLogIndex: 9 });
      const replies = server.hears(asks);
      const disregards = elapsed < ELECTION_TIMEOUT;
      expect([server.term, server.raft.vote, replies.length]).toEqual(
        disregards ? [1, 0, 0] : [9, 3, 1],
      );
    }
  });

  it("servers disregard RequestVote RPCs when they believe a current leader exists: not when they know of none", () => {
    const server = new Server(1, confState(OLD), {}, { checkQuorum: true });
    const [reply] = server.hears(requestVote({ from: 2, term: 1 }));
    expect([reply?.reject, server.raft.vote]).toEqual([false, 2]);
  });

  it("this does not affect normal elections, where each server waits at least a minimum election timeout before starting an election", () => {
    for (let seed = 0; seed < 10; seed++) {
      const group = new Group({
        size: 5,
        options: { checkQuorum: true, ...drawnTimeouts(seed) },
      });
      group.elect(1);
      group.tick(3);
      group.crash(1);
      group.tick(10 * ELECTION_TIMEOUT);
      expect(group.leaders.length).toBe(1);
    }
  });

  it("if a leader is able to get heartbeats to its cluster, then it will not be deposed by larger term numbers", () => {
    const group = old({ checkQuorum: true });
    group.cut(to(3));
    group.send(change(group.leader, [remove(3)]));
    group.settle();
    group.tick(10 * ELECTION_TIMEOUT);
    expect(group.server(3).term).toBeGreaterThan(5);
    expect(group.sent.filter(ofType(MessageType.Vote)).some((m) => m.from === 3)).toBe(true);
    expect([group.server(1).role, group.server(1).term]).toEqual(["leader", 1]);
  });
});

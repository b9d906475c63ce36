import { expect } from "vitest";
import { ErrProposalDropped } from "../../../src/raft/errors.ts";
import { makeMessage } from "../../../src/raft/messages.ts";
import { MessageType } from "../../../src/raft/types.ts";
import { addLearner, change, remove } from "./support/changes.ts";
import { chapter } from "./support/chapter.ts";
import { Group } from "./support/group.ts";
import { both, bytes, confState, ofType, to, touching } from "./support/rpc.ts";
import { ELECTION_TIMEOUT, Server } from "./support/server.ts";

const TIMEOUT_NOW = ofType(MessageType.TimeoutNow);

function led(options = {}): Group {
  const group = new Group({ size: 3, options });
  group.elect(1);
  return group;
}

/** A transfer to 3 that cannot succeed yet: 3 is cut off, and lacks an entry. */
function waiting(options = {}): Group {
  const group = led(options);
  group.cut(touching(3));
  group.propose(1, "a");
  group.tick(3); // the timeout counts from the transfer, not from the leader's last round
  group.server(1).raw.transferLeader(3);
  group.settle();
  expect(group.server(1).raft.leadTransferee).toBe(3);
  return group;
}

chapter("Thesis 3.10 Leadership transfer extension", (it) => {
  it("1. The prior leader stops accepting new client requests", () => {
    const { raw } = waiting().server(1);
    expect(raw.propose(bytes("x"))).toBe(ErrProposalDropped);
    expect(raw.proposeMany([bytes("x"), bytes("y")])).toBe(ErrProposalDropped);
    expect(() => change(waiting().server(1), [remove(2)])).toThrow(ErrProposalDropped.message);
  });

  it("2. The prior leader fully updates the target server's log to match its own, using the normal log replication mechanism", () => {
    const group = led();
    group.cut(touching(3));
    for (let i = 0; i < 5; i++) group.propose(1, `${i}`);
    group.heal();
    group.server(1).raw.transferLeader(3);
    group.settle();
    group.tick(); // it was probing 3, which takes a heartbeat
    const told = group.sent.findIndex(TIMEOUT_NOW);
    const before = group.sent.slice(0, told);
    expect(before.filter(both(to(3), ofType(MessageType.App))).at(-1)?.entries.length).toBe(5);
    expect(group.leader.id).toBe(3);
    expect(group.leader.log).toEqual([1, 1, 1, 1, 1, 1, 2]);
  });

  it("3. The prior leader sends a TimeoutNow request to the target server (at once, if its log matches)", () => {
    const group = led();
    group.server(1).raw.transferLeader(2);
    const sent = group.server(1).work();
    expect(sent.map((m) => [m.type, m.to, m.term])).toEqual([[MessageType.TimeoutNow, 2, 1]]);
  });

  it("this request has the same effect as the target server's election timer firing: the target server starts a new election (incrementing its term and becoming a candidate)", () => {
    for (const options of [{}, { checkQuorum: true, preVote: true }]) {
      const target = new Server(1, confState([1, 2, 3]), { log: [1], term: 4 }, options);
      const timeoutNow = makeMessage({ type: MessageType.TimeoutNow, to: 1, from: 2, term: 4 });
      const sent = target.hears(timeoutNow);
      expect([target.role, target.term]).toEqual(["candidate", 5]);
      expect(sent.map((m) => [m.type, m.to])).toEqual([
        [MessageType.Vote, 2],
        [MessageType.Vote, 3],
      ]);
    }
  });

  it("once the target server receives the TimeoutNow request, it is highly likely to become leader in the next term. Its next message to the prior leader will include its new term number, causing the prior leader to step down", () => {
    for (const options of [{}, { checkQuorum: true, preVote: true }]) {
      const group = led(options);
      group.server(1).raw.transferLeader(3);
      group.settle();
      expect(group.servers.map((server) => [server.role, server.term])).toEqual([
        ["follower", 2],
        ["follower", 2],
        ["leader", 2],
      ]);
    }
  });

  it("it is also possible for the target server to fail; in this case, the cluster must resume client operations", () => {
    const group = led();
    group.crash(3);
    group.server(1).raw.transferLeader(3);
    group.tick(ELECTION_TIMEOUT);
    group.propose(1, "a");
    expect(group.server(2).log).toEqual([1, 1]);
    expect(group.leader.executed).toEqual(["a"]);
  });

  it("if leadership transfer does not complete after about an election timeout, the prior leader aborts the transfer and resumes accepting client requests", () => {
    const group = waiting();
    const leader = group.server(1);
    for (let i = 1; i < ELECTION_TIMEOUT; i++) {
      group.tick();
      expect(leader.raw.propose(bytes("too early"))).toBe(ErrProposalDropped);
    }
    group.tick();
    expect(leader.raft.leadTransferee).toBe(0);
    group.propose(1, "b");
    expect(leader.executed).toEqual(["a", "b"]);
  });

  it("if the prior leader was mistaken and the target server is actually operational, then at worst this mistake will result in an extra election, after which client operations will be restored", () => {
    const group = led();
    group.server(1).raw.transferLeader(3);
    group.send(group.server(1).work());
    const late = group.wire.filter(TIMEOUT_NOW);
    group.lose();
    group.tick(ELECTION_TIMEOUT);
    group.propose(1, "a");
    group.tick();
    for (const m of late) group.send(group.server(3).hears(m));
    group.settle();
    expect([group.leader.id, group.leader.term]).toEqual([3, 2]);
    group.propose(3, "b");
    group.tick();
    for (const { executed } of group.servers) expect(executed).toEqual(["a", "b"]);
  });

  it("a TimeoutNow of an old term makes nobody a candidate", () => {
    const target = new Server(1, confState([1, 2, 3]), { term: 4 });
    target.hears(makeMessage({ type: MessageType.TimeoutNow, to: 1, from: 2, term: 3 }));
    expect([target.role, target.term]).toEqual(["follower", 4]);
  });

  it("a transfer to itself or to somebody unknown is no transfer", () => {
    const group = led();
    for (const to of [1, 9]) {
      group.server(1).raw.transferLeader(to);
      expect(group.server(1).raft.leadTransferee).toBe(0);
    }
    group.propose(1, "a");
  });

  it("a target that may not lead is no target: learners are refused", () => {
    const members = confState([1, 2], { learners: [3] });
    const group = new Group({ size: 3, members });
    group.elect(1);
    group.server(1).raw.transferLeader(3);
    expect([group.server(1).raft.leadTransferee, group.server(1).work()]).toEqual([0, []]);
  });

  for (const [what, single] of [
    ["removed", remove(3)],
    ["demoted", addLearner(3)],
  ] as const) {
    it(`a target that may no longer lead ends the transfer (${what})`, () => {
      // The change is under way when the transfer begins, for then none is accepted.
      const group = led();
      group.cut(touching(3));
      group.send(change(group.server(1), [single]));
      group.server(1).raw.transferLeader(3);
      group.settle();
      expect(group.server(1).raft.leadTransferee).toBe(0);
      group.propose(1, "a");
      expect(group.server(1).executed).toEqual(["a"]);
    });
  }

  it("a second transfer replaces the first; the same one again does not begin anew", () => {
    const group = waiting();
    const leader = group.server(1);
    group.tick(ELECTION_TIMEOUT - 1);
    leader.raw.transferLeader(3);
    group.tick();
    expect(leader.raft.leadTransferee).toBe(0);
    leader.raw.transferLeader(3);
    leader.raw.transferLeader(2);
    group.settle();
    expect(group.server(2).role).toBe("leader");
  });

  it("a follower passes the wish on to the leader", () => {
    const group = led();
    group.server(2).raw.transferLeader(3);
    group.settle();
    expect(group.leader.id).toBe(3);
  });
});

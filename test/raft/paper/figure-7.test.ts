import { expect } from "vitest";
import { MessageType } from "../../../src/raft/types.ts";
import { chapter } from "./support/chapter.ts";
import { Group } from "./support/group.ts";
import { both, from, ofType, to, touching } from "./support/rpc.ts";

/** Figure 7: the leader for term 8 as it comes to power … */
const LEADER = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];

/** … and what its followers may look like. */
const FIGURE_7 = [
  { name: "a", log: [1, 1, 1, 4, 4, 5, 5, 6, 6], is: "missing entries", agrees: 9, votes: true },
  { name: "b", log: [1, 1, 1, 4], is: "missing entries", agrees: 4, votes: true },
  {
    name: "c",
    log: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
    is: "extra uncommitted entries",
    agrees: 10,
    votes: false,
  },
  {
    name: "d",
    log: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
    is: "extra uncommitted entries",
    agrees: 10,
    votes: false,
  },
  { name: "e", log: [1, 1, 1, 4, 4, 4, 4], is: "both", agrees: 5, votes: true },
  { name: "f", log: [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3], is: "both", agrees: 3, votes: true },
];

/** All seven servers: 1 is the leader-to-be, 2 to 7 are (a) to (f). */
function figure7(options = {}): Group {
  const pasts = {
    1: { log: LEADER, term: 7 },
    ...Object.fromEntries(FIGURE_7.map(({ log }, i) => [i + 2, { log, term: 7 }])),
  };
  return new Group({ size: 7, pasts, options });
}

chapter("Raft figure 7", (it) => {
  it("when the leader at the top comes to power, it is possible that any of scenarios (a–f) could occur in follower logs: it is elected for term 8", () => {
    const group = figure7();
    group.send(group.server(1).campaign());
    group.deliver();
    const votes = group.wire.filter(ofType(MessageType.VoteResp));
    expect(votes.map((m) => [m.from, !m.reject])).toEqual(
      FIGURE_7.map(({ votes: granted }, i) => [i + 2, granted]),
    );
    group.settle();
    expect([group.server(1).role, group.server(1).term]).toEqual(["leader", 8]);
  });

  it("it initializes all nextIndex values to the index just after the last one in its log (11 in figure 7)", () => {
    const group = figure7();
    group.send(group.server(1).campaign());
    group.deliver();
    group.deliver();
    const first = group.wire.filter(ofType(MessageType.App));
    expect(first.map((m) => [m.to, m.index, m.logTerm])).toEqual(
      [2, 3, 4, 5, 6, 7].map((id) => [id, 10, 6]),
    );
  });

  FIGURE_7.forEach(({ name, log, is, agrees }, i) => {
    const id = i + 2;
    it(`the leader handles inconsistencies by forcing the followers' logs to duplicate its own (${name}: ${is})`, () => {
      for (const maxSizePerMsg of [0, 1 << 20]) {
        const group = figure7({ maxSizePerMsg });
        expect(group.server(id).log).toEqual(log);
        const leader = group.elect(1);
        expect(leader.log).toEqual([...LEADER, 8]);
        expect(group.server(id).entries).toEqual(leader.entries);
        expect(group.server(id).logOnDisk).toEqual(leader.log);
        expect(group.server(id).commit).toBe(11);
      }
    });

    it(`the leader must find the latest log entry where the two logs agree (${name}: entry ${agrees})`, () => {
      const group = figure7();
      group.elect(1);
      const appends = group.sent.filter(both(ofType(MessageType.App), to(id)));
      const refusals = group.sent.filter(
        both(ofType(MessageType.AppResp), from(id), (m) => m.reject),
      );
      const accepted = appends[refusals.length];
      // What is refused moves nextIndex down; the first append that is accepted starts where the
      // logs agree, and brings all that the leader has after it.
      expect(accepted?.index).toBe(agrees);
      expect(accepted?.entries).toEqual(group.server(1).entries.slice(agrees));
    });
  });

  const REFUSALS = { a: 1, b: 1, c: 0, d: 0, e: 1, f: 1 } as const;
  for (const [name, count] of Object.entries(REFUSALS)) {
    it(`one AppendEntries RPC will be required for each term with conflicting entries, rather than one RPC per entry (${name}: ${count} refused)`, () => {
      const group = figure7();
      group.elect(1);
      const id = FIGURE_7.findIndex((row) => row.name === name) + 2;
      const refused = group.sent.filter(
        both(ofType(MessageType.AppResp), from(id), (m) => m.reject),
      );
      expect(refused.length).toBe(count);
    });
  }

  it("a leader never overwrites or deletes entries in its own log", () => {
    const group = figure7({ maxSizePerMsg: 0 });
    group.send(group.server(1).campaign());
    while (group.wire.length > 0) {
      group.deliver();
      expect(group.server(1).log.slice(0, 10)).toEqual(LEADER);
    }
    expect(group.server(1).log).toEqual([...LEADER, 8]);
  });

  it("(f) could occur if that server was the leader for term 2, added several entries to its log, then crashed before committing any of them; it restarted quickly, became leader for term 3, and added a few more entries", () => {
    const base = { log: [1, 1, 1], term: 1 };
    const group = new Group({ size: 3, pasts: { 1: base, 2: base, 3: base } });
    const f = group.server(3);
    group.cut((m) => m.type === MessageType.App);
    for (const [term, commands] of [
      [2, 2],
      [3, 4],
    ]) {
      group.elect(3);
      expect(f.term).toBe(term);
      for (let i = 0; i < (commands ?? 0); i++) group.propose(3, "x");
      group.crash(3);
      group.restart(3);
    }
    expect([f.log, f.commit]).toEqual([FIGURE_7[5]?.log, 0]);
    group.cut(touching(3));
    group.elect(1);
    expect(group.server(2).log).toEqual([1, 1, 1, 4]);
    group.heal();
    group.tick(2);
    expect(f.log).toEqual([1, 1, 1, 4]);
  });
});

import { expect } from "vitest";
import { chapter } from "./support/chapter.ts";
import { Group } from "./support/group.ts";
import { heartbeatReply, touching } from "./support/rpc.ts";
import { drawnTimeouts, type Past } from "./support/server.ts";

/** Figure 6: the terms of the entries of a leader of term 3 and of its four followers. */
const FIGURE_6: Readonly<Record<number, Past>> = {
  1: { log: [1, 1, 1, 2, 3, 3, 3, 3] },
  2: { log: [1, 1, 1, 2, 3], term: 3 },
  3: { log: [1, 1, 1, 2, 3, 3, 3, 3] },
  4: { log: [1, 1], term: 3 },
  5: { log: [1, 1, 1, 2, 3, 3, 3], term: 3 },
};

/** For each entry: the servers that store it, and whether it is committed. */
const ENTRIES = [
  { index: 1, term: 1, storedBy: [1, 2, 3, 4, 5], committed: true },
  { index: 2, term: 1, storedBy: [1, 2, 3, 4, 5], committed: true },
  { index: 3, term: 1, storedBy: [1, 2, 3, 5], committed: true },
  { index: 4, term: 2, storedBy: [1, 2, 3, 5], committed: true },
  { index: 5, term: 3, storedBy: [1, 2, 3, 5], committed: true },
  { index: 6, term: 3, storedBy: [1, 3, 5], committed: true },
  { index: 7, term: 3, storedBy: [1, 3, 5], committed: true },
  { index: 8, term: 3, storedBy: [1, 3], committed: false },
];

/** The logs of figure 6 made by a leader of term 3 that hears from 2, 3, 4 and 5 in part. */
function figure6(): Group {
  const pasts: Record<number, Past> = {
    1: { log: [1, 1, 1, 2], term: 2 },
    2: { log: [1, 1, 1, 2], term: 2 },
    3: { log: [1, 1, 1, 2], term: 2 },
    4: { log: [1, 1], term: 2 },
    5: { log: [1, 1, 1, 2], term: 2 },
  };
  const group = new Group({ size: 5, pasts, options: { maxSizePerMsg: 0, ...drawnTimeouts(6) } });
  group.cut(touching(4));
  group.elect(1); // its empty entry is entry 5
  group.cut(touching(2, 4));
  group.propose(1, "y<-7");
  group.propose(1, "x<-5");
  group.cut(touching(2, 4, 5));
  group.send(group.server(1).propose("x<-4"));
  group.deliver();
  group.lose(); // what 3 answered about entry 8
  return group;
}

chapter("Raft figure 6", (it) => {
  it("logs are composed of entries, which are numbered sequentially. Each entry contains the term in which it was created", () => {
    const group = figure6();
    for (const { id, log, entries } of group.servers) {
      expect(log).toEqual(FIGURE_6[id]?.log);
      expect(entries.map((entry) => entry.index)).toEqual(log.map((_, i) => i + 1));
    }
  });

  for (const { index, term, storedBy, committed } of ENTRIES) {
    it(`an entry is considered committed if it is safe for that entry to be applied to state machines (entry ${index} of term ${term} is${committed ? "" : " not"})`, () => {
      const group = figure6();
      const holders = group.servers.filter((server) => server.log[index - 1] === term);
      expect(holders.map((server) => server.id)).toEqual(storedBy);
      expect(group.server(1).commit >= index).toBe(committed);
      expect(storedBy.length > 2).toBe(committed);
    });
  }

  it("the leader decides when it is safe to apply a log entry to the state machines", () => {
    const { servers } = figure6();
    for (const server of servers) expect(server.commit).toBeLessThanOrEqual(7);
    expect(servers[0]?.executed).toEqual(["1.1", "1.2", "1.3", "2.4", "y<-7", "x<-5"]);
  });

  it("Raft guarantees that committed entries are durable and will eventually be executed by all of the available state machines", () => {
    for (const crashed of [1, 2, 3, 4, 5]) {
      const group = figure6();
      const committed = group.server(1).entries.slice(0, 7);
      group.crash(crashed);
      group.heal();
      group.tick(100);
      for (const server of group.servers.filter(({ up }) => up)) {
        expect(server.entries.slice(0, 7)).toEqual(committed);
        expect(server.executed.slice(0, 6)).toEqual(["1.1", "1.2", "1.3", "2.4", "y<-7", "x<-5"]);
      }
    }
  });

  it("with the last answers, entry 8 is committed too", () => {
    const group = figure6();
    group.heal();
    group.tick(3);
    group.send(group.server(1).hears(heartbeatReply({ from: 3, term: 3 })));
    group.settle();
    expect(group.servers.map((server) => server.commit)).toEqual([8, 8, 8, 8, 8]);
  });
});

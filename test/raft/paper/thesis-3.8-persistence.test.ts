import { expect } from "vitest";
import { chapter } from "./support/chapter.ts";
import { Group } from "./support/group.ts";
import { confState, requestVote } from "./support/rpc.ts";
import { type Past, Server } from "./support/server.ts";

const THREE = confState([1, 2, 3]);

chapter("Thesis 3.8 Persisted state and server restarts", (it) => {
  it("each server persists its current term and vote; this is necessary to prevent the server from voting twice in the same term", () => {
    const server = new Server(1, THREE);
    server.hears(requestVote({ from: 2, term: 3 }));
    server.crash();
    server.restart();
    expect([server.term, server.raft.vote]).toEqual([3, 2]);
    const [refusal] = server.hears(requestVote({ from: 3, term: 3 }));
    expect(refusal?.reject).toBe(true);
    // What was decided but not written was not said either.
    server.raw.step(requestVote({ from: 3, term: 4 }));
    server.crash();
    server.restart();
    const [reply] = server.hears(requestVote({ from: 2, term: 4 }));
    expect(reply?.reject).toBe(false);
  });

  it("each server also persists new log entries before they are counted towards the entries' commitment; this prevents committed entries from being lost when servers restart", () => {
    const group = new Group({ size: 3 });
    group.elect(1);
    for (let i = 0; i < 5; i++) {
      group.propose(1, `${i}`);
      group.crash(1, 2, 3);
      group.restart(1, 2, 3);
      group.elect(1 + (i % 3));
      group.elect(1);
    }
    expect(group.leader.executed).toEqual(["0", "1", "2", "3", "4"]);
  });

  it("the commit index can safely be reinitialized to zero on a restart", () => {
    const group = new Group({ size: 3 });
    group.elect(1);
    for (const command of ["a", "b"]) group.propose(1, command);
    group.tick();
    for (const { disk, id } of group.servers) {
      group.crash(id);
      disk.setHardState({ ...disk.initialState().hardState, commit: 0 });
      group.restart(id);
    }
    expect(group.servers.map(({ commit, executed }) => [commit, executed])).toEqual(
      [1, 2, 3].map(() => [0, []]),
    );
    group.elect(2);
    group.tick();
    for (const { executed } of group.servers) expect(executed).toEqual(["a", "b"]);
  });

  it("if a server loses any of its persistent state, it cannot safely rejoin the cluster with its prior identity", () => {
    // Entry 2 is committed by 1 and 2. As long as 2 remembers it, 3 cannot be elected without 1.
    const elected = (second: Past): readonly number[] => {
      const group = new Group({
        size: 3,
        pasts: { 1: { log: [1, 1], commit: 2 }, 2: second, 3: { log: [1] } },
      });
      expect(group.server(1).executed).toEqual(["1.1", "1.2"]);
      group.crash(1);
      group.campaign(3);
      return group.leaders.flatMap((server) => server.log);
    };
    expect(elected({ log: [1, 1], commit: 2 })).toEqual([]);
    expect(elected({})).toEqual([1, 2]); // what 1 has executed is overwritten
  });
});

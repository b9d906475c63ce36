import { expect } from "vitest";
import { LOCAL_APPEND_THREAD, type Message, MessageType } from "../../../src/raft/types.ts";
import { Dice } from "../support/dice.ts";
import { chapter } from "./support/chapter.ts";
import { Group } from "./support/group.ts";
import { bytes, confState, ofType, to, touching, voteReply } from "./support/rpc.ts";
import { Server } from "./support/server.ts";

chapter("Thesis 10.2 Performance", (it) => {
  it("10.2.1: the leader can write to its disk in parallel with replicating to the followers", () => {
    const leader = new Server(1, confState([1, 2, 3]), {}, { asyncStorageWrites: true });
    const ready = (): readonly Message[] => leader.raw.ready().messages;
    leader.raw.campaign();
    for (const m of ready().find(to(LOCAL_APPEND_THREAD))?.responses ?? []) leader.raw.step(m);
    leader.raw.step(voteReply({ from: 2, term: 1, granted: true }));
    ready();
    leader.raw.propose(bytes("x<-3"));
    const messages = ready();
    const write = messages.find(to(LOCAL_APPEND_THREAD));
    // The appends do not wait for the write; the leader's own acknowledgment does.
    expect(write?.entries.length).toBe(1);
    expect(write?.responses?.some(ofType(MessageType.App))).toBe(false);
    expect(write?.responses?.filter(ofType(MessageType.AppResp)).map((m) => m.to)).toEqual([1]);
  });

  it("10.2.2: the leader can send entries without waiting for the acknowledgments of those before", () => {
    const group = new Group({ size: 3 });
    group.elect(1);
    for (let i = 0; i < 5; i++) group.send(group.leader.propose(`${i}`));
    const appends = group.wire.filter(to(2));
    expect(appends.map((m) => [m.index, m.entries.length])).toEqual(
      [1, 2, 3, 4, 5].map((index) => [index, 1]),
    );
  });

  it("10.2.2: the AppendEntries consistency check guarantees that pipelining is safe; in fact, the leader can safely send entries in any order", () => {
    for (let seed = 0; seed < 10; seed++) {
      const group = new Group({ size: 3 });
      const dice = new Dice(seed);
      group.elect(1);
      group.cut(touching(2));
      for (let i = 0; i < 6; i++) group.send(group.leader.propose(`${i}`));
      while (group.wire.length > 0) {
        const chosen = group.wire[dice.below(group.wire.length)];
        group.deliver((m) => m === chosen);
        const { entries } = group.server(3);
        expect(entries).toEqual(group.leader.entries.slice(0, entries.length));
      }
      group.tick(3);
      expect(group.server(3).executed).toEqual(["0", "1", "2", "3", "4", "5"]);
    }
  });
});

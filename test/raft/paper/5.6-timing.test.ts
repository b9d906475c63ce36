import { expect } from "vitest";
import type { Message } from "../../../src/raft/types.ts";
import { chapter } from "./support/chapter.ts";
import { Group } from "./support/group.ts";
import { drawnTimeouts, ELECTION_TIMEOUT } from "./support/server.ts";

/** A group whose messages take `ticks` ticks each; terms in which somebody led, and all that was executed. */
function slow(ticks: number, seed: number, duration: number) {
  const group = new Group({ size: 3, options: drawnTimeouts(seed) });
  const delayed: { readonly due: number; readonly message: Message }[] = [];
  const terms = new Set<number>();
  let accepted = 0;
  for (let now = 1; now <= duration; now++) {
    for (const server of group.servers) group.send(server.tick());
    for (const { id, term } of group.leaders) {
      terms.add(term);
      if (
        now % 10 === 0 &&
        group.server(id).raw.propose(new Uint8Array([65 + (now % 26)])) === null
      ) {
        accepted++;
      }
    }
    for (const server of group.servers) group.send(server.work());
    for (const message of group.wire) delayed.push({ due: now + ticks, message });
    group.lose();
    while (delayed[0] !== undefined && delayed[0].due <= now) {
      const message = (delayed.shift() as { message: Message }).message;
      group.send(group.server(message.to).hears(message));
    }
  }
  const executed = group.servers.map((server) => server.executed);
  return {
    terms: terms.size,
    accepted,
    executed,
    terms_max: Math.max(...group.servers.map((s) => s.term)),
  };
}

chapter("Raft 5.6 Timing and availability", (it) => {
  it("safety must not depend on timing: the system must not produce incorrect results just because some event happens more quickly or slowly than expected", () => {
    for (const ticks of [0, 1, 4, 9, 15, 40]) {
      const { executed } = slow(ticks, 56 + ticks, 600);
      const longest = executed.toSorted((a, b) => b.length - a.length)[0] ?? [];
      for (const commands of executed) expect(commands).toEqual(longest.slice(0, commands.length));
    }
  });

  it("Raft will be able to elect and maintain a steady leader as long as broadcastTime ≪ electionTimeout", () => {
    const steady = slow(1, 561, 1000);
    expect(steady.terms).toBe(1);
    for (const commands of steady.executed) expect(commands.length).toBeGreaterThan(90);
  });

  it("if message exchanges take longer than the election timeout, candidates will not win an election; without a steady leader, Raft cannot make progress", () => {
    const unsteady = slow(3 * ELECTION_TIMEOUT, 562, 1000);
    expect(unsteady.terms_max).toBeGreaterThan(20);
    for (const commands of unsteady.executed) expect(commands).toEqual([]);
  });

  it("when the leader crashes, the system will be unavailable for roughly the election timeout", () => {
    for (let seed = 0; seed < 20; seed++) {
      const group = new Group({ size: 5, options: drawnTimeouts(seed) });
      group.elect(1);
      group.tick(5);
      group.crash(1);
      let unavailable = 0;
      while (group.leaders.length === 0 && unavailable < 100) {
        group.tick();
        unavailable++;
      }
      expect(unavailable).toBeGreaterThanOrEqual(ELECTION_TIMEOUT - 1);
      expect(unavailable).toBeLessThan(6 * ELECTION_TIMEOUT);
    }
  });
});

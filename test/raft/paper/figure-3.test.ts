import { expect } from "vitest";
import type { Entry } from "../../../src/raft/types.ts";
import { Dice } from "../support/dice.ts";
import { chapter } from "./support/chapter.ts";
import { Group } from "./support/group.ts";
import { bytes, text } from "./support/rpc.ts";
import { drawnTimeouts, type Server } from "./support/server.ts";

const SEEDS = [34, 31, 33];
const STEPS = 1200;

/**
 * A group in trouble: messages come in any order, twice or not at all; servers part, crash and
 * restart; clocks run at their own pace. `look` is called after each step. Returns the group as it ends.
 */
function wander(seed: number, look: (group: Group, step: number) => void): Group {
  const dice = new Dice(seed);
  const group = new Group({ size: 5, options: drawnTimeouts(seed) });
  const any = () => group.server(1 + dice.below(5));
  for (let step = 0; step < STEPS; step++) {
    const server = any();
    const roll = dice.below(100);
    if (roll < 50) {
      for (let n = dice.below(6); n >= 0; n--) trouble(group, dice);
    } else if (!server.up) {
      if (dice.chance(30)) group.send(server.restart());
    } else if (roll < 75) group.send(server.tick(1 + dice.below(4)));
    else if (roll < 91) {
      if (server.raw.propose(bytes(`${step}`)) === null) group.send(server.work());
    } else if (roll < 94) group.send(server.campaign());
    else if (roll < 96) server.crash();
    else if (roll < 98) part(group, dice);
    else group.heal();
    look(group, step);
  }
  return group;
}

/** Two sides that do not hear each other from now on. */
function part(group: Group, dice: Dice): void {
  const side = dice.below(32);
  const sideOf = (id: number): number => (side >> (id - 1)) & 1;
  group.cut((m) => sideOf(m.from) !== sideOf(m.to));
}

/** A message arrives: mostly the oldest and only once. */
function trouble(group: Group, dice: Dice): void {
  const chosen = group.wire[dice.chance(70) ? 0 : dice.below(Math.max(1, group.wire.length))];
  if (chosen === undefined) return;
  const addressee = group.server(chosen.to);
  // Twice: it stays on the wire.
  if (dice.chance(5)) group.send(addressee.up ? addressee.hears(chosen) : []);
  else if (dice.chance(8)) group.lose((m) => m === chosen);
  else group.deliver((m) => m === chosen);
}

function name(entry: Entry): string {
  return `${entry.index} of term ${entry.term}: ${text(entry.data)}`;
}

function names(server: Server): string[] {
  return server.entries.map(name);
}

chapter(
  "Raft figure 3: Raft guarantees that each of these properties is true at all times",
  (it) => {
    it("Election Safety: at most one leader can be elected in a given term", () => {
      for (const seed of SEEDS) {
        const leaderOf = new Map<number, number>();
        wander(seed, (group) => {
          for (const { id, term } of group.leaders) {
            expect(leaderOf.get(term) ?? id).toBe(id);
            leaderOf.set(term, id);
          }
        });
        expect(leaderOf.size).toBeGreaterThan(2);
      }
    });

    it("Leader Append-Only: a leader never overwrites or deletes entries in its log; it only appends new entries", () => {
      for (const seed of SEEDS) {
        const before = new Map<string, readonly Entry[]>();
        let grown = 0;
        wander(seed, (group) => {
          for (const { id, term, entries } of group.leaders) {
            const known = before.get(`${id} ${term}`) ?? [];
            if (known.length === entries.length && known.at(-1) === entries.at(-1)) continue;
            expect(entries.slice(0, known.length)).toEqual(known);
            before.set(`${id} ${term}`, entries);
            grown++;
          }
        });
        expect(grown).toBeGreaterThan(30);
      }
    });

    it("Log Matching: if two logs contain an entry with the same index and term, then the logs are identical in all entries up through the given index", () => {
      for (const seed of SEEDS) {
        let different = 0;
        wander(seed, (group, step) => {
          if (step % 25 !== 0) return;
          const logs = group.servers.map(names);
          const terms = group.servers.map((server) => server.log);
          for (let a = 0; a < 5; a++) {
            for (let b = 0; b < a; b++) {
              const same = terms[a]?.findLastIndex((term, i) => terms[b]?.[i] === term) ?? -1;
              expect(logs[a]?.slice(0, same + 1)).toEqual(logs[b]?.slice(0, same + 1));
              if (logs[a]?.join() !== logs[b]?.join()) different++;
            }
          }
        });
        expect(different).toBeGreaterThan(50);
      }
    });

    it("Leader Completeness: if a log entry is committed in a given term, then that entry will be present in the logs of the leaders for all higher-numbered terms", () => {
      for (const seed of SEEDS) {
        /** Each committed entry, and the term of the leader that had committed it. */
        const committed = new Map<string, number>();
        const seen = new Map<number, number>();
        wander(seed, (group) => {
          for (const server of group.leaders) {
            const { term, commit } = server;
            if (!seen.has(term)) {
              const has = new Set(names(server));
              for (const [entry, inTerm] of committed) {
                if (inTerm < term) expect([entry, has.has(entry)]).toEqual([entry, true]);
              }
            }
            const known = seen.get(term) ?? 0;
            if (commit === known && seen.has(term)) continue;
            seen.set(term, commit);
            for (const entry of server.entries.slice(known, commit)) {
              const key = name(entry);
              committed.set(key, Math.min(committed.get(key) ?? term, term));
            }
          }
        });
        expect([committed.size > 30, seen.size > 2]).toEqual([true, true]);
      }
    });

    it("State Machine Safety: if a server has applied a log entry at a given index to its state machine, no other server will ever apply a different log entry for the same index", () => {
      for (const seed of SEEDS) {
        const history: string[] = [];
        const looked = new Map<number, number>();
        wander(seed, (group) => {
          for (const { id, executed } of group.servers) {
            const from = Math.min(looked.get(id) ?? 0, executed.length);
            for (let i = from; i < executed.length; i++) {
              history[i] ??= executed[i] as string;
              expect(executed[i]).toBe(history[i]);
            }
            looked.set(id, executed.length);
          }
        });
        expect(history.length).toBeGreaterThan(20);
      }
    });
  },
);

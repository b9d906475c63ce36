import { expect } from "vitest";
import { MessageType } from "../../../src/raft/types.ts";
import { chapter } from "./support/chapter.ts";
import { Group } from "./support/group.ts";
import { touching, type Which } from "./support/rpc.ts";

/** One of the pictures (a) to (e): the logs of S1 to S5, and who leads which term. */
interface Picture {
  readonly name: string;
  readonly happens: string;
  readonly after: string | null;
  readonly does: (group: Group) => void;
  readonly logs: readonly (readonly number[])[];
  readonly leader: readonly [id: number, term: number] | null;
  /** The highest commit index of any server. */
  readonly commit: number;
}

/** Appends that would bring their addressee an entry after `index`; it may refuse others. */
function beyond(group: Group, index: number): Which {
  return (m) =>
    m.type === MessageType.App &&
    m.entries.some((entry) => entry.index > index) &&
    group.server(m.to).log[m.index - 1] === m.logTerm;
}

function any(...all: Which[]): Which {
  return (m) => all.some((which) => which(m));
}

/** A candidate that finds its term taken tries again, as it would after a timeout. */
function electAfterRefusal(group: Group, id: number): void {
  if (group.campaign(id).role !== "leader") group.elect(id);
}

// A leader's first entry is an empty one, so that it has an entry of its term without a client.
const FIGURE_8: readonly Picture[] = [
  {
    name: "a",
    happens: "S1 is leader and partially replicates the log entry at index 2",
    after: null,
    does: (group) => {
      group.cut((m) => m.type === MessageType.App && m.to !== 2);
      group.elect(1);
    },
    logs: [[1, 2], [1, 2], [1], [1], [1]],
    leader: [1, 2],
    commit: 1,
  },
  {
    name: "b",
    happens:
      "S1 crashes; S5 is elected leader for term 3 with votes from S3, S4, and itself, and accepts a different entry at log index 2",
    after: "a",
    does: (group) => {
      group.crash(1);
      group.cut(any(touching(1), (m) => m.type === MessageType.App));
      group.elect(5);
    },
    logs: [[1, 2], [1, 2], [1], [1], [1, 3]],
    leader: [5, 3],
    commit: 1,
  },
  {
    name: "c",
    happens:
      "S5 crashes; S1 restarts, is elected leader, and continues replication. At this point, the log entry from term 2 has been replicated on a majority of the servers, but it is not committed",
    after: "b",
    does: (group) => {
      group.crash(5);
      group.restart(1);
      // S4 votes, but hears no appends.
      group.cut(
        any(touching(5), beyond(group, 2), (m) => m.type === MessageType.App && m.to === 4),
      );
      electAfterRefusal(group, 1);
      group.tick(3);
    },
    logs: [[1, 2, 4], [1, 2], [1, 2], [1], [1, 3]],
    leader: [1, 4],
    commit: 1,
  },
  {
    name: "d",
    happens:
      "if S1 crashes, S5 could be elected leader (with votes from S2, S3, and S4) and overwrite the entry with its own entry from term 3",
    after: "c",
    does: (group) => {
      group.crash(1);
      group.restart(5);
      group.cut(any(touching(1), beyond(group, 2)));
      electAfterRefusal(group, 5);
      group.tick(3);
    },
    logs: [
      [1, 2, 4],
      [1, 3],
      [1, 3],
      [1, 3],
      [1, 3, 5],
    ],
    leader: [5, 5],
    commit: 1,
  },
  {
    name: "e",
    happens:
      "if S1 replicates an entry from its current term on a majority of the servers before crashing, then this entry is committed (S5 cannot win an election). At this point all preceding entries in the log are committed as well",
    after: "c",
    does: (group) => {
      group.cut(touching(4, 5));
      group.tick(3);
      group.crash(1);
      group.restart(5);
      group.cut(touching(1));
      for (let i = 0; i < 3; i++) {
        group.campaign(5);
        expect(group.leaders).toEqual([]);
      }
    },
    logs: [[1, 2, 4], [1, 2, 4], [1, 2, 4], [1], [1, 3]],
    leader: null,
    commit: 3,
  },
];

function draw(name: string): Group {
  const picture = FIGURE_8.find((each) => each.name === name);
  if (picture === undefined) throw new Error(`no picture ${name}`);
  const past = { log: [1], commit: 1 };
  const start = () =>
    new Group({
      size: 5,
      pasts: { 1: past, 2: past, 3: past, 4: past, 5: past },
      options: { maxSizePerMsg: 0 },
    });
  const group = picture.after === null ? start() : draw(picture.after);
  picture.does(group);
  return group;
}

chapter(
  "Raft figure 8: why a leader cannot determine commitment using log entries from older terms",
  (it) => {
    for (const { name, happens, logs, leader, commit } of FIGURE_8) {
      it(`(${name}) ${happens}`, () => {
        const group = draw(name);
        expect(group.servers.map((server) => server.log)).toEqual(logs);
        expect(group.leaders.map(({ id, term }) => [id, term])).toEqual(
          leader === null ? [] : [leader],
        );
        expect(Math.max(...group.servers.map((server) => server.commit))).toBe(commit);
      });
    }

    it("after (d), the entry of term 2 is gone everywhere, and nobody has executed it", () => {
      const group = draw("d");
      group.restart(1);
      group.heal();
      group.tick(3);
      for (const server of group.servers) {
        expect(server.log).toEqual([1, 3, 5]);
        expect(server.commit).toBe(3);
      }
    });

    it("after (e), the entries of terms 2 and 4 stay for ever", () => {
      const group = draw("e");
      group.restart(1);
      group.heal();
      group.tick(40);
      for (const server of group.servers) expect(server.log.slice(0, 3)).toEqual([1, 2, 4]);
    });
  },
);

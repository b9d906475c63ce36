import { describe, expect, test } from "vitest";
import {
  checkConvergence,
  hasQuorum,
  type SettledMember,
} from "../../src/check/settled/convergence.ts";
import { conf } from "./tale.ts";

const follower = (id: number, more: Partial<SettledMember> = {}): SettledMember => ({
  id,
  status: "up",
  role: "follower",
  term: 4,
  lead: 1,
  commit: 9,
  applied: 9,
  lastIndex: 9,
  revision: 5,
  stateHash: "abc",
  conf: conf([1, 2, 3]),
  ...more,
});
const leader = (more: Partial<SettledMember> = {}): SettledMember =>
  follower(1, { role: "leader", ...more });

const texts = (members: readonly SettledMember[]): string[] =>
  checkConvergence(members, 1, 1).map((v) => v.text);

describe("a cluster has converged", () => {
  test("when all follow one leader, with its log and state", () => {
    expect(texts([leader(), follower(2), follower(3)])).toEqual([]);
  });

  test("whatever members do that are down, or do not belong to it", () => {
    const stranger = follower(4, { role: "candidate", term: 9, lead: 0, applied: 0 });
    expect(
      texts([leader(), follower(2), follower(3, { status: "down", term: 0 }), stranger]),
    ).toEqual([]);
  });

  const WRONG: readonly [string, RegExp, SettledMember[]][] = [
    [
      "there is no leader",
      /there is no leader: 2 is candidate in term 4/,
      [follower(2, { role: "candidate" })],
    ],
    ["nobody is up", /there is no leader: no member is up/, []],
    [
      "two lead",
      /member 2 still leads term 3, now 4/,
      [leader(), follower(2, { role: "leader", term: 3 })],
    ],
    [
      "one is in another term",
      /follows member 1 in term 3, not member 1, the leader of term 4/,
      [leader(), follower(2, { term: 3 })],
    ],
    [
      "one knows no leader",
      /member 2 follows nobody in term 4/,
      [leader(), follower(2, { lead: 0 })],
    ],
    [
      "one lags",
      /member 2 ended at entry 9, applied 8; the leader at entry 9, applied 9/,
      [leader(), follower(2, { applied: 8 })],
    ],
    [
      "one has another state",
      /member 2 has state xyz at revision 5; the leader has abc/,
      [leader(), follower(2, { stateHash: "xyz" })],
    ],
    [
      "the leader has not committed everything",
      /leader 1 ended with entry 10, commit 9, applied 9/,
      [leader({ lastIndex: 10 }), follower(2, { lastIndex: 10 })],
    ],
    [
      "the leader was removed",
      /member 1 leads a cluster it left/,
      [leader({ conf: conf([2, 3]) }), follower(2)],
    ],
  ];
  for (const [name, says, members] of WRONG) {
    test(`not when ${name}`, () => {
      const found = texts(members);
      expect(found.length, found.join("\n")).toBe(1);
      expect(found[0]).toMatch(says);
    });
  }
});

describe("a cluster has a quorum", () => {
  const down = { status: "down", applied: 0 };
  test("while a majority is up, of both halves of a joint configuration", () => {
    const joint = conf([1, 2], { votersOutgoing: [2, 3, 4] });
    expect(hasQuorum([leader(), follower(2), follower(3, down)])).toBe(true);
    expect(hasQuorum([leader(), follower(2, down), follower(3, down)])).toBe(false);
    expect(hasQuorum([leader({ conf: joint }), follower(2, { conf: joint })])).toBe(false);
    expect(hasQuorum([])).toBe(false);
  });

  test("as the member sees it that has come furthest", () => {
    const alone = leader({ applied: 12, conf: conf([1]) });
    expect(hasQuorum([alone, follower(2, down)])).toBe(true);
  });
});

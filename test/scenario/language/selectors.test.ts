import { describe, expect, test } from "vitest";
import {
  parseSelectorTerm,
  resolveMember,
  resolveMembers,
  type Selector,
  type SelectorContext,
} from "../../../src/scenario/language/selectors.ts";
import type { MemberView } from "../../../src/sim/view.ts";

function view(id: number, change: Partial<MemberView> = {}): MemberView {
  const conf = {
    voters: [1, 2, 3, 4, 5],
    votersOutgoing: [],
    learners: [6],
    learnersNext: [],
    autoLeave: false,
  };
  const base = { id, status: "up", role: "follower", term: 3, vote: 2, lead: 2, conf } as const;
  const log = { commit: 7, applied: 7, firstIndex: 1, lastIndex: 7, lastTerm: 1 };
  return {
    ...base,
    ...log,
    revision: 5,
    compactRevision: -1,
    stateHash: "",
    retired: false,
    refusal: "",
    ...change,
  };
}

/** m2 leads, m1 led before; m4 is down, m5 paused, m6 a learner. */
const CALM: SelectorContext = {
  knows: (id) => id <= 6,
  views: [
    ...[view(1), view(2, { role: "leader" }), view(3), view(4, { status: "down" })],
    ...[view(5, { status: "paused" }), view(6)],
  ],
  leader: 2,
  leaders: [1, 2],
  partition: null,
};

const ELECTION: SelectorContext = {
  ...CALM,
  views: [
    view(1, { role: "candidate", term: 4 }),
    view(2, { status: "down" }),
    view(3, { role: "pre-candidate", term: 3 }),
  ],
  leader: 0,
};

const PARTED: SelectorContext = {
  ...CALM,
  partition: [
    [2, 3],
    [1, 4, 5, 6],
  ],
};

const MEANT: readonly (readonly [string, Selector, SelectorContext, readonly number[]])[] = [
  ["m3", [3], CALM, [3]],
  ["a list, in order", [3, 1], CALM, [1, 3]],
  ["a member twice, once", ["leader", 2], CALM, [2]],
  ["leader", ["leader"], CALM, [2]],
  ["old-leader", ["old-leader"], CALM, [1]],
  ["old-leader without a new one", ["old-leader"], ELECTION, [2]],
  ["follower", ["follower"], CALM, [1]],
  ["other-follower", ["other-follower"], CALM, [3]],
  ["followers, if they are up", ["followers"], CALM, [1, 3, 6]],
  ["candidate of the highest term", ["candidate"], ELECTION, [1]],
  ["learner", ["learner"], CALM, [6]],
  ["down", ["down"], CALM, [4]],
  ["paused", ["paused"], CALM, [5]],
  ["all", ["all"], CALM, [1, 2, 3, 4, 5, 6]],
  ["minority: followers that may fail", ["minority"], CALM, [1, 3]],
  ["majority: the others", ["majority"], CALM, [2, 4, 5, 6]],
  ["minority of a partition", ["minority"], PARTED, [2, 3]],
  ["majority of a partition", ["majority"], PARTED, [1, 4, 5, 6]],
];

describe("a selector", () => {
  test.each(MEANT)("means %s", (_, selector, moment, ids) => {
    expect(resolveMembers(selector, moment)).toEqual(ids);
  });

  test.each([
    [["leader"], ELECTION, '"leader" is nobody now (m1 candidate, m2 down, m3 pre-candidate)'],
    [["candidate"], CALM, '"candidate" is nobody now'],
    [["paused"], ELECTION, '"paused" is nobody now'],
    [["old-leader"], { ...CALM, leaders: [2] }, '"old-leader" is nobody now'],
    [[9], CALM, "there is no member m9 yet"],
  ] as const)("%j that means nobody says so", (selector, moment, text) => {
    expect(() => resolveMembers(selector, moment)).toThrow(text);
  });

  test("for one member may not mean several", () => {
    expect(resolveMember(["leader"], CALM)).toBe(2);
    expect(() => resolveMember(["followers"], CALM)).toThrow(
      '"followers" means m1, m3, m6 here, but one member is needed',
    );
  });

  test.each([
    ["m12", 12],
    ["leader", "leader"],
    ["leadr", { error: '"leadr" names no member, did you mean "leader"?' }],
    ["2", { error: '"2" names no member, did you mean "m2"?' }],
    ["m0", { error: '"m0" names no member, did you mean "m1"?' }],
  ])("%s is parsed", (text, meaning) => {
    expect(parseSelectorTerm(text)).toEqual(meaning);
  });
});

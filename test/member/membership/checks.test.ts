import { describe, expect, test } from "vitest";
import { Errors } from "../../../src/api/errors.ts";
import { SECOND } from "../../../src/base/time.ts";
import {
  mayAddMember,
  mayPromoteMember,
  mayRemoveMember,
} from "../../../src/member/membership/checks.ts";
import { defaultMember } from "../../../src/member/membership/founding.ts";
import { CURRENT_PROFILE, profileOf } from "../../../src/profile/profile.ts";

/**
 * Members in a word: a capital letter for one that has started (V a voter, L a learner), a small
 * one for one that has not. They have the node ids 1, 2, …
 */
function members(word: string) {
  return [...word].map((letter, i) => {
    const member = defaultMember(i + 1, "t", letter.toUpperCase() === "L");
    return letter === letter.toUpperCase() ? member : { ...member, name: "" };
  });
}
const idOf = (node: number): bigint => defaultMember(node, "t").id;

/** The node 1 is asked; `connected`: how long to each of all, in seconds; `-` none, `+` long. */
function seen(word: string, connected = "+".repeat(word.length)) {
  const connectedFor = (node: number) => {
    const mark = connected.charAt(node - 1);
    if (mark === "-" || mark === "") return null;
    return mark === "+" ? 60 * SECOND : Number(mark) * SECOND;
  };
  return { self: 1, members: members(word), connectedFor };
}

const FEW = Errors.memberNotEnoughStarted;
const ILL = Errors.unhealthy;

describe("a voter may be added", () => {
  // cluster_test.go TestIsReadyToAddVotingMember's cases, by another notation.
  test.each([
    ["VVV", null],
    ["VVv", FEW],
    ["Vvv", FEW],
    ["V", null],
    ["Vv", FEW],
    ["v", FEW],
    ["", FEW],
    ["VVVv", null],
    ["VVvv", FEW],
    ["VL", null],
    ["Vl", null],
    ["VvL", FEW],
    ["VVVvLLL", null],
  ] as const)("%s: %o", (word, error) => {
    expect(mayAddMember(seen(word), false, CURRENT_PROFILE)).toBe(error);
  });

  test.each([
    ["VVV", "+++", null],
    ["VVV", "-++", null],
    ["VVV", "++-", ILL],
    ["VVV", "++5", ILL],
    ["VVV", "++6", null],
    ["VVL", "++-", null],
    ["VV", "+-", ILL],
    ["VVVV", "+++4", null],
    ["VVVV", "++--", ILL],
    ["VVVVV", "++++4", null],
    ["VVVVV", "+++--", ILL],
    ["V", "-", null],
  ] as const)("%s, connected %s: %o", (word, connected, error) => {
    expect(mayAddMember(seen(word, connected), false, CURRENT_PROFILE)).toBe(error);
    expect(mayAddMember(seen(word, connected), true, CURRENT_PROFILE)).toBe(error);
  });

  test.each([
    ["VVV", "+++", null],
    ["VVV", "++5", ILL],
    ["VVVV", "+++-", ILL],
    ["VVVVV", "++++-", ILL],
    ["VVVVVL", "+++++-", null],
    ["V", "+", null],
  ] as const)("up to 3.4 only while all are up: %s, connected %s: %o", (word, connected, error) => {
    const old = profileOf("3.4.23");
    expect(mayAddMember(seen(word, connected), false, old)).toBe(error);
    expect(mayAddMember(seen(word, connected), true, old)).toBe(error);
  });

  test("a learner also where most have not started", () => {
    expect(mayAddMember(seen("Vvv"), true, CURRENT_PROFILE)).toBeNull();
  });
});

describe("a member may be removed", () => {
  // TestIsReadyToRemoveVotingMember's cases: who is removed, by node id.
  test.each([
    ["VVV", 3, null],
    ["VVv", 3, null],
    ["VVv", 2, FEW],
    ["Vvv", 3, FEW],
    ["V", 1, FEW],
    ["Vv", 2, null],
    ["Vv", 1, FEW],
    ["VVVvv", 5, null],
    ["VVvvv", 5, FEW],
    ["VVVVv", 1, null],
    ["VvL", 3, null],
    ["vvL", 3, null],
    ["VVVL", 2, null],
    ["VVV", 9, null],
    ["Vvv", 9, FEW],
  ] as const)("%s without %i: %o", (word, node, error) => {
    expect(mayRemoveMember(seen(word), idOf(node))).toBe(error);
  });

  test.each([
    // One that is down may go; with another one down nobody else may.
    ["VVV", "++-", 3, null],
    ["VVV", "++-", 2, ILL],
    ["VVV", "++-", 1, ILL],
    ["VVVVV", "+++--", 3, ILL],
    ["VVVVV", "++++-", 3, null],
    ["VVVVV", "++++-", 5, null],
    ["VVVVV", "++---", 5, null],
    ["VVV", "++4", 3, ILL],
    ["VVV", "+4+", 1, ILL],
    ["VV", "++", 1, null],
    ["VVL", "++-", 2, null],
  ] as const)("%s, connected %s, without %i: %o", (word, connected, node, error) => {
    expect(mayRemoveMember(seen(word, connected), idOf(node))).toBe(error);
  });
});

describe("a learner may be promoted", () => {
  const up = { leaderMatch: 100, match: 100 };
  // TestIsReadyToPromoteMember's cases.
  test.each([
    ["VL", null],
    ["vL", FEW],
    ["VVL", null],
    ["VvL", null],
    ["vvL", FEW],
    ["VVVL", null],
    ["VVvL", null],
    ["VvvL", FEW],
    ["VvvvL", FEW],
    ["VVvvL", null],
    ["VVVLLL", null],
  ] as const)("%s: %o", (word, error) => {
    expect(mayPromoteMember(members(word), up)).toBe(error);
    expect(mayPromoteMember(members(word), up, false)).toBeNull();
  });

  test.each([
    [100, 100, null],
    [90, 100, null],
    [89, 100, Errors.learnerNotReady],
    [0, 1, Errors.learnerNotReady],
    [0, 0, null],
    [9, 10, null],
    [179, 200, Errors.learnerNotReady],
    [null, 100, Errors.memberNotFound],
  ] as const)("at %o of %i: %o", (match, leaderMatch, error) => {
    expect(mayPromoteMember(members("VL"), { match, leaderMatch })).toBe(error);
    expect(mayPromoteMember(members("VL"), { match, leaderMatch }, false)).toBe(error);
  });

  test("by the leader alone", () => {
    expect(mayPromoteMember(members("VL"), null)).toBe(Errors.notLeader);
  });
});

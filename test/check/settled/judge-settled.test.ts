import { expect, test } from "vitest";
import { type HealedMember, judgeSettled } from "../../../src/check/settled/judge-settled.ts";

const RULES = { preVote: true, checkQuorum: true };
const never = (_: number) => false;

function member(id: number, change: Partial<HealedMember> = {}): HealedMember {
  const conf = {
    ...{ voters: [1, 2, 3], votersOutgoing: [], learners: [] },
    ...{ learnersNext: [], autoLeave: false },
  };
  return {
    ...{ id, status: "up", role: "follower", term: 2, lead: 1, commit: 5, applied: 5 },
    ...{ lastIndex: 5, lastTerm: 2, revision: 3, stateHash: "a", refusal: "", conf },
    ...change,
  };
}

const LEADER = member(1, { role: "leader" });

function found(members: readonly HealedMember[], rules = RULES, mayRefuse = never): string[] {
  return judgeSettled(members, rules, 0, mayRefuse).violations.map(
    ({ invariant, member: id }) => `${invariant} m${id}`,
  );
}

test("members of one mind are well, and all of them are judged", () => {
  const all = [LEADER, member(2), member(3)];
  expect(judgeSettled(all, RULES, 0, never)).toEqual({ violations: [], members: [1, 2, 3] });
});

test("who refuses to start is found, unless it does well to", () => {
  const refused = member(3, { status: "refused", refusal: "crc mismatch" });
  const all = [LEADER, member(2), refused];
  expect(found(all)).toEqual(["starts-again m3"]);
  expect(found(all, RULES, (id) => id === 3)).toEqual([]);
});

test("who is behind, follows nobody, or holds something else is found", () => {
  expect(found([LEADER, member(2), member(3, { stateHash: "b" })])).toEqual(["convergence m3"]);
  expect(found([LEADER, member(2), member(3, { applied: 4 })])).toEqual(["convergence m3"]);
  const none = [member(1, { lead: 0 }), member(2, { lead: 0 }), member(3, { lead: 0 })];
  expect(found(none)).toEqual(["convergence m0"]);
});

test("all machines that run and are no quorum are found; with one that is gone they are not", () => {
  const conf = { ...LEADER.conf, voters: [1, 4, 5] };
  const alone = member(1, { conf, applied: 6 });
  expect(found([alone, member(2), member(3)])).toEqual(["convergence m0"]);
  expect(found([alone, member(2), member(3, { status: "down" })])).toEqual([]);
});

test("a leader need not hear of who asks only the gone, without pre-vote and check-quorum", () => {
  const conf = { ...LEADER.conf, voters: [4, 7, 8] };
  const old = member(4, { term: 9, lead: 0, role: "candidate", conf });
  const inside = { ...LEADER.conf, voters: [1, 2, 3, 4] };
  const all = [member(1, { role: "leader", conf: inside }), member(2), member(3), old];
  expect(found(all)).toEqual(["convergence m4"]);
  expect(found(all, { preVote: false, checkQuorum: false })).toEqual([]);
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mistakesOf, NO_MISTAKES } from "../../src/museum/switches.ts";
import { describeMajority } from "../../src/raft/quorum/describe.ts";
import {
  type JointVoters,
  jointCommitted,
  jointIds,
  jointText,
  jointVote,
} from "../../src/raft/quorum/joint.ts";
import {
  COMMITS_EVERYTHING,
  majorityCommitted,
  majorityVote,
  rankFromTop,
  VoteResult,
} from "../../src/raft/quorum/majority.ts";
import { Progress } from "../../src/raft/tracker/progress.ts";
import { Tracker } from "../../src/raft/tracker/tracker.ts";

const ids = fc
  .uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 9 })
  .map((list) => list.sort((a, b) => a - b));
const acks = fc.dictionary(
  fc.integer({ min: 1, max: 9 }).map(String),
  fc.integer({ min: 0, max: 6 }),
);
const votes = fc.dictionary(fc.integer({ min: 1, max: 9 }).map(String), fc.boolean());
const OPTIONS = { seed: 5, numRuns: 500 };

/** By definition: the largest index that more than half of the voters have reached. */
function slowlyCommitted(voters: readonly number[], acked: Record<string, number>): number {
  if (voters.length === 0) return COMMITS_EVERYTHING;
  for (let index = 10; ; index--) {
    const reached = voters.filter((id) => (acked[id] ?? 0) >= index).length;
    if (reached * 2 > voters.length) return index;
  }
}

/** By definition: the outcome is decided when no missing votes can change it. */
function slowVote(voters: readonly number[], cast: Record<string, boolean>): VoteResult {
  if (voters.length === 0) return VoteResult.Won;
  const yes = voters.filter((id) => cast[id] === true).length;
  const no = voters.filter((id) => cast[id] === false).length;
  if (yes * 2 > voters.length) return VoteResult.Won;
  return (voters.length - no) * 2 > voters.length ? VoteResult.Pending : VoteResult.Lost;
}

const numbered = (record: Record<string, boolean>): Map<number, boolean> =>
  new Map(Object.entries(record).map(([id, vote]) => [Number(id), vote]));

describe("a majority", () => {
  it("commits what more than half of it have", () => {
    fc.assert(
      fc.property(ids, acks, (voters, acked) => {
        expect(majorityCommitted(voters, (id) => acked[id])).toBe(slowlyCommitted(voters, acked));
      }),
      OPTIONS,
    );
  });

  it("decides a vote as soon as the missing votes cannot change it", () => {
    fc.assert(
      fc.property(ids, votes, (voters, cast) => {
        expect(majorityVote(voters, numbered(cast))).toBe(slowVote(voters, cast));
      }),
      OPTIONS,
    );
  });

  it("finds the k-th largest number like a sort does", () => {
    const numbers = fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(numbers, fc.nat({ max: 100 }), (list, k) => {
        const rank = (k % list.length) + 1;
        const expected = list.toSorted((a, b) => b - a)[rank - 1];
        expect(rankFromTop(list.slice(), list.length, rank)).toBe(expected);
      }),
      OPTIONS,
    );
  });

  it("is drawn with a bar for each voter that is behind", () => {
    expect(describeMajority([1, 2, 3], (id) => [undefined, 12, 5, undefined][id])).toBe(
      "       idx\nxx>     12    (id=1)\nx>       5    (id=2)\n?        0    (id=3)\n",
    );
  });
});

describe("a joint group", () => {
  const joint = fc.record({ incoming: ids, outgoing: ids });

  it("commits what both halves have, and elects whom both halves elect", () => {
    fc.assert(
      fc.property(joint, acks, votes, (voters: JointVoters, acked, cast) => {
        const halves = [voters.incoming, voters.outgoing];
        const committed = Math.min(...halves.map((half) => slowlyCommitted(half, acked)));
        expect(jointCommitted(voters, (id) => acked[id])).toBe(committed);
        const results = halves.map((half) => slowVote(half, cast));
        const expected = results.includes(VoteResult.Lost)
          ? VoteResult.Lost
          : results.every((result) => result === VoteResult.Won)
            ? VoteResult.Won
            : VoteResult.Pending;
        expect(jointVote(voters, numbered(cast))).toBe(expected);
      }),
      OPTIONS,
    );
  });

  it("is what the tracker computes from the progress of its nodes", () => {
    const nonEmpty = joint.filter((voters) => voters.incoming.length > 0);
    fc.assert(
      fc.property(nonEmpty, acks, votes, (voters: JointVoters, acked, cast) => {
        const tracker = new Tracker(10, 0, NO_MISTAKES);
        const progress = jointIds(voters).map((id) => {
          const made = new Progress(id, 1, false, true, tracker.newInflights());
          made.maybeUpdate(acked[id] ?? 0);
          return made;
        });
        tracker.install({ voters, learners: [], learnersNext: [], autoLeave: false }, progress);
        expect(tracker.committed()).toBe(jointCommitted(voters, (id) => acked[id]));
        expect(tracker.quorumReached((p) => p.match)).toBe(tracker.committed());
        for (const [id, vote] of numbered(cast)) tracker.recordVote(id, vote);
        expect(tracker.tallyVotes().result).toBe(jointVote(voters, numbered(cast)));
      }),
      OPTIONS,
    );
  });

  it("with known mistake R10 a third of three commits, with R11 the new half alone decides", () => {
    const committed = (ids: readonly string[], outgoing: readonly number[]): number => {
      const tracker = new Tracker(10, 0, mistakesOf(ids));
      const voters = { incoming: [1, 2, 3], outgoing };
      const progress = [9, 8, 7, ...outgoing.map(() => 5)].map((match, i) => {
        const made = new Progress(i + 1, 1, false, true, tracker.newInflights());
        made.maybeUpdate(match);
        return made;
      });
      tracker.install({ voters, learners: [], learnersNext: [], autoLeave: false }, progress);
      return tracker.committed();
    };
    expect([committed([], []), committed(["R10"], [])]).toEqual([8, 9]);
    expect([committed([], [4]), committed(["R11"], [4])]).toEqual([5, 8]);
  });

  it("prints as (1 2)&&(2 3)", () => {
    expect(jointText({ incoming: [1, 2], outgoing: [2, 3] })).toBe("(1 2)&&(2 3)");
    expect(jointText({ incoming: [], outgoing: [] })).toBe("()");
  });
});

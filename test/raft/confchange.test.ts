import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_MISTAKES } from "../../src/museum/switches.ts";
import { Changer, ConfChangeError, type Membership } from "../../src/raft/confchange/changer.ts";
import {
  changesText,
  confChangeText,
  entersJoint,
  leavesByItself,
  leavesJoint,
} from "../../src/raft/confchange/changes.ts";
import { restoreMembership, sameConfState } from "../../src/raft/confchange/restore.ts";
import { Tracker } from "../../src/raft/tracker/tracker.ts";
import { configText, EMPTY_CONFIG, toConfState } from "../../src/raft/tracker/tracker-config.ts";
import {
  type ConfChangeSingle,
  ConfChangeTransition,
  ConfChangeType,
  type ConfChangeV2,
  EMPTY,
} from "../../src/raft/types.ts";

const tracker = new Tracker(10, 0, NO_MISTAKES);
const BASE = { lastIndex: 7, newInflights: () => tracker.newInflights() };

const change: fc.Arbitrary<ConfChangeSingle> = fc.record({
  type: fc.constantFrom(...Object.values(ConfChangeType)),
  nodeId: fc.nat({ max: 6 }),
});
const operation = fc.oneof(
  fc.record({ do: fc.constant("simple" as const), changes: fc.array(change, { maxLength: 2 }) }),
  fc.record({
    do: fc.constant("enter" as const),
    changes: fc.array(change, { maxLength: 5 }),
    autoLeave: fc.boolean(),
  }),
  fc.record({ do: fc.constant("leave" as const) }),
);

function founded(voters: readonly number[]): Membership {
  let membership: Membership = { config: EMPTY_CONFIG, progress: [] };
  for (const nodeId of voters) {
    membership = new Changer(membership, BASE).simple([{ type: ConfChangeType.AddNode, nodeId }]);
  }
  return membership;
}

describe("sequences of membership changes", () => {
  it("keep learners apart from voters, follow exactly the members, and survive a restore", () => {
    let made = 0;
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 20 }), (operations) => {
        let membership = founded([1]);
        for (const each of operations) {
          const before = configText(membership.config);
          const beforeRoles = membership.progress.map((p) => `${p.id} ${p.isLearner}`).join();
          let after: Membership;
          try {
            const changer = new Changer(membership, BASE);
            if (each.do === "simple") after = changer.simple(each.changes);
            else if (each.do === "enter") after = changer.enterJoint(each.autoLeave, each.changes);
            else after = changer.leaveJoint();
          } catch (error) {
            expect(error).toBeInstanceOf(ConfChangeError);
            // A refused change leaves no trace.
            expect(configText(membership.config)).toBe(before);
            const roles = membership.progress.map((p) => `${p.id} ${p.isLearner}`).join();
            expect(roles).toBe(beforeRoles);
            continue;
          }
          made++;
          const { voters, learners, learnersNext } = after.config;
          const members = new Set([...voters.incoming, ...voters.outgoing, ...learners]);
          expect(after.progress.map((p) => p.id)).toEqual([...members].sort((a, b) => a - b));
          expect(voters.incoming.length).toBeGreaterThan(0);
          for (const id of learners) {
            expect(voters.incoming.includes(id) || voters.outgoing.includes(id)).toBe(false);
          }
          for (const id of learnersNext) expect(voters.outgoing).toContain(id);
          for (const p of after.progress) expect(p.isLearner).toBe(learners.includes(p.id));
          if (each.do === "simple") {
            const old = new Set(membership.config.voters.incoming);
            const now = new Set(voters.incoming);
            const moved =
              [...old].filter((id) => !now.has(id)).length +
              [...now].filter((id) => !old.has(id)).length;
            expect(moved).toBeLessThanOrEqual(1);
          }
          const state = toConfState(after.config);
          const restored = restoreMembership(state, BASE);
          expect(sameConfState(toConfState(restored.config), state)).toBe(true);
          membership = after;
        }
      }),
      { seed: 12, numRuns: 500 },
    );
    expect(made).toBeGreaterThan(1000);
  });

  it("keep what is known of a node that changes its role", () => {
    const membership = founded([1, 2, 3]);
    membership.progress[1]?.maybeUpdate(5);
    const joint = new Changer(membership, BASE).enterJoint(false, [
      { type: ConfChangeType.AddLearnerNode, nodeId: 2 },
    ]);
    expect(configText(joint.config)).toBe("voters=(1 3)&&(1 2 3) learners_next=(2)");
    const left = new Changer(joint, BASE).leaveJoint();
    expect(configText(left.config)).toBe("voters=(1 3) learners=(2)");
    expect(left.progress[1]?.describe()).toBe("StateProbe match=5 next=7 learner");
  });

  it("ignore changes of node 0, and refuse unknown kinds", () => {
    const membership = founded([1]);
    const zero = new Changer(membership, BASE).simple([
      { type: ConfChangeType.RemoveNode, nodeId: 0 },
    ]);
    expect(configText(zero.config)).toBe("voters=(1)");
    const unknown = { type: 9 as ConfChangeType, nodeId: 2 };
    expect(() => new Changer(membership, BASE).simple([unknown])).toThrow("unexpected conf type 9");
  });
});

describe("what a change asks for", () => {
  const of = (transition: ConfChangeTransition, count: number): ConfChangeV2 => ({
    transition,
    changes: Array.from({ length: count }, (_, i) => ({ type: 0, nodeId: i + 1 })),
    context: EMPTY,
  });
  const { Auto, JointImplicit, JointExplicit } = ConfChangeTransition;

  it.each([
    [of(Auto, 0), "leaves"],
    [of(Auto, 1), "simple"],
    [of(Auto, 2), "joint, left by itself"],
    [of(JointImplicit, 1), "joint, left by itself"],
    [of(JointExplicit, 1), "joint"],
    [of(JointExplicit, 0), "joint"],
  ])("%# is %s", (asked, meaning) => {
    const joint = entersJoint(asked)
      ? `joint${leavesByItself(asked) ? ", left by itself" : ""}`
      : "";
    expect(leavesJoint(asked) ? "leaves" : joint || "simple").toBe(meaning);
  });

  it("prints in etcd-io/raft's forms", () => {
    const changes = [0, 1, 2, 3].map((type, i) => ({
      type: type as ConfChangeType,
      nodeId: i + 1,
    }));
    expect(changesText(changes)).toBe("v1 r2 u3 l4");
    const context = Uint8Array.from([0x61, 0x22, 0x00]);
    expect(confChangeText({ id: 7, type: 0, nodeId: 4, context })).toBe(
      'transition:ConfChangeTransitionAuto changes:{type:ConfChangeAddNode node_id:4} context:"a\\"\\x00"',
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_MISTAKES } from "../../src/museum/switches.ts";
import { Changer, ConfChangeError, type Membership } from "../../src/raft/confchange/changer.ts";
import {
  asV2,
  entersJoint,
  leavesByItself,
  leavesJoint,
} from "../../src/raft/confchange/changes.ts";
import { makeConfig } from "../../src/raft/config.ts";
import { RawNode } from "../../src/raft/raw-node.ts";
import { MemoryStorage } from "../../src/raft/storage.ts";
import type { Progress } from "../../src/raft/tracker/progress.ts";
import { Tracker } from "../../src/raft/tracker/tracker.ts";
import {
  EMPTY_CONFIG,
  isJoint,
  type TrackerConfig,
  toConfState,
} from "../../src/raft/tracker/tracker-config.ts";
import {
  type ConfChangeSingle,
  ConfChangeTransition,
  ConfChangeType,
  type ConfState,
  EMPTY,
} from "../../src/raft/types.ts";

const LAST_INDEX = 7;
const IDS = [1, 2, 3, 4, 5];
const BASE = {
  lastIndex: LAST_INDEX,
  newInflights: () => new Tracker(10, 0, NO_MISTAKES).newInflights(),
};

/** What one node is, in the model: nothing at all if all four are false. */
interface Part {
  readonly votesIn: boolean;
  readonly votesOut: boolean;
  readonly learns: boolean;
  /** It votes in the outgoing half, and will learn when that is left. */
  readonly willLearn: boolean;
}

const ABSENT: Part = { votesIn: false, votesOut: false, learns: false, willLearn: false };

type Step =
  | { readonly do: "simple"; readonly changes: readonly ConfChangeSingle[] }
  | { readonly do: "enter"; readonly auto: boolean; readonly changes: readonly ConfChangeSingle[] }
  | { readonly do: "leave" };

/** A configuration as what each node is in it. */
class Model {
  private parts: readonly Part[] = IDS.map(() => ABSENT);
  private auto = false;

  /** Takes the step; false and no effect if it is not allowed. */
  take(step: Step): boolean {
    const before = this.parts;
    const joint = before.some((part) => part.votesOut);
    if (step.do === "leave") {
      if (!joint) return false;
      this.auto = false;
      this.parts = before.map(({ votesIn, learns, willLearn }) => ({
        votesIn,
        votesOut: false,
        learns: learns || willLearn,
        willLearn: false,
      }));
      return true;
    }
    if (joint) return false;
    const enters = step.do === "enter";
    if (enters && !before.some((part) => part.votesIn)) return false;
    let parts = enters ? before.map((part) => ({ ...part, votesOut: part.votesIn })) : before;
    for (const { type, nodeId } of step.changes) {
      parts = parts.map((part, i) => (IDS[i] === nodeId ? changed(part, type) : part));
    }
    const moved = parts.filter((part, i) => part.votesIn !== before[i]?.votesIn).length;
    if (!parts.some((part) => part.votesIn) || (!enters && moved > 1)) return false;
    this.parts = parts;
    this.auto = enters && step.auto;
    return true;
  }

  config(): TrackerConfig {
    const where = (holds: (part: Part) => boolean) =>
      IDS.filter((_, i) => holds(this.parts[i] as Part));
    return {
      voters: {
        incoming: where((part) => part.votesIn),
        outgoing: where((part) => part.votesOut),
      },
      learners: where((part) => part.learns),
      learnersNext: where((part) => part.willLearn),
      autoLeave: this.auto,
    };
  }
}

function changed(part: Part, type: ConfChangeType): Part {
  const { votesOut } = part;
  switch (type) {
    case ConfChangeType.AddNode:
      return { votesIn: true, votesOut, learns: false, willLearn: false };
    case ConfChangeType.RemoveNode:
      return { votesIn: false, votesOut, learns: false, willLearn: false };
    case ConfChangeType.AddLearnerNode:
      return { votesIn: false, votesOut, learns: !votesOut, willLearn: votesOut };
    default:
      return part;
  }
}

const single: fc.Arbitrary<ConfChangeSingle> = fc.record({
  type: fc.constantFrom(...Object.values(ConfChangeType)),
  nodeId: fc.nat({ max: 5 }), // 0: a change that etcd decided not to make
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("simple" as const),
      changes: fc.array(single, { maxLength: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("enter" as const),
      auto: fc.boolean(),
      changes: fc.array(single, { maxLength: 5 }),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ do: "leave" as const }) },
);
/** Founders come one by one; then anything may happen. */
const founders: fc.Arbitrary<readonly Step[]> = fc.nat({ max: 4 }).map((count) =>
  IDS.slice(0, count).map((nodeId) => ({
    do: "simple",
    changes: [{ type: ConfChangeType.AddNode, nodeId }],
  })),
);
const steps = fc
  .tuple(founders, fc.array(step, { maxLength: 20, size: "max" }))
  .map(([first, then]) => [...first, ...then]);

function changeBy(from: Membership, taken: Step): Membership | null {
  const changer = new Changer(from, BASE);
  try {
    if (taken.do === "leave") return changer.leaveJoint();
    if (taken.do === "enter") return changer.enterJoint(taken.auto, taken.changes);
    return changer.simple(taken.changes);
  } catch (error) {
    if (error instanceof ConfChangeError) return null;
    throw error;
  }
}

function picture(membership: Membership): unknown {
  return [membership.config, membership.progress.map((p) => [p.id, p.describe()])];
}

/** A node is on one side or the other, and everyone who takes part is followed. */
function checkInvariants({ config, progress }: Membership): void {
  const { incoming, outgoing } = config.voters;
  const followed = progress.map((p) => p.id);
  const everyone = [...incoming, ...outgoing, ...config.learners, ...config.learnersNext];
  expect(followed).toEqual([...new Set(everyone)].sort((a, b) => a - b));
  for (const id of config.learners) {
    expect([incoming.includes(id), outgoing.includes(id)]).toEqual([false, false]);
  }
  for (const id of config.learnersNext) {
    expect([incoming.includes(id), outgoing.includes(id)]).toEqual([false, true]);
  }
  for (const p of progress) expect(p.isLearner).toBe(config.learners.includes(p.id));
  if (!isJoint(config)) expect([config.learnersNext, config.autoLeave]).toEqual([[], false]);
}

/** All sets of nodes, as bits, that decide alone. */
function quorums({ voters }: TrackerConfig): number[] {
  const majority = (set: number, half: readonly number[]) =>
    half.length === 0 || half.filter((id) => (set >> id) & 1).length * 2 > half.length;
  const all = Array.from({ length: 1 << IDS.length }, (_, mask) => mask << 1);
  return all.filter((set) => majority(set, voters.incoming) && majority(set, voters.outgoing));
}

/** The same match and next for whoever stays; a fresh one is probed at our last index. */
function checkCarried(before: readonly Progress[], after: readonly Progress[], taken: Step): void {
  const changes = taken.do === "leave" ? [] : taken.changes;
  const removed = changes.filter(({ type }) => type === ConfChangeType.RemoveNode);
  for (const p of after) {
    // Removed and added again in one go: forgotten, unless it votes in the outgoing half.
    if (removed.some(({ nodeId }) => nodeId === p.id)) continue;
    const known = before.find((other) => other.id === p.id);
    expect([p.match, p.next, p.recentActive]).toEqual(
      known === undefined ? [0, LAST_INDEX, true] : [known.match, known.next, known.recentActive],
    );
  }
}

const EMPTY_MEMBERSHIP: Membership = { config: EMPTY_CONFIG, progress: [] };

describe("any sequence of configuration changes", () => {
  it("comes to what each node is told to be, or is refused without a trace", () => {
    let taken = 0;
    let joint = 0;
    fc.assert(
      fc.property(steps, (list) => {
        const model = new Model();
        let membership = EMPTY_MEMBERSHIP;
        for (const each of list) {
          const before = picture(membership);
          const after = changeBy(membership, each);
          expect(after !== null).toBe(model.take(each));
          expect(picture(membership)).toEqual(before);
          if (after === null) continue;
          checkInvariants(after);
          checkCarried(membership.progress, after.progress, each);
          membership = after;
          expect(membership.config).toEqual(model.config());
          for (const p of membership.progress) p.maybeUpdate(p.match + p.id);
          taken++;
          if (isJoint(membership.config)) joint++;
        }
      }),
      { seed: 41, numRuns: 150 },
    );
    expect(taken).toBeGreaterThan(700);
    expect(joint).toBeGreaterThan(100);
  });

  it("leaves no two configurations, one right after the other, that can decide apart", () => {
    fc.assert(
      fc.property(steps, (list) => {
        let membership = EMPTY_MEMBERSHIP;
        for (const each of list) {
          const after = changeBy(membership, each);
          if (after === null) continue;
          const first = membership.config.voters.incoming.length === 0;
          const [some, others] = [quorums(membership.config), quorums(after.config)];
          const apart = some.some((a) => others.some((b) => (a & b) === 0));
          if (!first) expect(apart).toBe(false);
          membership = after;
        }
      }),
      { seed: 42, numRuns: 150 },
    );
  });
});

describe("a node", () => {
  const NOBODY: ConfState = toConfState(EMPTY_CONFIG);
  const startWith = (confState: ConfState): RawNode => {
    const storage = new MemoryStorage();
    storage.applySnapshot({ data: EMPTY, metadata: { index: 3, term: 1, confState } });
    const randomElectionTimeout = (ticks: number) => ticks;
    return new RawNode(makeConfig({ id: 1, storage, applied: 3, randomElectionTimeout }));
  };
  const v2 = fc.record({
    transition: fc.constantFrom(...Object.values(ConfChangeTransition)),
    changes: fc.array(single, { maxLength: 4 }),
    context: fc.constant(EMPTY),
  });
  const v1 = single.map((one) => ({ id: 1, ...one, context: EMPTY }));

  it("goes by the same configuration after a restart as before, whatever was changed", () => {
    let applied = 0;
    fc.assert(
      fc.property(fc.array(fc.oneof(v1, v2), { maxLength: 20, size: "max" }), (list) => {
        const model = new Model();
        const node = startWith(NOBODY);
        for (const each of list) {
          const change = asV2(each);
          const { changes } = change;
          const asStep: Step = leavesJoint(change)
            ? { do: "leave" }
            : entersJoint(change)
              ? { do: "enter", auto: leavesByItself(change), changes }
              : { do: "simple", changes };
          if (!model.take(asStep)) {
            expect(() => node.applyConfChange(each)).toThrow();
            continue;
          }
          const state = node.applyConfChange(each);
          const { tracker } = node.raft;
          expect(tracker.config).toEqual(model.config());
          const again = startWith(state).raft.tracker;
          expect(again.config).toEqual(tracker.config);
          expect(again.voterIds).toEqual(tracker.voterIds);
          expect(again.progress.map((p) => p.id)).toEqual(tracker.progress.map((p) => p.id));
          applied++;
        }
      }),
      { seed: 44, numRuns: 100 },
    );
    expect(applied).toBeGreaterThan(120);
  });
});

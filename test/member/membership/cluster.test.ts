import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { op } from "../../../src/api/build.ts";
import type { MemberOp } from "../../../src/api/member-requests.ts";
import { SECOND } from "../../../src/base/time.ts";
import { RaftMonitor } from "../../../src/check/raft/raft-monitor.ts";
import type { StateMachine } from "../../../src/member/apply/state-machine.ts";
import type { Membership } from "../../../src/member/membership/membership.ts";
import {
  addition,
  type ProposedChange,
  promotion,
  removal,
  update,
} from "../../../src/member/membership/proposed-change.ts";
import type { MemberRecord } from "../../../src/member/membership/record.ts";
import { Cluster, DEFAULT_CLUSTER } from "../../../src/sim/cluster.ts";
import type { CrashMode, Fault } from "../../../src/sim/fault.ts";
import type { ClusterOptions } from "../../../src/sim/options.ts";
import { ask } from "../../support/patient.ts";
import { the } from "./rig.ts";

const url = (node: number) => `http://m${node}:2380`;

/** A simulated cluster whose members' own view of the membership can be looked at. */
class World {
  readonly monitor = new RaftMonitor();
  readonly cluster: Cluster;

  constructor(options: Partial<ClusterOptions> = {}) {
    const all = { ...DEFAULT_CLUSTER, seed: 3, ...options };
    this.cluster = new Cluster(all, { sinks: [this.monitor] });
    this.run(3);
  }

  run(seconds: number): void {
    this.cluster.runUntil(this.cluster.now + seconds * SECOND);
  }

  inject(fault: Fault, seconds = 2): void {
    this.cluster.inject(fault);
    this.run(seconds);
  }

  private machine(node: number): StateMachine {
    const { member } = this.cluster.node(node);
    if (member === null) throw new Error(`m${node} is not running`);
    return member["machine"];
  }

  membership(node: number): Membership {
    return this.machine(node).configuration.membership;
  }

  replaying(node: number): boolean {
    return this.machine(node).replaying;
  }

  /** Makes a client's change through the leader, as the service will. */
  call(op: MemberOp): MemberRecord {
    const proposed = this.proposal(op);
    this.propose(proposed);
    this.run(1);
    return proposed.member;
  }

  proposal(op: MemberOp): ProposedChange {
    const leader = this.cluster.leader();
    const { wallNow } = this.cluster.node(leader);
    const membership = this.membership(leader);
    const made =
      op.type === "memberAdd"
        ? addition(membership, op.request, 1, wallNow)
        : op.type === "memberUpdate"
          ? update(membership, op.request, 1)
          : op.type === "memberPromote"
            ? promotion(membership, op.request.id, 1)
            : op.type === "memberRemove"
              ? removal(membership, op.request.id, 1)
              : null;
    if (made === null || !("change" in made)) throw new Error("nothing to propose");
    return made;
  }

  propose({ change }: ProposedChange): void {
    const node = this.cluster.node(this.cluster.leader());
    expect(node.member?.["node"].proposeConfChange(change)).toBeNull();
    node.wake();
  }

  restart(node: number, disk: CrashMode = "lose"): void {
    this.inject({ type: "crash", member: node, disk }, 0);
    this.inject({ type: "restart", member: node });
  }

  /** Voters (learners) by the records of a member and by raft's configuration there. */
  views(node: number): [records: string, raft: string] {
    const { conf } = this.cluster.view(node);
    const members = this.membership(node).list();
    const ids = (all: readonly number[]) => [...new Set(all)].sort((a, b) => a - b).join(" ");
    const by = (learner: boolean) =>
      ids(members.filter((each) => each.isLearner === learner).map((each) => each.node));
    const { voters, learners } = conf;
    return [`${by(false)} (${by(true)})`, `${ids(voters)} (${ids(learners)})`];
  }
}

describe("a cluster's members", () => {
  test("know each other from the start, after a restart, and a founder from a later snapshot", () => {
    const world = new World({ snapshotEntries: 20, catchUpEntries: 5 });
    const before = world.membership(1).list();
    expect(before.map(({ name }) => name)).toEqual(["m1", "m3", "m2"]);
    world.restart(1);
    expect(world.membership(1).list()).toEqual(before);
    world.inject({ type: "crash", member: 2, disk: "lose" }, 0);
    const added = world.call(the.learner(url(4)));
    for (let i = 0; i < 60; i++) ask(world.cluster, 1, op.put("k", `${i}`));
    world.run(3);
    world.inject({ type: "restart", member: 2 });
    expect(world.cluster.view(2).firstIndex).toBeGreaterThan(10);
    expect(world.membership(2).byNode(4)).toEqual(added);
    expect(world.membership(2).clusterId).toBe(world.membership(1).clusterId);
    world.restart(2);
    expect(world.membership(2).byNode(4)).toEqual(added);
    expect(world.monitor.violations).toEqual([]);
  });

  test("agree on what clients change, and raft with them, also after restarts of all", () => {
    const world = new World();
    world.cluster.addNode(4, []).boot(0);
    const { id } = world.call(the.learner(url(4)));
    expect(world.views(1)).toEqual(["1 2 3 (4)", "1 2 3 (4)"]);
    world.call(the.update(id, "http://10.0.0.4:2380"));
    expect(world.membership(4).byId(id)?.peerUrls).toEqual(["http://10.0.0.4:2380"]);
    world.call(the.promotion(id));
    const follower = [1, 2, 3].find((node) => node !== world.cluster.leader()) as number;
    const gone = world.membership(1).byNode(follower)?.id as bigint;
    world.call(the.removal(gone));
    world.run(3);
    const left = [1, 2, 3, 4].filter((node) => node !== follower);
    const both = `${left.join(" ")} ()`;
    expect(world.cluster.view(follower).status).toBe("down");
    for (const node of left) world.restart(node);
    world.run(5);
    for (const node of left) {
      expect(world.views(node)).toEqual([both, both]);
      expect(world.membership(node).isRemoved(gone)).toBe(true);
    }
    expect(world.monitor.violations).toEqual([]);
  });

  test("agree with raft after an operator's joint change", () => {
    const world = new World();
    const leader = world.cluster.leader();
    const [first, second] = [1, 2, 3].filter((node) => node !== leader) as [number, number];
    world.inject({ type: "change", add: [4, 5], remove: [first], learners: [second] }, 5);
    const voters = [leader, 4, 5].sort((a, b) => a - b).join(" ");
    const both = `${voters} (${second})`;
    for (const node of [leader, second, 4, 5]) expect(world.views(node)).toEqual([both, both]);
    expect(world.membership(5).byNode(4)?.name).toBe("m4");
    expect(world.monitor.violations).toEqual([]);
  });

  /** A change that has become invalid is in the log, and all members restart. */
  function refusedThenRestarted(bugs: readonly string[]): World {
    const world = new World({ bugs });
    const first = world.proposal(the.learner(url(4)));
    const second = world.proposal(the.learner(url(5)));
    world.propose(first);
    world.run(1);
    world.propose(second);
    world.run(1);
    const both = "1 2 3 (4)";
    for (const node of [1, 2, 3]) expect(world.views(node)).toEqual([both, both]);
    for (const node of [1, 2, 3]) world.restart(node);
    world.run(5);
    return world;
  }

  test("do not make a refused change, neither then nor when the log is replayed", () => {
    const world = refusedThenRestarted([]);
    const both = "1 2 3 (4)";
    for (const node of [1, 2, 3]) expect(world.views(node)).toEqual([both, both]);
    expect(world.monitor.violations).toEqual([]);
  });

  test("B4: a refused change that is made when the log is replayed is seen", () => {
    const world = refusedThenRestarted(["B4"]);
    expect(world.views(1)).toEqual(["1 2 3 (4)", "1 2 3 (4 5)"]);
    expect(world.monitor.violations[0]).toMatchObject({ invariant: "config-changes" });
  });
});

const node = fc.integer({ min: 1, max: 6 });
const some = fc.uniqueArray(node, { maxLength: 2 });
const step = fc.oneof(
  fc.record({ type: fc.constant("change" as const), add: some, remove: some, learners: some }),
  fc.record({ type: fc.constant("promote" as const), member: node }),
  fc.record({ type: fc.constant("remove-member" as const), member: node }),
  fc.record({ type: fc.constant("add-member" as const), member: node, learner: fc.boolean() }),
  fc.record({ type: fc.constant("restart" as const), member: node }),
  fc.record({ type: fc.constant("snapshot" as const), member: node }),
);
/** What is done, and how long it is let be: seconds; soon after it a crash finds it half done. */
const steps = fc.array(fc.tuple(step, fc.constantFrom(0.001, 0.003, 0.02, 0.2, 3)), {
  minLength: 1,
  maxLength: 12,
});

test("whatever operators do, records and raft's configuration are the same", () => {
  let changed = 0;
  fc.assert(
    fc.property(steps, (plan) => {
      const world = new World({ snapshotEntries: 8, catchUpEntries: 2 });
      const { cluster } = world;
      for (const [step, seconds] of plan) {
        if (cluster.leader() === 0) world.run(5);
        if (cluster.leader() === 0) break;
        const { voters } = cluster.view(cluster.leader()).conf;
        const leaves = step.type === "change" ? step.remove : [];
        const learn = step.type === "change" ? step.learners : [];
        const gone = step.type === "remove-member" ? [step.member] : [...leaves, ...learn];
        // Raft has no answer to an empty group.
        if (voters.every((id) => gone.includes(id))) continue;
        try {
          if (step.type === "restart") world.restart(step.member, "random");
          else world.inject(step, seconds);
        } catch (error) {
          if ((error as Error).name !== "FaultError") throw error;
        }
      }
      world.run(8);
      for (const id of cluster.memberIds()) {
        const { status, conf } = cluster.view(id);
        if (status !== "up" || conf.voters.length === 0 || conf.votersOutgoing.length > 0) continue;
        // Its backend knows of its removal, its log does not know that it was committed: for ever.
        if (world.replaying(id)) continue;
        const [records, raft] = world.views(id);
        expect(records).toBe(raft);
        if (raft !== "1 2 3 ()") changed++;
      }
      expect(world.monitor.violations).toEqual([]);
    }),
    { numRuns: 100 },
  );
  expect(changed).toBeGreaterThan(30);
});

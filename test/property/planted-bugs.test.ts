import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { op } from "../../src/api/build.ts";
import { SECOND } from "../../src/base/time.ts";
import { ACKNOWLEDGED_WRITES } from "../../src/check/durability/acknowledged-writes.ts";
import { LinearizabilityMonitor } from "../../src/check/linearizability/linearizability-monitor.ts";
import { LINEARIZABLE } from "../../src/check/linearizability/revision-order.ts";
import { RaftMonitor } from "../../src/check/raft/raft-monitor.ts";
import { CONVERGENCE } from "../../src/check/settled/convergence.ts";
import type { Violation } from "../../src/check/violation.ts";
import { mistakeById } from "../../src/museum/catalogue.ts";
import { NO_LIMIT } from "../../src/raft/config.ts";
import { RaftLog } from "../../src/raft/log/raft-log.ts";
import { Raft } from "../../src/raft/raft.ts";
import { Progress } from "../../src/raft/tracker/progress.ts";
import { Cluster, DEFAULT_CLUSTER } from "../../src/sim/cluster.ts";
import type { ClusterOptions } from "../../src/sim/options.ts";
import { ask, callsOf } from "../support/patient.ts";
import { sealed } from "../support/sealed.ts";
import { elect, inject, logged, until, write } from "./directed.ts";
import { HUNTS } from "./hunts.ts";
import { runPlan } from "./run-plan.ts";
import { type Plan, plans } from "./schedule.ts";

/**
 * Each invariant has been seen failing: a mistake is switched on (or planted here), the same kind
 * of random schedule as in raft-safety.test.ts is run against this one invariant, and has to find
 * it. What else the mistake breaks does not count.
 */
const RUNS_MAX = 400;

function hunt(invariant: string, bugs: readonly string[], seed = 2): Violation | null {
  let found: Violation | null = null;
  const property = fc.property(plans(), (plan: Plan) => {
    found = sealed(() => runPlan(plan, { bugs, only: [invariant] })).violations[0] ?? null;
    return found === null;
  });
  fc.check(property, { seed, numRuns: RUNS_MAX, endOnFailure: true });
  return found;
}

describe("random schedules catch", () => {
  for (const { invariant, bug, seed, says } of HUNTS) {
    test(`${bug} (${mistakeById(bug)?.title}) by ${invariant}`, () => {
      const found = hunt(invariant, [bug], seed);
      expect(found, `${RUNS_MAX} runs kept ${invariant}`).not.toBeNull();
      expect(found).toMatchObject({ invariant });
      expect(found?.text).toMatch(says);
    });
  }
});

test("every invariant is among those that were seen failing", () => {
  const planted = ["commit-bounds", "term-monotonic", "leader-append-only", LINEARIZABLE];
  const seen = new Set([...HUNTS.map((row) => row.invariant), ...planted]);
  const all = new RaftMonitor().invariants.map((invariant) => invariant.name);
  expect(
    [...all, ACKNOWLEDGED_WRITES, LINEARIZABLE, CONVERGENCE].filter((i) => !seen.has(i)),
  ).toEqual([]);
});

/** Runs `body` while a method of raft is replaced; the original is handed to `make`. */
function planted<T extends object, K extends keyof T, R>(
  target: T,
  method: K,
  make: (original: T[K]) => T[K],
  body: () => R,
): R {
  const original = target[method];
  target[method] = make(original);
  try {
    return body();
  } finally {
    target[method] = original;
  }
}

describe("random schedules catch a mistake planted in the code", () => {
  test("a commit index that follows whatever it is told, back too, by commit-bounds", () => {
    const found = planted(
      RaftLog.prototype,
      "commitTo",
      () =>
        function commitTo(this: RaftLog, index: number) {
          if (index <= this.lastIndex()) this.committed = index;
        },
      () => hunt("commit-bounds", []),
    );
    expect(found?.text).toMatch(/commit/);
  });

  test("a leader that goes back a term when it loses its quorum, by term-monotonic", () => {
    const found = planted(
      Raft.prototype,
      "emitRole",
      (original) =>
        function emitRole(this: Raft, reason) {
          if (reason === "quorum lost") this.term--;
          original.call(this, reason);
        },
      () => hunt("term-monotonic", []),
    );
    expect(found?.text).toMatch(/went back from term \d+ to term \d+/);
  });

  test("a leader that believes the last acknowledgement, not the highest, by progress-sane", () => {
    const found = planted(
      Progress.prototype,
      "maybeUpdate",
      () =>
        function maybeUpdate(this: Progress, index: number) {
          this.match = index;
          this.next = Math.max(this.next, index + 1);
          this.msgAppFlowPaused = false;
          return true;
        },
      () => hunt("progress-sane", []),
    );
    expect(found?.text).toMatch(/went back with member \d from \d+ to \d+|no majority/);
  });

  test("a leader that skips the entry behind a snapshot, by progress-sane", () => {
    const found = planted(
      Progress.prototype,
      "becomeSnapshot",
      (original) =>
        function becomeSnapshot(this: Progress, index: number) {
          original.call(this, index);
          this.next = index + 2;
        },
      () => hunt("progress-sane", []),
    );
    expect(found?.text).toMatch(
      /sent member \d a snapshot up to \d+, but entry|and entry \d+ next, but its own log/,
    );
  });

  test("a leader that writes its last entry once more, by leader-append-only", () => {
    const { maybeAppend } = RaftLog.prototype;
    let following = false;
    const found = planted(
      RaftLog.prototype,
      "maybeAppend",
      () =>
        function (this: RaftLog, ...append: Parameters<typeof maybeAppend>) {
          following = true;
          try {
            return maybeAppend.apply(this, append);
          } finally {
            following = false;
          }
        },
      () =>
        planted(
          RaftLog.prototype,
          "append",
          (original) =>
            function (this: RaftLog, entries) {
              const last = this.lastIndex();
              if (following || last === this.committed) return original.call(this, entries);
              const again = this.entries(last, NO_LIMIT);
              if (again instanceof Error) throw again;
              return original.call(this, [...again, ...entries]);
            },
          () => hunt("leader-append-only", []),
        ),
    );
    expect(found?.text).toMatch(/leader of term \d+ since .*, overwrote its log from entry/);
  });
});

describe("a directed schedule catches", () => {
  function watched(options: Partial<ClusterOptions>): [Cluster, RaftMonitor] {
    const monitor = new RaftMonitor();
    const cluster = new Cluster({ ...DEFAULT_CLUSTER, ...options }, { sinks: [monitor] });
    return [cluster, monitor];
  }

  /** A long log of an old term against a short one of a later term, which is committed. */
  function longerButOlder(bugs: readonly string[]): readonly Violation[] {
    const [cluster, monitor] = watched({ members: 3, preVote: false, checkQuorum: false, bugs });
    elect(cluster, 1);
    inject(cluster, { type: "partition", groups: [[1], [2, 3]] });
    write(cluster, 1, 20);
    logged(cluster, 1, 20);
    elect(cluster, 2);
    write(cluster, 2);
    until(cluster, "the later term's write is acknowledged", () =>
      callsOf(cluster).some(({ outcome }) => outcome === "ok"),
    );
    cluster.runUntil(cluster.now + SECOND / 10);
    // The old leader comes back as a follower: it would go on leading its term for nobody.
    for (const member of [1, 2]) inject(cluster, { type: "crash", member, disk: "keep" });
    inject(cluster, { type: "heal" }, { type: "restart", member: 1 });
    for (let i = 0; i < 5; i++) {
      inject(cluster, { type: "campaign", member: 1 });
      cluster.runUntil(cluster.now + SECOND / 10);
    }
    return monitor.violations;
  }

  /** A leader that was deposed without noticing is asked for what the new one has overwritten. */
  function readFromTheDeposed(bugs: readonly string[]): readonly Violation[] {
    const clients = new LinearizabilityMonitor();
    const options = { ...DEFAULT_CLUSTER, members: 3, preVote: false, checkQuorum: false, bugs };
    const cluster = new Cluster(options, { sinks: [clients] });
    elect(cluster, 1);
    inject(cluster, { type: "partition", groups: [[1], [2, 3]] });
    elect(cluster, 2);
    write(cluster, 2);
    until(cluster, "the write is acknowledged", () => callsOf(cluster)[0]?.outcome === "ok");
    const read = ask(cluster, 1, op.get("k"), { to: 1, pin: true });
    until(cluster, "the read ends", () => read.outcome !== "pending");
    return clients.violations;
  }

  /**
   * A write is acknowledged, but no follower hears that it is committed before the leader is gone;
   * the next one is asked for it before it could commit anything itself.
   */
  function readFromTheNewlyElected(bugs: readonly string[]): readonly Violation[] {
    const clients = new LinearizabilityMonitor();
    const options = { ...DEFAULT_CLUSTER, members: 3, preVote: false, checkQuorum: false, bugs };
    const cluster = new Cluster(options, { sinks: [clients] });
    elect(cluster, 1);
    cluster.runUntil(cluster.now + SECOND);
    const index = cluster.view(1).lastIndex + 1;
    write(cluster, 1);
    for (const member of [2, 3]) logged(cluster, member, index);
    inject(cluster, { type: "cut", from: [1], to: [2, 3] });
    until(cluster, "the write is acknowledged", () => callsOf(cluster)[0]?.outcome === "ok");
    inject(cluster, { type: "crash", member: 1, disk: "keep" });
    inject(cluster, { type: "drop-next", from: 3, to: 2, message: "MsgAppResp", count: 1000 });
    elect(cluster, 2);
    const read = ask(cluster, 1, op.get("k"), { to: 2, pin: true });
    until(cluster, "the read ends", () => read.outcome !== "pending");
    return clients.violations;
  }

  /**
   * A change of the membership is in the log of a new leader, who can't know yet what became of
   * it, and is asked for the next one.
   */
  function changeOverAChange(bugs: readonly string[]): readonly Violation[] {
    const [cluster, monitor] = watched({ members: 3, preVote: false, checkQuorum: false, bugs });
    elect(cluster, 1);
    cluster.runUntil(cluster.now + SECOND);
    const index = cluster.view(1).lastIndex + 1;
    inject(cluster, { type: "add-member", member: 4, learner: true });
    for (const member of [2, 3]) logged(cluster, member, index);
    inject(cluster, { type: "cut", from: [1], to: [2, 3] });
    cluster.runUntil(cluster.now + SECOND / 10);
    inject(cluster, { type: "crash", member: 1, disk: "keep" });
    inject(cluster, { type: "drop-next", from: 3, to: 2, message: "MsgAppResp", count: 1000 });
    elect(cluster, 2);
    inject(cluster, { type: "remove-member", member: 1 });
    cluster.runUntil(cluster.now + SECOND);
    return monitor.violations;
  }

  test("R13 (a new leader forgets a pending configuration change) by config-changes", () => {
    expect(changeOverAChange(["R13"])).toMatchObject([
      {
        invariant: "config-changes",
        member: 2,
        text: expect.stringMatching(
          /proposed a configuration change at entry \d+, though it has not applied/,
        ),
      },
    ]);
    expect(changeOverAChange([])).toEqual([]);
  });

  test("R24 (a leader answers reads before its term's first commit) by linearizable", () => {
    expect(readFromTheNewlyElected(["R24"])).toMatchObject([
      {
        invariant: "linearizable",
        text: expect.stringMatching(
          /^get k.* read at revision 1, though a client had seen revision 2/,
        ),
      },
    ]);
    expect(readFromTheNewlyElected([])).toEqual([]);
  });

  test("R25 (a leader answers reads without asking a quorum) by linearizable", () => {
    expect(readFromTheDeposed(["R25"])).toMatchObject([
      {
        invariant: "linearizable",
        text: expect.stringMatching(
          /^get k.* read at revision 1, though a client had seen revision 2/,
        ),
      },
    ]);
    expect(readFromTheDeposed([])).toEqual([]);
  });

  test("R5 (the longer log wins, whatever its last term) by leader-completeness", () => {
    expect(longerButOlder(["R5"])[0]).toMatchObject({
      invariant: "leader-completeness",
      member: 1,
      text: expect.stringMatching(
        /member 1 leads term \d+ without entry \d+ of term \d+, which member 2 committed/,
      ),
    });
    expect(longerButOlder([])).toEqual([]);
  });
});

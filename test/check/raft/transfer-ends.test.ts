import { expect, test } from "vitest";
import { SECOND } from "../../../src/base/time.ts";
import { DataMonitor } from "../../../src/check/data-monitor.ts";
import { TRANSFER_ENDS } from "../../../src/check/raft/transfer-ends.ts";
import { Cluster, DEFAULT_CLUSTER } from "../../../src/sim/cluster.ts";
import { conf, Tale } from "../tale.ts";

/** Three members, the first of which leads; all is calm. */
const led = (): Tale =>
  new Tale()
    .boot([1, 2, 3])
    .conf(1, 1, conf([1, 2, 3]))
    .role(1, "leader", 1, 1)
    .wait(5 * SECOND);

const transfer = (tale: Tale, to: number): Tale => tale.emit({ kind: "transfer", member: 1, to });
const fault = (tale: Tale, name: string): Tale =>
  tale.emit({ kind: "fault", member: 0, fault: name, text: "", members: [] });
const later = (tale: Tale, us = SECOND): Tale => tale.wait(us).role(3, "follower", 1, 1);

function judged(tale: Tale): string[] {
  const monitor = tale.play(new DataMonitor({ only: [TRANSFER_ENDS], faults: true }));
  monitor.finish({ seq: 99, at: tale.now, members: [], delivered: tale.now });
  return monitor.violations.map(({ text }) => text);
}

test.each<[string, () => Tale]>([
  ["ends with another leader", () => later(transfer(led(), 2).role(1, "follower", 2), 9 * SECOND)],
  ["is under way", () => later(transfer(led(), 2))],
  [
    "is given up soon after a fault",
    () => later(transfer(transfer(fault(led(), "drop-next"), 2).wait(SECOND), 0)),
  ],
  [
    "is given up with a fault under way",
    () => later(transfer(fault(transfer(led(), 2), "crash").wait(SECOND), 0)),
  ],
  [
    "is given up after a fault that lasts",
    () => later(transfer(transfer(fault(led(), "link").wait(9 * SECOND), 2).wait(SECOND), 0)),
  ],
  [
    "is given up for a member that is down",
    () =>
      later(
        transfer(
          transfer(
            led()
              .crash(2)
              .wait(9 * SECOND),
            2,
          ).wait(SECOND),
          0,
        ),
      ),
  ],
  [
    "is given up for a change",
    () => later(transfer(transfer(led(), 2), 0).conf(1, 2, conf([1, 3]))),
  ],
  [
    "is the leader's that is paused",
    () => later(transfer(led(), 2).emit({ kind: "pause", member: 1 }), 9 * SECOND),
  ],
])("a transfer that %s is well", (_, tell) => {
  expect(judged(tell())).toEqual([]);
});

test.each<[string, () => Tale, RegExp]>([
  [
    "has no end",
    () => later(transfer(led(), 2), 3 * SECOND),
    /transfer to member 2 of .* has not come to an end/,
  ],
  [
    "has no end, cut off or not",
    () =>
      later(
        transfer(led().emit({ kind: "links", member: 0, cut: [[1, 2]], clogged: [] }), 2),
        3 * SECOND,
      ),
    /not come to an end/,
  ],
  [
    "is given up where all is whole",
    () => later(transfer(transfer(led(), 2).wait(SECOND), 0)),
    /was given up, though nothing/,
  ],
  [
    "goes on to who lost its vote",
    () => later(transfer(led(), 2).conf(1, 2, conf([1, 3], { learners: [2] }))),
    /has no vote any more/,
  ],
])("a transfer that %s is not", (_, tell, says) => {
  expect(judged(tell())).toEqual([expect.stringMatching(says)]);
});

/** m1 hands over to m3, which hears nothing, while m3 is demoted. */
function demoted(bugs: readonly string[]): readonly string[] {
  const monitor = new DataMonitor({ faults: true });
  const cluster = new Cluster(
    { ...DEFAULT_CLUSTER, seed: 1, members: 3, bugs },
    { sinks: [monitor] },
  );
  cluster.runUntil(200_000);
  cluster.inject({ type: "campaign", member: 1 });
  cluster.runUntil(2 * SECOND);
  expect(cluster.leader()).toBe(1);
  cluster.inject({ type: "clog", from: [1], to: [3] });
  cluster.inject({ type: "change", add: [], remove: [], learners: [3] });
  cluster.inject({ type: "transfer", to: 3 });
  cluster.runUntil(4 * SECOND);
  expect(cluster.view(1).conf.learners).toEqual([3]);
  const view = { seq: 0, at: cluster.now, members: [1, 2], delivered: 0 };
  monitor.finish(view);
  return monitor.violations.map(({ invariant, text }) => `${invariant}: ${text}`);
}

test("R29 goes on with a transfer to a member that was demoted, and nothing else sees it", () => {
  expect(demoted([])).toEqual([]);
  expect(demoted(["R29"])).toEqual([
    expect.stringMatching(/^transfer-ends: .* has no vote any more/),
  ]);
});

import { expect, test } from "vitest";
import { SECOND } from "../../src/base/time.ts";
import { RaftMonitor } from "../../src/check/raft/raft-monitor.ts";
import type { StateMachine } from "../../src/member/apply/state-machine.ts";
import { makeMessage } from "../../src/raft/messages.ts";
import type { RawNode } from "../../src/raft/raw-node.ts";
import { type Entry, MessageType } from "../../src/raft/types.ts";
import { Cluster, DEFAULT_CLUSTER } from "../../src/sim/cluster.ts";
import { Layer, type TraceEvent } from "../../src/trace/events.ts";
import { elect, inject, logged, until, write } from "../support/directed.ts";

/**
 * What random plans found wrong in detcd itself, where it takes code to show it. The rest are scenarios:
 * scenarios/regressions.
 */

test("entries that come with a snapshot in one Ready are told of once it is installed", () => {
  const told: string[] = [];
  const sink = {
    layers: Layer.State,
    event(e: TraceEvent) {
      if (e.member !== 3) return;
      if (e.kind === "append") told.push(`append ${e.entries.map(({ index }) => index).join(" ")}`);
      if (e.kind === "restore" || e.kind === "commit") told.push(`${e.kind} ${e.index}`);
    },
  };
  const monitor = new RaftMonitor({ throwAtFirst: true });
  const cluster = new Cluster({ ...DEFAULT_CLUSTER, seed: 1 }, { sinks: [monitor, sink] });
  elect(cluster, 1);
  cluster.runUntil(cluster.now + SECOND);
  const { node, machine } = cluster.node(1).member as unknown as Inside;
  // It saves an entry for half a second, while the leader's log goes on without it.
  const slow = { syncMinUs: SECOND / 2, syncMeanUs: SECOND / 2, syncMaxUs: SECOND / 2 };
  inject(cluster, { type: "disk-slow", member: 3, options: slow });
  write(cluster, 1);
  logged(cluster, 3, cluster.view(1).lastIndex);
  until(cluster, "m3 saves", () => cluster.node(3).disk.syncing !== 0);
  inject(cluster, { type: "partition", groups: [[3]] });
  write(cluster, 1, 5);
  const first = cluster.view(1).lastIndex;
  until(cluster, "m1 has applied them", () => machine.appliedIndex > first + 3);
  const snapshot = machine.snapshot(machine.store.backend.image());
  const { index, term } = snapshot.metadata;
  write(cluster, 1, 2);
  until(cluster, "m1 has applied these too", () => machine.appliedIndex === index + 2);
  told.length = 0;
  const from = { from: 1, to: 3, term };
  const all = Number.POSITIVE_INFINITY;
  const entries = node.raft.log.slice(index + 1, index + 3, all) as readonly Entry[];
  cluster.node(3).receive(makeMessage({ type: MessageType.Snap, ...from, snapshot }), 0);
  const append = { type: MessageType.App, index, logTerm: term, entries, commit: index + 2 };
  cluster.node(3).receive(makeMessage({ ...append, ...from }), 0);
  expect(cluster.node(3).disk.syncing, "m3 still saves its entry").not.toBe(0);
  cluster.runUntil(cluster.now + 5 * SECOND);
  expect(told).toEqual([
    `restore ${index}`,
    `append ${index + 1} ${index + 2}`,
    `commit ${index + 2}`,
  ]);
  inject(cluster, { type: "heal" });
  cluster.runUntil(cluster.now + 10 * SECOND);
  expect(cluster.view(3).applied).toBe(cluster.view(1).applied);
});

interface Inside {
  readonly node: RawNode;
  readonly machine: StateMachine;
}

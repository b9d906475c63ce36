import { expect, test } from "vitest";
import { RaftPanic } from "../../src/raft/errors.ts";
import { Cluster, type ClusterHooks } from "../../src/sim/cluster.ts";
import { DEFAULT_CLUSTER } from "../../src/sim/defaults.ts";

/** A cluster whose only member is removed, and panics over it. */
function removed(hooks: ClusterHooks): Cluster {
  const cluster = new Cluster({ ...DEFAULT_CLUSTER, members: 1, seed: 1 }, hooks);
  cluster.runUntil(5_000_000);
  cluster.inject({ type: "remove-member", member: 1 });
  cluster.runUntil(6_000_000);
  return cluster;
}

test("a panic that nobody looks for is thrown at whoever drives the cluster", () => {
  expect(() => removed({})).toThrow(new RaftPanic("removed all voters"));
});

test("one that somebody looks for in the trace ends the process alone", () => {
  expect(removed({ containsPanics: true }).view(1).status).toBe("down");
});

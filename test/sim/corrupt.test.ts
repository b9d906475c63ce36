import { expect, test } from "vitest";
import { op } from "../../src/api/build.ts";
import { SECOND } from "../../src/base/time.ts";
import { Cluster, DEFAULT_CLUSTER } from "../../src/sim/cluster.ts";
import { FaultError } from "../../src/sim/faults.ts";
import { ask } from "../support/patient.ts";

function settled(): Cluster {
  const cluster = new Cluster({ ...DEFAULT_CLUSTER, seed: 3 });
  cluster.runUntil(5 * SECOND);
  for (const value of ["old", "new"]) {
    ask(cluster, 1, op.put("a", value));
    ask(cluster, 1, op.put("b", value));
    cluster.runUntil(cluster.now + SECOND);
  }
  return cluster;
}

const values = (cluster: Cluster, key: string) =>
  cluster.memberIds().map((id) => cluster.peek(id, key));

test("a corrupted value is one member's own, and outlives its process", () => {
  const cluster = settled();
  // It was read before, and so was remembered.
  expect(values(cluster, "a")).toEqual(["new", "new", "new"]);
  cluster.inject({ type: "corrupt", member: 2, key: "a", value: "bad" });
  expect(values(cluster, "a")).toEqual(["new", "bad", "new"]);
  expect(values(cluster, "b")).toEqual(["new", "new", "new"]);
  const hashes = [1, 2, 3].map((id) => cluster.hashKv(id));
  expect(hashes[1]).not.toBe(hashes[0]);
  expect(hashes[2]).toBe(hashes[0]);
  // Nobody was told: the hash of what was applied is as it was.
  expect(new Set(cluster.views().map(({ stateHash }) => stateHash)).size).toBe(1);

  cluster.runUntil(cluster.now + SECOND);
  cluster.inject({ type: "crash", member: 2, disk: "lose" });
  cluster.inject({ type: "restart", member: 2 });
  cluster.runUntil(cluster.now + SECOND);
  expect(values(cluster, "a")).toEqual(["new", "bad", "new"]);
  expect(cluster.hashKv(2)).toBe(hashes[1]);
});

test("a value of another length, of no key or of no process can't be corrupted", () => {
  const cluster = settled();
  const corrupt = (key: string, value: string) => () =>
    cluster.inject({ type: "corrupt", member: 2, key, value });
  expect(corrupt("a", "longer")).toThrow(FaultError);
  expect(corrupt("z", "new")).toThrow(FaultError);
  cluster.inject({ type: "crash", member: 2, disk: "lose" });
  expect(corrupt("a", "bad")).toThrow(FaultError);
  expect(cluster.inspect(2)).toBeNull();
  expect(cluster.hashKv(2)).toBe(-1);
});

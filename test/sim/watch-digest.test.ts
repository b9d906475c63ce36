import { describe, expect, test } from "vitest";
import { op } from "../../src/api/build.ts";
import { SECOND } from "../../src/base/time.ts";
import type { Client, WatchOptions } from "../../src/client/client.ts";
import { Cluster, DEFAULT_CLUSTER } from "../../src/sim/cluster.ts";

const WATCHER = 21;

/**
 * The state's digest after a run of a few seconds, in which a client does this. Writes come while it
 * does, so that watchers have something to fall behind of.
 */
function digest(act: (client: Client) => void, bytes = 1): string {
  const cluster = new Cluster({ ...DEFAULT_CLUSTER, seed: 3 }, { sinks: [] });
  cluster.runUntil(3 * SECOND);
  act(cluster.client(WATCHER, { endpoints: [2] }));
  for (let i = 0; i < 20; i++) {
    cluster.client(1).call(op.put("k", "x".repeat(bytes)), () => undefined);
    cluster.runUntil(cluster.now + SECOND / 10);
  }
  cluster.runUntil(10 * SECOND);
  return cluster.stateDigest();
}

const watch =
  (key: string, options: WatchOptions = {}) =>
  (client: Client): void => {
    client.watch(key, options);
  };

/** Runs that are alike in all but what is watched. */
const RUNS: readonly (readonly [string, (client: Client) => void])[] = [
  ["nobody watches", () => undefined],
  ["a key is watched", watch("a")],
  ["another key is", watch("b")],
  ["a range is", watch("a", { rangeEnd: "b" })],
  ["another range is", watch("a", { rangeEnd: "c" })],
  ["a key is from a later revision on", watch("a", { startRevision: 1000 })],
  ["a key is from a still later one on", watch("a", { startRevision: 1001 })],
  ["with what was before", watch("a", { prevKv: true })],
  ["with words of progress", watch("a", { progressNotify: true })],
  ["in fragments", watch("a", { fragment: true })],
  ["without deletions", watch("a", { filters: ["NODELETE"] })],
  ["by one that goes when there is no leader", watch("a", { requireLeader: true })],
  [
    "twice",
    (client) => {
      client.watch("a");
      client.watch("a");
    },
  ],
  [
    "twice, the other way round",
    (client) => {
      client.watch("b");
      client.watch("a");
    },
  ],
  [
    "as that, and the first is over",
    (client) => {
      client.watch("b").cancel();
      client.watch("a");
    },
  ],
];

describe("runs that differ in their watchers alone end in different states", () => {
  const ends = new Map(RUNS.map(([name, act]) => [name, digest(act)]));

  test.each(RUNS.map(([name, act]) => [name, act] as const))("%s", (name, act) => {
    const alike = [...ends].filter(([, state]) => state === ends.get(name));
    expect(alike.map(([other]) => other)).toEqual([name]);
    expect(digest(act)).toBe(ends.get(name));
  });

  test("also where one is behind, and how far", () => {
    const slow = (everyUs: number) => (client: Client) => {
      client.readEveryUs = everyUs;
      client.watch("k");
    };
    const states = [0, SECOND / 2, SECOND, -1].map((everyUs) => digest(slow(everyUs), 20_000));
    expect(new Set(states).size).toBe(4);
  });
});

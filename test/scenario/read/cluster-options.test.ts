import { describe, expect, test } from "vitest";
import { MINUTE } from "../../../src/base/time.ts";
import { InputError } from "../../../src/scenario/read/input-error.ts";
import { parseScenario } from "../../../src/scenario/read/parse.ts";
import { DEFAULT_CLUSTER } from "../../../src/sim/cluster.ts";
import type { ClusterOptions } from "../../../src/sim/options.ts";

function optionsOf(cluster: string): ClusterOptions {
  const source = `name: test
title: A test
teaches: Nothing.
cluster: { ${cluster} }
steps: [{ after: 1s }]
expect: [logs equal]
`;
  return parseScenario(source, "x.yaml").cluster;
}

describe("what a scenario says of its cluster", () => {
  test("is etcd's default where it says nothing", () => {
    expect(optionsOf("members: 3")).toEqual(DEFAULT_CLUSTER);
  });

  test.each<[string, Partial<ClusterOptions>]>([
    ["quota: 64KiB", { quotaBytes: 65_536 }],
    [
      "auto-compaction: 10m",
      { autoCompactionMode: "periodic", autoCompactionRetention: 10 * MINUTE },
    ],
    ["auto-compaction: 1000", { autoCompactionMode: "revision", autoCompactionRetention: 1000 }],
    ["initial-corrupt-check: true", { initialCorruptCheck: true }],
    ["corrupt-check: 2m", { corruptCheckTimeUs: 2 * MINUTE }],
    ["compact-hash-check: 1m", { compactHashCheck: true, compactHashCheckTimeUs: MINUTE }],
    ["compact-hash-check: 0s", { compactHashCheck: false }],
    ["lease-checkpoint: true", { leaseCheckpoint: true }],
    ["auth-token: jwt, auth-token-ttl: 1m", { authToken: "jwt", authTokenTtlUs: MINUTE }],
    ["etcd: 3.6.0", { serverVersion: "3.6.0", versions: {} }],
    ["etcd: 3.6", { serverVersion: "3.6.16", versions: {} }],
    ['etcd: "3.5"', { serverVersion: "3.5.35", snapshotEntries: 100_000 }],
    ["etcd: 3.5, snapshot-entries: 7", { serverVersion: "3.5.35", snapshotEntries: 7 }],
    [
      "etcd: { m2: 3.6.0, m4: 3.7.1 }",
      {
        serverVersion: DEFAULT_CLUSTER.serverVersion,
        versions: { 2: "3.6.0", 4: "3.7.1" },
      },
    ],
    ["max-apply-lag: 20, priority-request: true", { maxApplyLag: 20, priorityRequest: true }],
    ["monitor-versions: true", { monitorVersions: true }],
    ["bugs: [R4, M9a]", { bugs: ["R4", "M9a"] }],
  ])("%s", (said, options) => {
    expect(optionsOf(said)).toMatchObject(options);
  });

  test.each([
    ["auto-compaction: often", '"often" is not a duration'],
    ["auto-compaction: 0", "a whole number from 1 on"],
    ["auto-compaction: true", "expected a duration, or a number of revisions, found true"],
    ["auth-token: JWT", "expected simple or jwt"],
    ["auth-token-ttl: 0s", "a token is good for some time"],
    ["message-size: 0B", "x.yaml:4:26 0B is too little: at least 1B"],
    ["max-request: 100000MiB", "100000MiB is too much: at most 1024MiB"],
    ["tick: 1us", "x.yaml:4:18 1us is too short: at least 1ms"],
    ["tick: 10ms, corrupt-check: 9ms", "x.yaml:4:39 9ms is less than a tick (10ms)"],
    ["auto-compaction: 1us", "1us is less than a tick (100ms)"],
    ["client-timeout: 0s", "0s is too short: at least 1ms"],
    ["election: 1000000m", "too long: at most 60000m"],
    ["reads: lease, check-quorum: false", "x.yaml:4:19 reads by lease need `check-quorum`"],
    [
      "etcd: latest",
      '"latest" is no line of etcd\'s (3.4, 3.5, 3.6, 3.7), and no release such as 3.6.16',
    ],
    [
      "etcd: 3.8",
      '"3.8" is no line of etcd\'s (3.4, 3.5, 3.6, 3.7), and no release such as 3.6.16',
    ],
    ["etcd: { leader: 3.6.0 }", '"leader" is nobody yet: name members, as m1'],
    [
      "etcd: { m1: latest }",
      '"latest" is no line of etcd\'s (3.4, 3.5, 3.6, 3.7), and no release such as 3.6.16',
    ],
    ["quota: much", '"much" is not a size'],
    ["bugs: [R4, R39]", 'x.yaml:4:23 unknown mistake "R39", did you mean R38?'],
    ["bugs: [commitsOldTerms]", 'unknown mistake "commitsOldTerms", did you mean R4?'],
    ["bugs: [4]", "expected an id such as R4, found 4"],
  ])("%s makes no sense", (said, problem) => {
    expect(() => optionsOf(said)).toThrow(InputError);
    expect(() => optionsOf(said)).toThrow(problem);
  });
});

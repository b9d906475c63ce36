import { describe, expect, test } from "vitest";
import { SECOND } from "../../src/base/time.ts";
import { Cluster, DEFAULT_CLUSTER } from "../../src/sim/cluster.ts";
import type { ClientOperation } from "../../src/sim/types.ts";

/** Every operation takes minutes (`npm run fuzz:long` does it): otherwise every so many are tried. */
const EVERY = Number(process.env["DETCD_CRASH_EVERY"] ?? 50);
const REQUESTS = 300;
const LIMIT = 300 * SECOND;
const ALL_DONE = 2 * SECOND;

/** Small, so that 300 requests fill segments, make snapshots and compact the log. */
const OPTIONS = {
  ...DEFAULT_CLUSTER,
  members: 3,
  snapshotEntries: 40,
  catchUpEntries: 10,
  segmentBytes: 8_000,
};

/**
 * 300 requests one after the other on three members. `crashAt`: the member crashes at that command
 * of its disk, and is started again 300 ms later.
 */
function run(
  member: number,
  crashAt: number,
): { readonly commands: number; readonly crashed: boolean } {
  const cluster = new Cluster(OPTIONS);
  const { disk } = cluster.node(member);
  const until = (what: string, holds: () => boolean) => {
    while (!holds()) {
      cluster.step();
      restart();
      expect(cluster.now, `command ${crashAt} of m${member}: ${what}`).toBeLessThan(LIMIT);
    }
  };
  let downAt = 0;
  let crashed = false;
  const restart = () => {
    if (cluster.view(member).status !== "down" || cluster.node(member).lives === 0) return;
    crashed = true;
    if (downAt === 0) downAt = cluster.now;
    if (cluster.now < downAt + 300_000) return;
    downAt = 0;
    cluster.inject({ type: "restart", member });
  };
  until("all members start", () => cluster.views().every(({ status }) => status === "up"));
  // As in etcd, a crash while a new cluster is being made leaves nothing to start from.
  if (crashAt > disk.commands) {
    const operations = crashAt - disk.commands;
    cluster.inject({ type: "crash-at", member, operations, disk: "random" });
  }
  until("a leader", () => cluster.leader() !== 0);
  const acknowledged = new Map<string, { readonly value: string; readonly revision: number }>();
  const unsure = new Set<string>();
  for (let n = 0; n < REQUESTS; n++) {
    const key = `k${n % 17}`;
    const request =
      n % 11 === 10
        ? ({ type: "delete", key } as const)
        : ({ type: "put", key, value: `${n}` } as const);
    const operation: ClientOperation = cluster.request(1 + (n % 3), request);
    until(`an end of request ${n}`, () => operation.outcome !== "pending");
    if (operation.outcome === "ok") {
      unsure.delete(key);
      const revision = operation.result?.revision ?? 0;
      acknowledged.set(key, { value: request.type === "put" ? request.value : "", revision });
    } else if (operation.outcome === "ambiguous") unsure.add(key);
  }
  cluster.runUntil(cluster.now + ALL_DONE);
  until("all members up and equal", () => {
    const views = cluster.views();
    return (
      views.every(({ status }) => status === "up") &&
      new Set(views.map(({ applied, stateHash }) => `${applied} ${stateHash}`)).size === 1
    );
  });
  for (const [key, { value }] of acknowledged) {
    if (unsure.has(key)) continue;
    for (const id of [1, 2, 3])
      expect(cluster.peek(id, key) ?? "", `${crashAt}: ${key}`).toBe(value);
  }
  return { commands: disk.commands, crashed };
}

describe("one of three members crashes at an operation of its disk", () => {
  test.each([1, 2, 3])(
    "m%d: all end equal, and no acknowledged write is lost",
    { timeout: 1_200_000 },
    (member) => {
      const { commands } = run(member, 0);
      let crashes = 0;
      for (let at = 1 + member; at <= commands; at += EVERY) if (run(member, at).crashed) crashes++;
      console.log(`m${member}: ${crashes} crashes at ${commands} disk operations`);
      expect(crashes).toBeGreaterThan(commands / EVERY / 2);
    },
  );
});

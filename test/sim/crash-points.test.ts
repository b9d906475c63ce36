import { describe, expect, test } from "vitest";
import { deleteRangeRequest, putRequest } from "../../src/api/build.ts";
import type { ServiceRequest } from "../../src/api/requests.ts";
import { binaryToBytes, bytesToBinary } from "../../src/base/bytes.ts";
import { SECOND } from "../../src/base/time.ts";
import type { Outcome } from "../../src/client/outcome.ts";
import { Cluster, DEFAULT_CLUSTER } from "../../src/sim/cluster.ts";

/** Every operation takes a minute or more (`npm run fuzz:long` does it): otherwise every so many. */
const EVERY = Number(process.env["DETCD_CRASH_EVERY"] ?? 5);
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

/** The n-th request: puts, some of them on leases, deletions, and compactions; leases come and go. */
function requestOf(n: number, revision: number): ServiceRequest {
  const lease = BigInt(1 + Math.floor(n / 30));
  const value = binaryToBytes(String(n));
  if (n % 30 === 0) return { type: "leaseGrant", request: { id: lease, ttl: 1_000 } };
  if (n % 60 === 25) return { type: "leaseRevoke", request: { id: lease } };
  if (n % 50 === 49)
    return { type: "compaction", request: { revision: revision - 5, physical: false } };
  if (n % 11 === 10) return { type: "deleteRange", request: deleteRangeRequest(`k${n % 17}`) };
  if (n % 7 === 6 && n % 60 < 25) {
    return { type: "put", request: putRequest(`of ${lease}: ${n}`, value, { lease }) };
  }
  return { type: "put", request: putRequest(`k${n % 17}`, value) };
}

/** What clients were told is there. */
class Promised {
  private readonly values = new Map<string, { readonly value: string; readonly lease: bigint }>();

  learn(request: ServiceRequest, outcome: Outcome): void {
    // What did not surely fail may have happened; what is then there is not known.
    if (outcome === "fail") return;
    const sure = outcome === "ok";
    if (request.type === "put") {
      const { key, value, lease } = request.request;
      if (sure) this.values.set(key, { value: bytesToBinary(value), lease });
      else this.values.delete(key);
    } else if (request.type === "deleteRange") {
      const { key } = request.request;
      if (sure) this.values.set(key, { value: "", lease: 0n });
      else this.values.delete(key);
    } else if (request.type === "leaseRevoke") {
      for (const [key, { lease }] of this.values) {
        if (lease !== request.request.id) continue;
        if (sure) this.values.set(key, { value: "", lease: 0n });
        else this.values.delete(key);
      }
    }
  }

  /** Keys that hold something else. */
  broken(peek: (key: string) => string | null): string[] {
    return [...this.values].flatMap(([key, { value }]) => {
      const found = peek(key) ?? "";
      return found === value ? [] : [`${key} holds "${found}", not "${value}"`];
    });
  }
}

/**
 * 300 requests one after the other on three members. `crashAt`: the member crashes at that command
 * of its disk, and is started again 300 ms later.
 */
function run(
  member: number,
  crashAt: number,
  bugs: readonly string[] = [],
): { readonly commands: number; readonly crashed: boolean } {
  const cluster = new Cluster({ ...OPTIONS, bugs });
  const { disk } = cluster.node(member);
  const until = (what: string, holds: () => boolean) => {
    while (!holds()) {
      cluster.step();
      restart();
      if (cluster.now >= LIMIT)
        throw new Error(`command ${crashAt} of m${member}: not reached: ${what}`);
    }
  };
  // Who comes back soon catches up by the log; after longer, by a snapshot, which mends whatever it is.
  const downtime = crashAt % 2 === 0 ? 20_000 : 300_000;
  let downAt = 0;
  let crashed = false;
  const restart = () => {
    const { status, lives } = cluster.node(member);
    if (status !== "down" || lives === 0) return;
    crashed = true;
    if (downAt === 0) downAt = cluster.now;
    if (cluster.now < downAt + downtime) return;
    downAt = 0;
    cluster.inject({ type: "restart", member });
  };
  until("all members start", () => cluster.views().every(({ status }) => status === "up"));
  // A crash while a new cluster is being made: test/member/loop/first-start.test.ts.
  if (crashAt > disk.commands) {
    const operations = crashAt - disk.commands;
    cluster.inject({ type: "crash-at", member, operations, disk: "random" });
  }
  until("a leader", () => cluster.leader() !== 0);
  const promised = new Promised();
  for (let n = 0; n < REQUESTS; n++) {
    const request = requestOf(n, cluster.view(cluster.leader() || 1).revision);
    let ended = false;
    cluster.client(1 + (n % 3)).call(request, ({ outcome }) => {
      ended = true;
      promised.learn(request, outcome);
    });
    until(`an end of request ${n}`, () => ended);
  }
  cluster.runUntil(cluster.now + ALL_DONE);
  until("all members up and equal", () => {
    const views = cluster.views();
    return (
      views.every(({ status }) => status === "up") &&
      new Set(views.map((v) => `${v.applied} ${v.compactRevision} ${v.stateHash}`)).size === 1
    );
  });
  for (const id of [1, 2, 3]) {
    const broken = promised.broken((key) => cluster.peek(id, key));
    expect(broken, `m${id}, after command ${crashAt} of m${member}`).toEqual([]);
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

  test("W7: a position that is saved before its entry is applied is found out", () => {
    const crashAll = () => {
      for (let at = 1; at < 1_000; at += 37) run(1, at, ["W7"]);
    };
    expect(crashAll).toThrow(/all members up and equal/);
  });
});

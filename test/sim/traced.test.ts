import { expect, test } from "vitest";
import { op } from "../../src/api/build.ts";
import type { ServiceRequest } from "../../src/api/requests.ts";
import { type Random, rootRandom } from "../../src/base/random.ts";
import { MILLISECOND, SECOND } from "../../src/base/time.ts";
import { Cluster, DEFAULT_CLUSTER } from "../../src/sim/cluster.ts";
import { Layer } from "../../src/trace/events.ts";
import { ListSink } from "../../src/trace/recorder.ts";
import type { TraceSink } from "../../src/trace/trace.ts";

const user = (name: string) => ({ name, password: "p", options: null, hashedPassword: "" });

/** A call of some kind or other; most of them find something to do. */
function anyCall(random: Random): ServiceRequest {
  const key = `k${random.below(6)}`;
  const id = BigInt(1 + random.below(4));
  switch (random.below(16)) {
    case 0:
      return { type: "leaseGrant", request: { id, ttl: 2 + random.below(8) } };
    case 1:
      return { type: "leaseRevoke", request: { id } };
    case 2:
      return { type: "leaseKeepAlive", request: { id } };
    case 3:
      return { type: "leaseTimeToLive", request: { id, keys: true } };
    case 4: {
      const physical = random.below(2) === 0;
      return { type: "compaction", request: { revision: random.below(60), physical } };
    }
    case 5:
      return { type: "defragment", request: {} };
    case 6:
      return { type: "hashKv", request: { revision: 0 } };
    case 7:
      return { type: "authUserAdd", request: user(random.pick(["root", "ann"])) };
    case 8:
      return { type: "authRoleAdd", request: { name: "root" } };
    case 9:
      return { type: "authUserGrantRole", request: { user: "root", role: "root" } };
    case 10:
      return { type: random.below(4) === 0 ? "authEnable" : "authDisable", request: {} };
    case 11:
      return op.delete(key, { rangeEnd: "\0" });
    case 12:
      return op.get(key, { rangeEnd: "\0", revision: random.below(40) });
    default:
      return op.put(key, `${random.below(100)}`, { lease: random.below(3) === 0 ? id : 0n });
  }
}

/** All that clients were told, and what became of the members. */
function run(seed: number, sinks: readonly TraceSink[]): readonly unknown[] {
  const random = rootRandom(seed).fork("calls");
  const options = { snapshotEntries: 20, catchUpEntries: 5, leaseCheckpoint: true };
  const checks = { corruptCheckTimeUs: 3 * SECOND, compactHashCheck: true };
  const cluster = new Cluster({ ...DEFAULT_CLUSTER, seed, ...options, ...checks }, { sinks });
  cluster.runUntil(5 * SECOND);
  const auth = { name: "root", password: "p" };
  const clients = [cluster.client(1), cluster.client(2, { auth })];
  const told: unknown[] = [];
  for (const client of clients) {
    const onDelivery = (delivery: unknown) => void told.push([cluster.now, delivery]);
    client.watch("k", { rangeEnd: "l", prevKv: true, progressNotify: true, onDelivery });
  }
  const down = new Set<number>();
  for (let i = 0; i < 300; i++) {
    const client = random.pick(clients);
    client.call(anyCall(random), ({ outcome, error, response }) => {
      told.push([cluster.now, outcome, error, response]);
    });
    const member = 1 + random.below(3);
    if (random.below(12) === 0) {
      if (down.delete(member)) cluster.inject({ type: "restart", member });
      else if (down.size === 0) {
        cluster.inject({ type: "crash", member, disk: "random" });
        down.add(member);
      }
    }
    cluster.runUntil(cluster.now + random.below(300) * MILLISECOND);
  }
  return [...told, cluster.events, cluster.stateDigest()];
}

const LISTENERS: readonly (readonly [string, () => TraceSink])[] = [
  ["everything", () => new ListSink()],
  ["steps alone", () => ({ layers: Layer.Step, event: () => undefined })],
  ["what clients do", () => ({ layers: Layer.Client, event: () => undefined })],
];

test.each(LISTENERS)(
  "a run with all of etcd in it is the same whether somebody hears %s",
  (_, listener) => {
    for (const seed of [1, 2, 3]) expect(run(seed, [listener()])).toEqual(run(seed, []));
  },
);

import { describe, expect, test } from "vitest";
import { putRequest } from "../../../src/api/build.ts";
import { binaryToBytes } from "../../../src/base/bytes.ts";
import { MILLISECOND, SECOND } from "../../../src/base/time.ts";
import { Cluster, DEFAULT_CLUSTER } from "../../../src/sim/cluster.ts";
import type { CrashMode } from "../../../src/sim/fault.ts";

const MODES: readonly CrashMode[] = [
  "lose",
  "keep",
  "prefix",
  "tear",
  "rewind",
  "forget",
  "scatter",
];
/** What these leave is drawn. */
const DRAWN: readonly CrashMode[] = MODES.filter((mode) => mode !== "lose" && mode !== "keep");
const LIMIT = 30 * SECOND;

interface Start {
  readonly members: number;
  readonly crashAt: number;
  readonly mode: CrashMode;
  readonly seed?: number;
  readonly bugs?: readonly string[];
}

/** Starts a cluster whose m1 crashes at that operation of its disk, and comes back; null if it never crashed. */
function begun({ members, crashAt, mode, seed = 1, bugs = [] }: Start): Cluster | null {
  const cluster = new Cluster({ ...DEFAULT_CLUSTER, members, seed, bugs });
  cluster.inject({ type: "crash-at", member: 1, operations: crashAt, disk: mode });
  const node = cluster.node(1);
  const crashed = () => node.lives > 0 && node.status === "down";
  while (!crashed() && cluster.leader() === 0) cluster.step();
  if (!crashed()) return null;
  cluster.runUntil(cluster.now + 100 * MILLISECOND);
  cluster.inject({ type: "restart", member: 1 });
  return cluster;
}

/** What is wrong with it, in the end; "" if a put is taken, and applied on all members. */
function problem(cluster: Cluster): string {
  let taken = false;
  const request = { type: "put", request: putRequest("a", binaryToBytes("1")) } as const;
  const ask = (): void => {
    cluster.client(1).call(request, ({ outcome }) => {
      if (outcome === "ok") taken = true;
      else ask();
    });
  };
  const done = () => taken && cluster.views().every(({ id }) => cluster.peek(id, "a") === "1");
  ask();
  while (!done() && cluster.now < LIMIT) cluster.step();
  if (done()) return "";
  const texts = cluster.views().map(({ id, status, lead }) => `m${id} ${status} of ${lead}`);
  return texts.join(", ");
}

describe("a first start that is interrupted", () => {
  test.each([1, 3])(
    "of %d members: the cluster begins all the same, wherever it was",
    (members) => {
      let crashes = 0;
      for (let crashAt = 1; ; crashAt++) {
        let ended = false;
        for (const mode of MODES) {
          for (const seed of DRAWN.includes(mode) ? [1, 2, 3] : [1]) {
            const cluster = begun({ members, crashAt, mode, seed });
            ended = cluster === null;
            if (cluster === null) break;
            crashes++;
            expect(problem(cluster), `operation ${crashAt}, ${mode}, seed ${seed}`).toBe("");
          }
          if (ended) break;
        }
        if (ended) break;
      }
      expect(crashes).toBeGreaterThan(100);
    },
  );

  test("[B7] with the mistake it may wait for ever", () => {
    const stuck: string[] = [];
    for (let crashAt = 1; ; crashAt++) {
      const cluster = begun({ members: 1, crashAt, mode: "prefix", bugs: ["B7"] });
      if (cluster === null) break;
      const text = problem(cluster);
      if (text !== "") stuck.push(text);
    }
    expect(stuck).toContain("m1 up of 0");
  });
});

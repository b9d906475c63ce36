import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { putRequest, rangeRequest } from "../../src/api/build.ts";
import type { WatchResponse } from "../../src/api/requests.ts";
import { utf8Encode } from "../../src/base/utf8.ts";
import { replaySession } from "../../src/live/replay-session.ts";
import { parseScenario } from "../../src/scenario/read/parse.ts";
import { startCluster, type TestCluster, withCluster } from "../../src/testing/index.ts";
import { GrpcClient } from "../support/grpc-client.ts";

const started: TestCluster[] = [];
afterEach(async () => {
  for (const cluster of started.splice(0)) await cluster.stop();
});

async function cluster(setting: Parameters<typeof startCluster>[0] = {}): Promise<TestCluster> {
  const made = await startCluster(setting);
  started.push(made);
  return made;
}

const put = (key: string, value: string) =>
  ({ type: "put", request: putRequest(key, utf8Encode(value)) }) as const;

describe("a cluster for a test", () => {
  test("is reached over gRPC, and looked at beside it", async () => {
    const made = await cluster();
    expect(made.endpoints).toHaveLength(3);
    const client = new GrpcClient(made.endpoint("leader"));
    await client.unary(put("a", "1"), "");
    client.close();
    expect(await made.client.get("a")).toBe("1");
    expect(await made.client.put("b", "ü")).toBe(3);
    expect((await made.client.getAll()).map(({ key, value }) => [key, value])).toEqual([
      ["a", "1"],
      ["b", "ü"],
    ]);
    expect(await made.client.delete({ prefix: "" })).toBe(2);
    expect(await made.client.get("a")).toBeNull();
  });

  test("stands still while nobody asks, and a lease of a minute ends at once", async () => {
    const made = await cluster();
    const lease = await made.client.grant(60);
    await made.client.put("mine", "1", { lease });
    await new Promise((done) => setTimeout(done, 300));
    const before = made.nowMs;
    await new Promise((done) => setTimeout(done, 300));
    expect(made.nowMs - before).toBeLessThan(60);
    await made.expireLease(lease);
    expect(await made.client.get("mine")).toBeNull();
    expect(made.nowMs - before).toBeGreaterThan(60_000);
    await expect(made.expireLease(lease)).rejects.toThrow(/there is no lease/);
  });

  test("elects somebody else at once where its leader dies", async () => {
    const made = await cluster();
    const first = await made.leader();
    await made.client.put("a", "1");
    await made.crash();
    const second = await made.leader();
    expect(second).not.toBe(first);
    expect(await made.client.get("a")).toBe("1");
    await made.restart();
    await made.advance(5_000);
    expect(await made.client.get("a")).toBe("1");
  });

  test("can be cut in two, paused, compacted, and says what makes no sense", async () => {
    const made = await cluster();
    await made.client.put("a", "1");
    await made.client.put("a", "2");
    await made.compact();
    await expect(
      made.client.ask({ type: "range", request: rangeRequest("a", { revision: 2 }) }),
    ).rejects.toThrow("required revision has been compacted");
    const leader = await made.leader();
    await made.partition([leader]);
    await made.advance(10_000);
    expect(await made.leader()).not.toBe(leader);
    await made.heal();
    await made.pause("m1");
    await expect(made.resume("m2")).rejects.toThrow("m2 is not paused");
    await made.resume();
    await expect(made.step({ crsh: "m1" })).rejects.toThrow(/did you mean "crash"/);
    await expect(made.advance(-1)).rejects.toThrow(/time does not go back/);
    await expect(made.crash("m7")).rejects.toThrow(/m7/);
  });

  test("several stand beside each other, and a setting that makes no sense is refused", async () => {
    const [a, b] = [await cluster({ members: 1 }), await cluster({ members: 1, etcd: "3.4" })];
    await a.client.put("k", "a");
    await b.client.put("k", "b");
    expect([await a.client.get("k"), await b.client.get("k")]).toEqual(["a", "b"]);
    const status = await b.client.ask({ type: "status", request: {} });
    expect(status.version).toBe("3.4.23");
    await expect(startCluster({ cluster: { memmbers: 3 } })).rejects.toThrow(/memmbers/);
  });

  test("connections break between a client and a member that runs", async () => {
    const made = await cluster({ members: 1 });
    const client = new GrpcClient(made.endpoint("leader"));
    made.loseAnswer("put");
    const lost = await client.unary(put("a", "1"), "").catch(() => null);
    expect(lost).not.toMatchObject({ response: { header: {} } });
    client.close();
    expect((await made.client.getEntry("a"))?.version).toBe(1);
    made.refuse("put", { code: "Aborted", message: "no" });
    const another = new GrpcClient(made.endpoint("leader"));
    expect(await another.unary(put("a", "2"), "")).toEqual({ code: "Aborted", message: "no" });
    another.close();
    expect(() => made.cutStream("watch", { after: -1 })).toThrow(/from 1 on/);
  });

  test("nothing is left open when it has stopped", async () => {
    const made = await cluster();
    const client = new GrpcClient(made.endpoints[0] as string);
    await client.unary(put("a", "1"), "");
    await made.stop();
    await made.stop();
    const again = await startCluster({ port: Number(new URL(made.endpoints[0] as string).port) });
    await again.stop();
    client.close();
  });

  test("what was done to it is a scenario", async () => {
    const made = await cluster();
    await made.crash("leader", "tear");
    await made.advance(3_000);
    await made.restart();
    const folder = mkdtempSync(join(tmpdir(), "detcd-test-"));
    try {
      const file = join(folder, "session.yaml");
      made.save(file);
      const { steps } = parseScenario(readFileSync(file, "utf8"), file);
      expect(steps.map(({ text }) => text)).toEqual([
        "crash: {member: leader, disk: tear}",
        "restart: down",
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test("a test that fails says which command replays it, and the run is the same", async () => {
  let nowMs = 0;
  const failing = withCluster({ members: 1 }, async (made) => {
    await made.client.put("a", "1");
    nowMs = made.nowMs;
    throw new Error("expected 2");
  });
  const error = await failing.catch((thrown: unknown) => thrown as Error);
  const [, file = ""] =
    /^expected 2\n\nsee what happened: detcd replay (\S+)$/.exec((error as Error).message) ?? [];
  try {
    const { events } = replaySession([readFileSync(file, "utf8")], file);
    expect(events.at(-1)?.at).toBeGreaterThanOrEqual(nowMs * 1000 - 1_000_000);
    expect(events.some((event) => event.kind === "complete")).toBe(true);
  } finally {
    rmSync(file);
  }
  expect(existsSync(file)).toBe(false);
});

test("a watch from the past is told what it missed, though time is not told to pass", async () => {
  const made = await cluster({ members: 1 });
  for (const value of ["1", "2", "3"]) await made.client.put("a", value);
  const client = new GrpcClient(made.endpoint("leader"));
  const all = new Promise<number>((done, failed) => {
    let events = 0;
    const watch = client.stream("watch", "", {
      message: (response) => {
        events += (response as WatchResponse).events.length;
        if (events === 3) done(events);
      },
      end: failed,
      broken: failed,
    });
    const whole = { rangeEnd: "", progressNotify: false, filters: [], prevKv: false };
    const create = { ...whole, key: "a", startRevision: 2, watchId: 0, fragment: false };
    watch.send({ type: "create", request: create });
  });
  expect(await all).toBe(3);
  client.close();
});

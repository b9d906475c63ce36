import { describe, expect, test } from "vitest";
import {
  CompactedError,
  EtcdError,
  LeaseNotFoundError,
  LockedError,
  LostError,
  type Sim,
  type SimulationOptions,
  simulate,
  TimeoutError,
  UnavailableError,
} from "../../src/index.ts";

const run = (workload: (sim: Sim) => Promise<unknown>, options: SimulationOptions = {}) =>
  simulate({ settle: false, ...options }, workload);

/** What a promise is rejected with. */
const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

describe("keys", () => {
  test("are written, read and deleted, with their revisions, as texts of any kind", () =>
    run(async (sim) => {
      const client = sim.client();
      const first = await client.put("a/ü", "héllo ☃");
      const second = await client.put("a/ü", "2", { prevKv: true });
      expect(second.revision).toBe(first.revision + 1);
      expect(second.previous).toMatchObject({ value: "héllo ☃", version: 1 });
      await client.put("a/b", "3");
      await client.put("b", "4");
      const { value, entry, revision } = await client.get("a/ü");
      expect([value, entry?.version, entry?.createRevision]).toEqual(["2", 2, first.revision]);
      expect((await client.get("a/ü", { revision: first.revision })).value).toBe("héllo ☃");
      const all = await client.getAll({ prefix: "a/" }, { sort: "modified", descending: true });
      expect(all.entries.map(({ key }) => key)).toEqual(["a/b", "a/ü"]);
      expect(all).toMatchObject({ count: 2, more: false, revision });
      expect(await client.getAll({ from: "a/ü" }, { limit: 1 })).toMatchObject({ more: true });
      expect((await client.getAll({ from: "a", to: "b" })).count).toBe(2);
      expect((await client.getAll({ prefix: "" }, { keysOnly: true })).entries[0]?.value).toBe("");
      const gone = await client.delete({ prefix: "a/" }, { prevKv: true });
      expect(gone.deleted).toBe(2);
      expect(gone.previous.map((each) => each.value)).toEqual(["3", "2"]);
      expect(await client.get("a/ü")).toMatchObject({ value: null, entry: null });
    }));

  test("are changed by transactions, which are sent by commit() only", () =>
    run(async (sim) => {
      const client = sim.client();
      const create = () =>
        client
          .txn()
          .if("a", "version", "==", 0)
          .then({ put: "a", value: "1" }, { get: { prefix: "" } })
          .else({ get: "a" }, { delete: "a" })
          .commit();
      const made = await create();
      expect(made).toMatchObject({ succeeded: true, results: [{ type: "put" }, { count: 1 }] });
      const found = await create();
      expect(found.succeeded).toBe(false);
      expect(found.results).toMatchObject([
        { type: "get", entries: [{ value: "1", modRevision: made.revision }] },
        { type: "delete", deleted: 1 },
      ]);
      const columns = client.txn().if("a", "created", "<", 1).if("a", "lease", "==", 0n);
      expect((await columns.if("a", "value", "!=", "x").commit()).succeeded).toBe(false);
      const awaited = client.txn().if("a", "version", "==", 0) as unknown as PromiseLike<unknown>;
      expect(String(await errorOf(Promise.resolve(awaited)))).toContain(
        "await what its commit() returns",
      );
    }));
});

describe("errors", () => {
  test("are etcd's, with what they leave open", () =>
    run(
      async (sim) => {
        const client = sim.client(1, { endpoints: [1, 2, 3] });
        const { revision } = await client.put("a", "1");
        await client.put("a", "2");
        await client.compact(revision + 1, { physical: true });
        const compacted = await errorOf(client.get("a", { revision }));
        expect(compacted).toBeInstanceOf(CompactedError);
        expect(compacted).toMatchObject({
          message: "etcdserver: mvcc: required revision has been compacted",
          ...{ name: "CompactedError", code: "OutOfRange", outcome: "certain" },
        });
        expect((compacted as Error).stack).toContain("client.test.ts");
        const lease = await errorOf(client.put("b", "1", { lease: 77n }));
        expect(lease).toBeInstanceOf(LeaseNotFoundError);
        await expect(client.put("", "1")).rejects.toThrow("etcdserver: key is not provided");
        await sim.inject({ "cut-client": { client: 1, from: ["m1", "m2", "m3"] } });
        const late = await errorOf(client.put("a", "3", { timeout: 2000 }));
        expect(late).toBeInstanceOf(TimeoutError);
        expect(late).toMatchObject({ outcome: "ambiguous" });
        await sim.inject({ heal: true });
        await sim.inject({ crash: ["m1", "m2", "m3"] });
        const down = await errorOf(client.put("a", "4"));
        expect(down).toBeInstanceOf(UnavailableError);
        expect(down).toBeInstanceOf(EtcdError);
        expect(down).toMatchObject({ message: "connection refused", outcome: "certain" });
        await sim.inject({ restart: "down" });
      },
      { timeout: "300s" },
    ));
});

describe("watches", () => {
  test("bring what happened since a revision, in a loop and to listeners, until they are cancelled", () =>
    run(async (sim) => {
      const client = sim.client();
      const { revision } = await client.put("a", "1");
      const heard: string[] = [];
      const listened = client.watch({ prefix: "" }, { prevKv: true });
      listened.on("put", ({ key, previous }) => heard.push(`${key} was ${previous?.value}`));
      listened.on("delete", ({ key }) => heard.push(`no ${key}`));
      listened.on("end", (error) => heard.push(`end ${error}`));
      expect(await listened.started()).toBe(revision);
      await client.put("a", "2");
      await client.put("b", "1");
      await client.delete("a");
      const seen: string[] = [];
      for await (const event of client.watch({ prefix: "" }, { revision })) {
        seen.push(`${event.type} ${event.key} ${event.value} ${event.isCreate}`);
        if (event.type === "delete") break;
      }
      expect(seen).toEqual(["put a 1 true", "put a 2 false", "put b 1 true", "delete a  false"]);
      await sim.sleep(100);
      listened.cancel();
      await client.put("a", "3");
      await sim.sleep(100);
      expect(heard).toEqual(["a was 1", "b was undefined", "no a", "end null"]);
      expect(listened.revision).toBe(revision + 3);
    }));

  test("end with an error where their revision is compacted, and go on where a member crashes", () =>
    run(async (sim) => {
      const client = sim.client(1);
      const writer = sim.client(2);
      const watcher = client.watch("a");
      await watcher.started();
      await sim.inject({ crash: "m1" });
      const { revision } = await writer.put("a", "1");
      const next = await watcher[Symbol.asyncIterator]().next();
      expect(next.value).toMatchObject({ value: "1", modRevision: revision });
      await writer.put("a", "2");
      await writer.compact(revision + 1);
      const old = client.watch("a", { revision });
      const iterator = old[Symbol.asyncIterator]();
      expect(await errorOf(iterator.next())).toMatchObject({
        name: "CompactedError",
        compactRevision: revision + 1,
      });
      expect(await iterator.next()).toEqual({ done: true, value: undefined });
    }));

  test("that throw in a listener fail the workload", async () => {
    const { failure } = await run(
      async (sim) => {
        sim
          .client(1)
          .watch("a")
          .on("event", () => {
            throw new Error("in the listener");
          });
        await sim.sleep(100);
        await sim.client(1).put("a", "1");
        await sim.sleep(1000);
      },
      { throws: false },
    );
    expect(failure).toEqual({
      kind: "workload",
      text: "the workload failed: Error: in the listener",
    });
  });
});

describe("leases, locks and elections", () => {
  test("a lease ends with its keys, unless it is kept alive; its loss is told", () =>
    run(async (sim) => {
      const client = sim.client();
      const lease = (await client.grant(3)).keepAlive();
      await client.put("a", "1", { lease });
      await sim.sleep(20_000);
      expect([(await client.get("a")).value, lease.isAlive]).toEqual(["1", true]);
      expect(await lease.timeToLive()).toBeGreaterThan(0);
      expect(await lease.keepAliveOnce()).toBe(3);
      const gone = lease.lost();
      await sim.client(2).delete("a");
      await lease.revoke();
      expect(await gone).toBe("stopped");
      expect(await lease.timeToLive()).toBe(-1);
      await expect(lease.revoke()).rejects.toThrow(LeaseNotFoundError);
      const other = (await client.grant(3)).keepAlive();
      await sim.sleep(1000);
      await sim.inject({ "pause-client": 1 });
      await sim.inject({ after: "20s", "resume-client": 1 });
      expect(await other.lost()).toMatch(/gone|unanswered/);
    }));

  test("a lock is one's at a time, with a fence that grows, and is waited for only so long", () =>
    run(async (sim) => {
      const [a, b] = [sim.client(1), sim.client(2)];
      const first = await a.lock("l", { ttl: 5 });
      expect(await errorOf(b.tryLock("l"))).toBeInstanceOf(LockedError);
      expect(await errorOf(b.lock("l", { timeout: 3000 }))).toBeInstanceOf(TimeoutError);
      expect(first.isHeld).toBe(true);
      const [second] = await Promise.all([b.lock("l"), sim.sleep(10).then(() => first.unlock())]);
      expect(second.fence).toBeGreaterThan(first.fence);
      const stale = await a.txn().if(first).then({ put: "x", value: "1" }).commit();
      const own = await b.txn().if(second).then({ put: "x", value: "2" }).commit();
      expect([stale.succeeded, own.succeeded, first.isHeld]).toEqual([false, true, false]);
      await second.unlock();
      await (await b.tryLock("l")).unlock();
    }));

  test("an election has one leader after the other, and observers know", () =>
    run(async (sim) => {
      const [a, b] = [sim.client(1), sim.client(2)];
      expect(await a.election("e").leader()).toBeNull();
      const seen: string[] = [];
      void (async () => {
        for await (const { value } of sim.client(3).election("e").observe()) seen.push(value);
      })();
      const first = await a.election("e").campaign("a");
      expect(first.isLeading).toBe(true);
      const winning = b.election("e").campaign("b");
      await sim.sleep(200);
      await first.proclaim("a again");
      await sim.sleep(200);
      await first.resign();
      const second = await winning;
      expect(second.fence).toBeGreaterThan(first.fence);
      await expect(first.proclaim("no")).rejects.toThrow(LostError);
      expect(await a.election("e").leader()).toMatchObject({ value: "b", fence: second.fence });
      await sim.sleep(200);
      expect(seen).toEqual(["a", "a again", "b"]);
    }));
});

describe("a client", () => {
  test("is a process of its own, that a pause holds up", () =>
    run(async (sim) => {
      const client = sim.client(4);
      expect(sim.client(4)).toBe(client);
      expect([sim.client().id, sim.client().id]).toEqual([1, 2]);
      expect(() => sim.client(33)).toThrow(RangeError);
      const before = sim.now();
      await sim.inject({ "pause-client": 4 });
      const resumed = sim.inject({ after: "5s", "resume-client": 4 });
      await client.sleep(100);
      await resumed;
      expect(sim.now() - before).toBe(5000);
      await sim.inject({ "drift-client": { client: 4, ppm: 100_000 } });
      const [at, own] = [sim.now(), client.now()];
      await sim.sleep(1000);
      expect([sim.now() - at, Math.round(client.now() - own)]).toEqual([1000, 1100]);
    }));

  test("asks a member for its status", () =>
    run(async (sim) => {
      const all = await Promise.all([1, 2, 3].map((member) => sim.client().status(member)));
      expect(all.filter(({ isLeader }) => isLeader)).toHaveLength(1);
      expect(all.every(({ hasLeader, isLearner }) => hasLeader && !isLearner)).toBe(true);
      expect(all[sim.leader() - 1]?.isLeader).toBe(true);
    }));

  test("ends its faults, if asked to, and then all can be reached", () =>
    run(
      async (sim) => {
        await sim.sleep(500);
        sim.endFaults();
        await sim.client(1, { endpoints: [1] }).put("a", "1");
        await sim.client(2, { endpoints: [3] }).put("a", "2");
      },
      { steps: [{ isolate: "m1" }, { crash: "m3" }], timeout: "5s" },
    ));
});

import { describe, expect, test } from "vitest";
import { op } from "../../src/api/build.ts";
import type { KvRequest } from "../../src/api/requests.ts";
import { SECOND } from "../../src/base/time.ts";
import type { CallOptions } from "../../src/client/client.ts";
import { resultOf } from "../../src/sim/clients/operation-summary.ts";
import { Cluster, DEFAULT_CLUSTER } from "../../src/sim/cluster.ts";
import { ListSink } from "../../src/trace/recorder.ts";
import { ask } from "../support/patient.ts";
import { World } from "../support/world.ts";

class OneClient extends World {
  /** Makes one call and waits for its end. */
  do(request: KvRequest, options: CallOptions = {}) {
    const call = ask(this.cluster, 1, request, options);
    this.until("the end of the call", () => call.outcome !== "pending");
    const { outcome, response } = call;
    const result = response === null ? null : resultOf(response);
    return { outcome, result };
  }

  put(key: string, value: string, options: CallOptions = {}) {
    return this.do(op.put(key, value), options);
  }

  get(key: string, options: CallOptions & { serializable?: boolean } = {}) {
    const { serializable = false, ...rest } = options;
    return this.do(op.get(key, { serializable }), rest);
  }
}

describe("one put, end to end", () => {
  test("is acknowledged at its revision and read back from every member", () => {
    const world = new OneClient();
    world.leader();
    expect(world.put("a", "1").result?.revision).toBe(2);
    expect(world.put("a", "2").result?.revision).toBe(3);
    for (const to of [1, 2, 3]) {
      expect(world.get("a", { to, pin: true }).result).toMatchObject({ value: "2", revision: 3 });
    }
    expect(world.do(op.delete("a")).result).toMatchObject({ deleted: 1 });
    expect(world.get("a").result?.value).toBe(null);
  });

  test("a follower forwards a put to the leader", () => {
    const world = new OneClient();
    const follower = world.follower();
    expect(world.put("a", "1", { to: follower, pin: true }).outcome).toBe("ok");
    expect(world.kinds("send").some((e) => e.message.type === "MsgProp")).toBe(true);
  });

  test("every event of the trace but the outermost names its cause, which came before it", () => {
    const world = new OneClient();
    world.leader();
    world.put("a", "1");
    const roots = new Set(["boot", "wake", "invoke", "fault", "complete", "links"]);
    for (const event of world.list.events) {
      expect(event.cause).toBeLessThan(event.seq);
      if (!roots.has(event.kind)) expect([event.kind, event.cause > 0]).toEqual([event.kind, true]);
    }
  });

  test("a sync takes virtual time and the follower answers only after it", () => {
    const world = new OneClient({
      disk: { syncMinUs: 30_000, syncMeanUs: 30_000, syncMaxUs: 30_000 },
    });
    world.leader();
    world.run(2);
    const from = world.cluster.now;
    expect(world.put("a", "1").outcome).toBe("ok");
    expect(world.cluster.now - from).toBeGreaterThan(30_000);
  });
});

describe("reads", () => {
  test("a linearizable read of an isolated leader is not answered, a serializable one is stale", () => {
    const world = new OneClient();
    const old = world.leader();
    world.put("a", "old");
    world.cluster.inject({ type: "partition", groups: [[old]] });
    world.run(5);
    const others = world.cluster.memberIds().filter((id) => id !== old);
    world.put("a", "new", { to: others[0] as number });
    const stale = { to: old, pin: true };
    expect(world.get("a", { ...stale, serializable: true }).result?.value).toBe("old");
    expect(world.get("a", stale).outcome).toBe("fail");
    world.cluster.inject({ type: "heal" });
    world.run(3);
    expect(world.get("a", stale).result?.value).toBe("new");
  });
});

describe("disks", () => {
  test("a member whose log has rotted refuses to start and says where", () => {
    const world = new OneClient();
    const victim = world.follower();
    for (let i = 0; i < 20; i++) world.put("key", `value ${i}`);
    world.cluster.inject({ type: "crash", member: victim, disk: "lose" });
    world.cluster.inject({ type: "bit-rot", member: victim, suffix: ".wal", bits: 1 });
    world.cluster.inject({ type: "restart", member: victim });
    world.run(2);
    const view = world.cluster.view(victim);
    expect(view.status).toBe("refused");
    expect(view.refusal).toMatch(/member\/wal\/[0-9a-f-]+\.wal at byte \d+/);
    expect(world.kinds("refuse").map((e) => e.text)).toEqual([view.refusal]);
    expect(world.put("other", "members go on").outcome).toBe("ok");
  });

  test("a member whose disk is full exits; it starts again when there is room", () => {
    const world = new OneClient();
    const victim = world.follower();
    world.cluster.inject({ type: "disk-full", member: victim, full: true });
    world.put("a", "1");
    world.run(1);
    expect(world.cluster.view(victim).status).toBe("down");
    expect(world.kinds("crash").at(-1)?.text).toContain("no space left on device");
    world.cluster.inject({ type: "disk-full", member: victim, full: false });
    world.cluster.inject({ type: "restart", member: victim });
    world.run(3);
    expect(world.cluster.peek(victim, "a")).toBe("1");
  });

  test("whatever a power failure of all members does to unsynced bytes, what was acknowledged stays", () => {
    for (const disk of ["lose", "keep", "prefix", "tear", "forget", "scatter", "random"] as const) {
      for (let seed = 1; seed <= 10; seed++) {
        const world = new OneClient({ seed, snapshotEntries: 20, catchUpEntries: 5 });
        world.leader();
        for (let i = 0; i < 30; i++) world.put(`k${i}`, `v${i}`);
        ask(world.cluster, 2, op.put("x", "under way"));
        while (world.cluster.nextAt() < world.cluster.now + 700) world.cluster.step();
        for (const member of [1, 2, 3]) world.cluster.inject({ type: "crash", member, disk });
        for (const member of [1, 2, 3]) world.cluster.inject({ type: "restart", member });
        world.run(5);
        expect(world.cluster.views().map((view) => view.refusal)).toEqual(["", "", ""]);
        for (let i = 0; i < 30; i++) expect(world.get(`k${i}`).result?.value).toBe(`v${i}`);
      }
    }
  });
});

describe("a crash in the first moments", () => {
  test("before the cluster's founding is durable leaves members that found it again", () => {
    for (let us = 0; us < 4_000; us += 100) {
      const world = new OneClient({ members: 1 });
      world.until("boot", () => world.cluster.view(1).status === "up");
      world.cluster.runUntil(world.cluster.now + us);
      world.cluster.inject({ type: "crash", member: 1, disk: "lose" });
      world.cluster.inject({ type: "restart", member: 1 });
      expect(world.leader()).toBe(1);
      expect(world.put("a", "1").outcome).toBe("ok");
    }
  });
});

describe("membership", () => {
  test("a learner joins, catches up, is promoted; a removed member stops", () => {
    const world = new OneClient();
    world.leader();
    world.put("a", "1");
    world.cluster.inject({ type: "add-member", member: 4, learner: true });
    world.run(3);
    expect(world.cluster.view(4).conf.learners).toEqual([4]);
    expect(world.cluster.peek(4, "a")).toBe("1");
    world.cluster.inject({ type: "promote", member: 4 });
    world.run(3);
    expect(world.cluster.view(4).conf.voters).toEqual([1, 2, 3, 4]);
    const gone = world.follower();
    world.cluster.inject({ type: "remove-member", member: gone });
    world.run(5);
    expect(world.cluster.view(gone).status).toBe("down");
    expect(world.cluster.view(world.leader()).conf.voters).not.toContain(gone);
    expect(() =>
      world.cluster.inject({ type: "add-member", member: gone, learner: false }),
    ).toThrow("ids are never used again");
  });

  test("two voters are replaced in one joint change", () => {
    const world = new OneClient();
    const leader = world.leader();
    const out = world.cluster.memberIds().filter((id) => id !== leader);
    world.cluster.inject({ type: "change", add: [4, 5], remove: out, learners: [] });
    world.run(5);
    expect(world.kinds("conf").some((e) => e.conf.votersOutgoing.length > 0)).toBe(true);
    expect(world.cluster.view(leader).conf.voters).toEqual([leader, 4, 5]);
    expect(world.put("a", "1", { to: leader }).outcome).toBe("ok");
  });

  test("a follower far behind gets a snapshot", () => {
    const world = new OneClient({ snapshotEntries: 20, catchUpEntries: 5 });
    const slow = world.follower();
    world.cluster.inject({ type: "crash", member: slow, disk: "lose" });
    for (let i = 0; i < 100; i++) world.put(`k${i % 7}`, `v${i}`);
    world.cluster.inject({ type: "restart", member: slow });
    world.run(5);
    expect(world.kinds("restore").some((e) => e.member === slow)).toBe(true);
    const [a, b, c] = world.cluster.views();
    expect(a?.stateHash).toBe(b?.stateHash);
    expect(b?.stateHash).toBe(c?.stateHash);
  });
});

describe("time", () => {
  test("a paused leader loses its place; resumed, it steps down", () => {
    const world = new OneClient();
    const old = world.leader();
    world.cluster.inject({ type: "pause", member: old });
    world.run(5);
    expect(world.leader()).not.toBe(old);
    world.cluster.inject({ type: "resume", member: old });
    world.run(2);
    expect(world.cluster.view(old).role).toBe("follower");
  });

  test("ticks that only count cost no event: an idle follower is hardly ever woken", () => {
    const world = new OneClient();
    const follower = world.follower();
    world.run(5);
    const before = world.kinds("wake").filter((e) => e.member === follower).length;
    world.run(100);
    const after = world.kinds("wake").filter((e) => e.member === follower).length;
    expect(after - before).toBe(0);
  });

  test("impossible faults are refused with a reason", () => {
    const world = new OneClient();
    world.leader();
    const { cluster } = world;
    expect(() => cluster.inject({ type: "restart", member: 1 })).toThrow("m1 is running already");
    expect(() => cluster.inject({ type: "crash", member: 9, disk: "lose" })).toThrow(
      "there is no member m9",
    );
    expect(() => cluster.inject({ type: "resume", member: 2 })).toThrow("m2 is not paused");
  });
});

describe("a run is a function of its seed", () => {
  const run = (seed: number, sinks: boolean): string => {
    const list = sinks ? [new ListSink()] : [];
    const cluster = new Cluster({ ...DEFAULT_CLUSTER, seed }, { sinks: list });
    for (let i = 0; i < 50; i++) {
      cluster.runUntil(cluster.now + SECOND / 10);
      ask(cluster, 1, op.put(`k${i}`, "v"));
      if (i === 25 && cluster.leader() !== 0) {
        cluster.inject({ type: "crash", member: cluster.leader(), disk: "random" });
      }
    }
    cluster.runUntil(20 * SECOND);
    return cluster.stateDigest();
  };

  test("the same seed gives the same state, listened to or not; another gives another", () => {
    expect(run(1, true)).toBe(run(1, false));
    expect(run(1, false)).toBe(run(1, false));
    expect(run(2, false)).not.toBe(run(1, false));
  });
});

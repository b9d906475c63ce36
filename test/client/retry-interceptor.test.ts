import { describe, expect, test } from "vitest";
import { compare, op } from "../../src/api/build.ts";
import { Errors } from "../../src/api/errors.ts";
import type { ServiceRequest } from "../../src/api/requests.ts";
import { bytesToBinary } from "../../src/base/bytes.ts";
import { MILLISECOND, SECOND } from "../../src/base/time.ts";
import { CallError } from "../../src/client/client.ts";
import { isRepeatable, isWrite, PATIENT } from "../../src/client/retry-policy.ts";
import { mistakesOf } from "../../src/museum/switches.ts";
import { ClientWorld } from "./support.ts";

describe("calls", () => {
  test("are answered with the response of their type", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    function* program() {
      yield* client.do(op.put("a", "1"));
      const txn = yield* client.do(
        op.txn([compare.value("a", "EQUAL", "1")], [op.put("b", "2"), op.get("a")]),
      );
      const { kvs } = yield* client.do(op.get("b"));
      const { deleted } = yield* client.do(op.delete("a"));
      return {
        succeeded: txn.succeeded,
        b: bytesToBinary(kvs[0]?.value ?? new Uint8Array()),
        deleted,
      };
    }
    expect(world.do(client, program())).toEqual({ succeeded: true, b: "2", deleted: 1 });
  });

  test("an error has etcd's code and text, and certainly nothing happened", () => {
    const world = new ClientWorld();
    const put = world.call(world.client(1), op.put("a", "1", { lease: 7n }));
    expect(put).toMatchObject({ outcome: "fail", error: Errors.leaseNotFound, attempts: 1 });
    const compaction = { type: "compaction", request: { revision: 99, physical: false } } as const;
    expect(world.call(world.client(1), compaction).error).toEqual(Errors.futureRevision);
  });

  test("are told in the trace: plain ones as such, others by their name", () => {
    const world = new ClientWorld();
    const client = world.client(3);
    const granted = world.call(client, { type: "leaseGrant", request: { ttl: 20, id: 0x1fn } });
    expect(granted.outcome).toBe("ok");
    world.call(client, op.put("a", "1"));
    world.call(client, op.put("l", "1", { lease: 0x1fn }));
    world.call(client, op.txn([], [op.put("t", "1")]));
    world.call(client, op.txn([], [op.get("t")]));
    expect(world.kinds("invoke").map(({ request }) => request)).toEqual([
      { type: "lease", method: "grant", lease: "1f", ttl: 20 },
      { type: "put", key: "a", value: "1" },
      { type: "call", method: "put", writes: true, puts: [{ key: "l", value: "1" }] },
      { type: "call", method: "txn", writes: true, puts: [{ key: "t", value: "1" }] },
      { type: "call", method: "txn", writes: false },
    ]);
    const results = world.kinds("complete").map(({ result }) => result);
    expect(results[0]).toEqual({ revision: 1, lease: "1f", ttl: 20 });
    expect(results[3]).toEqual({ revision: 4, succeeded: true });
    expect(
      world.kinds("complete").every(({ client: by, outcome }) => by === 3 && outcome === "ok"),
    ).toBe(true);
  });
});

describe("fail-over", () => {
  test("a read goes to the next member when its own is down", () => {
    const world = new ClientWorld();
    world.leader();
    world.cluster.inject({ type: "crash", member: 1, disk: "keep" });
    const read = world.call(world.client(1), op.get("a"), { to: 1 });
    expect(read.outcome).toBe("ok");
    expect(
      world
        .kinds("attempt")
        .map(({ to }) => to)
        .slice(0, 2),
    ).toEqual([1, 2]);
    const errors = world.kinds("attempt").map(({ lastError }) => lastError);
    expect(errors.slice(0, 2)).toEqual(["", "connection refused"]);
    expect(world.client(1).conn.endpoint).not.toBe(1);
  });

  test("a client keeps to the endpoints it was given", () => {
    const world = new ClientWorld();
    const down = world.follower();
    const other = world.cluster.memberIds().find((id) => id !== down && id !== world.leader());
    world.cluster.inject({ type: "crash", member: down, disk: "keep" });
    const client = world.client(4, { endpoints: [down, other as number] });
    expect(world.call(client, op.put("a", "1"), { to: down }).outcome).toBe("ok");
    expect([...new Set(world.kinds("attempt").map(({ to }) => to))]).toEqual([down, other]);
  });

  test("a write that a member refused a connection for is sent again; one that got lost is not", () => {
    const world = new ClientWorld();
    const leader = world.leader();
    const client = world.client(1);
    const put = client.call(op.put("a", "1"), () => undefined, { to: leader });
    world.until("the request", () => world.kinds("request").length > 0);
    world.cluster.inject({ type: "crash", member: leader, disk: "keep" });
    world.until("the end", () => put.outcome !== "pending");
    expect(put).toMatchObject({ outcome: "ambiguous", attempts: 1 });
    expect(put.error?.message).toBe("connection lost");
    world.leader();
    const again = world.call(client, op.put("a", "2"), { to: leader });
    expect(again).toMatchObject({ outcome: "ok", attempts: 2 });
  });

  test("pinned, it never asks another", () => {
    const world = new ClientWorld();
    world.leader();
    world.cluster.inject({ type: "crash", member: 2, disk: "keep" });
    const read = world.call(world.client(1), op.get("a"), { to: 2, pin: true });
    expect(read).toMatchObject({ outcome: "fail", attempts: 1 });
    expect(read.error?.message).toBe("connection refused");
  });

  test("without a leader, a patient write waits for one; clientv3 gives up", () => {
    for (const patient of [true, false]) {
      const world = new ClientWorld();
      const leader = world.leader();
      world.cluster.inject({ type: "partition", groups: [[1], [2], [3]] });
      world.run(5);
      const put = world.client(1).call(op.put("a", "1"), () => undefined, {
        timeoutUs: 10 * SECOND,
        ...(patient ? { policy: PATIENT } : {}),
        to: leader === 1 ? 2 : 1,
      });
      world.run(20);
      world.cluster.inject({ type: "heal" });
      world.until("the end", () => put.outcome !== "pending");
      // A member without a leader lets the proposal wait until its time is over: in doubt.
      expect(put.outcome).toBe("ambiguous");
    }
  });

  test.each([
    ["a read", op.get("a"), "ok"],
    ["a write", op.put("a", "1"), "ambiguous"],
    ["a grant", { type: "leaseGrant", request: { ttl: 60, id: 0n } }, "ok"],
  ] as [string, ServiceRequest, string][])(
    "%s whose member does not answer in time",
    (_, request, outcome) => {
      const world = new ClientWorld();
      const paused = world.follower();
      world.cluster.inject({ type: "pause", member: paused });
      const call = world.call(world.client(1), request, { to: paused });
      expect(call.outcome).toBe(outcome);
      expect(call.attempts).toBe(outcome === "ok" ? 2 : 1);
    },
  );

  test("C3: a write in doubt is made again, and happens twice", () => {
    const versions = [false, true].map((bug) => {
      const world = new ClientWorld();
      const slow = world.follower();
      world.cluster.inject({ type: "pause", member: slow });
      const client = world.client(1, { mistakes: mistakesOf(bug ? ["C3"] : []) });
      const put = world.call(client, op.put("a", "1"), { to: slow });
      expect(put.outcome).toBe(bug ? "ok" : "ambiguous");
      world.cluster.inject({ type: "resume", member: slow });
      world.run(2);
      const read = world.call(world.client(2), op.get("a"));
      return read.response?.type === "range" ? read.response.response.kvs[0]?.version : 0;
    });
    expect(versions).toEqual([1, 2]);
  });

  test("every request has a place in the table of retries", () => {
    expect(isRepeatable(op.get("a"))).toBe(true);
    expect(isRepeatable(op.txn([], [op.get("a")]))).toBe(false);
    expect(isWrite(op.txn([], [op.txn([], [], [op.delete("a")])]))).toBe(true);
    expect(
      isWrite({ type: "alarm", request: { action: "GET", memberId: 0n, alarm: "NONE" } }),
    ).toBe(false);
  });
});

describe("the time of a call", () => {
  test("a deadline ends it, attempts and all", () => {
    const world = new ClientWorld();
    world.leader();
    for (const member of [1, 2, 3]) world.cluster.inject({ type: "pause", member });
    const since = world.cluster.now;
    const client = world.client(1);
    const read = world.call(client, op.get("a"), { deadlineUs: 1500 * MILLISECOND });
    expect(read).toMatchObject({ outcome: "fail", error: Errors.deadlineExceeded, attempts: 2 });
    expect(world.cluster.now - since).toBe(1500 * MILLISECOND);
    const put = world.call(client, op.put("a", "1"), { deadlineUs: 300 * MILLISECOND });
    expect(put.outcome).toBe("ambiguous");
  });

  test("whoever cancels a program cancels its call", () => {
    const world = new ClientWorld();
    world.leader();
    for (const member of [1, 2, 3]) world.cluster.inject({ type: "pause", member });
    const client = world.client(1);
    let cleaned = false;
    function* program() {
      try {
        yield* client.do(op.get("a"));
      } finally {
        yield* client.sleep(SECOND);
        cleaned = true;
      }
    }
    const running = client.run(program());
    world.run(0.1);
    running.cancel();
    world.end(running);
    expect(running.state).toBe("cancelled");
    expect(cleaned).toBe(true);
    expect(world.kinds("complete").at(-1)).toMatchObject({
      outcome: "fail",
      text: Errors.canceled.message,
    });
  });

  test("its own clock decides: a fast one gives up earlier", () => {
    const world = new ClientWorld();
    world.leader();
    for (const member of [1, 2, 3]) world.cluster.inject({ type: "pause", member });
    world.cluster.inject({ type: "client-drift", client: 1, ppm: 250_000 });
    const since = world.cluster.now;
    world.call(world.client(1), op.put("a", "1"));
    expect(world.cluster.now - since).toBe(800 * MILLISECOND);
  });

  test("a paused client hears its reply when it goes on", () => {
    const world = new ClientWorld();
    world.leader();
    const put = world.client(1).call(op.put("a", "1"), () => undefined);
    world.cluster.inject({ type: "client-pause", client: 1 });
    world.run(5);
    expect(put.outcome).toBe("pending");
    world.cluster.inject({ type: "client-resume", client: 1 });
    // The reply came before the timer ran out.
    expect(put.outcome).toBe("ok");
  });

  test("a client that is cut off loses requests and replies, and reaches the others", () => {
    const world = new ClientWorld();
    const leader = world.leader();
    world.cluster.inject({ type: "client-cut", clients: [1], members: [leader] });
    const client = world.client(1);
    const read = world.call(client, op.get("a"), { to: leader });
    expect(read).toMatchObject({ outcome: "ok", attempts: 2 });
    expect(world.kinds("request").every(({ member }) => member !== leader)).toBe(true);
    expect(world.call(world.client(2), op.get("a"), { to: leader }).attempts).toBe(1);
    world.cluster.inject({ type: "heal" });
    expect(world.call(client, op.get("a"), { to: leader }).attempts).toBe(1);
  });
});

test("a reply that was under way when the client was cut off is lost", () => {
  const world = new ClientWorld();
  const put = world.client(1).call(op.put("a", "1"), () => undefined);
  world.until("the change", () => world.kinds("changes").length === 3);
  expect(put.outcome).toBe("pending");
  world.cluster.inject({ type: "client-cut", clients: [1], members: [1, 2, 3] });
  world.until("the end", () => put.outcome !== "pending");
  expect(put).toMatchObject({ outcome: "ambiguous", error: { message: "no reply in time" } });
});

describe("faults of clients", () => {
  test("are refused where they make no sense", () => {
    const { cluster } = new ClientWorld();
    expect(() => cluster.inject({ type: "client-resume", client: 1 })).toThrow("c1 is not paused");
    cluster.inject({ type: "client-pause", client: 1 });
    expect(() => cluster.inject({ type: "client-pause", client: 1 })).toThrow(
      "c1 is paused already",
    );
    expect(() => cluster.inject({ type: "client-cut", clients: [1], members: [7] })).toThrow(
      "there is no member m7",
    );
  });

  test("are told in the trace", () => {
    const world = new ClientWorld();
    world.cluster.inject({ type: "client-cut", clients: [1, 2], members: [1, 3] });
    world.cluster.inject({ type: "client-drift", client: 4, ppm: -20_000 });
    expect(world.kinds("fault").map(({ text }) => text)).toEqual([
      "c1 c2 and m1 m3 don't hear each other",
      "c4's clock now runs 2 % slow",
    ]);
  });
});

test("a failing call throws into the program that waits for it", () => {
  const world = new ClientWorld();
  const client = world.client(1);
  function* program() {
    try {
      yield* client.do(op.put("a", "1", { lease: 7n }));
    } catch (error) {
      if (error instanceof CallError) return error.reason;
    }
    return null;
  }
  expect(world.do(client, program())).toEqual(Errors.leaseNotFound);
});

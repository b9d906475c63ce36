import { describe, expect, test } from "vitest";
import { op } from "../../src/api/build.ts";
import { ClientWorld } from "./support.ts";

const MEBIBYTE = 1024 * 1024;
/** Of a put of this value to a key of one letter: 3 bytes for the key, 4 or 5 before the value. */
const AT_LIMIT = "x".repeat(2 * MEBIBYTE - 3 - 4);
const ABOVE = "x".repeat(2 * MEBIBYTE);

const exhausted = (message: string) => ({ code: "ResourceExhausted", message });

describe("gRPC's limits, in the words of a real etcd 3.4.23 and 3.6.5", () => {
  test("a client sends no more than 2 MiB: nobody hears of it, and it is not tried again", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    expect(world.call(client, op.put("a", ABOVE))).toMatchObject({
      outcome: "fail",
      error: exhausted("trying to send message larger than max (2097160 vs. 2097152)"),
      attempts: 1,
    });
    expect(world.kinds("request")).toEqual([]);
    // etcd's own limit.
    expect(world.call(client, op.put("a", AT_LIMIT)).error).toEqual({
      code: "InvalidArgument",
      message: "etcdserver: request is too large",
    });
  });

  test("it fails while the client can't talk to anybody, but not while it is paused", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    world.cluster.clients.cut([1], world.cluster.memberIds());
    const process = world.cluster.clients.process(1);
    process.pause();
    const call = client.call(op.put("a", ABOVE), () => undefined);
    world.run(0.5);
    expect(call.outcome).toBe("pending");
    process.resume();
    world.run(0.1);
    expect(call.outcome).toBe("fail");
  });

  test("a server takes 512 KiB more than its --max-request-bytes", () => {
    const world = new ClientWorld();
    const client = world.client(1, { sendLimit: 4 * MEBIBYTE });
    expect(world.call(client, op.put("a", ABOVE))).toMatchObject({
      outcome: "fail",
      error: exhausted("grpc: received message larger than max (2097160 vs. 2097152)"),
      attempts: 1,
    });
    expect(world.call(client, op.put("a", AT_LIMIT)).error?.code).toBe("InvalidArgument");
    // Not even a read is looked at.
    expect(world.call(client, op.get(ABOVE)).error).toEqual(
      exhausted("grpc: received message larger than max (2097157 vs. 2097152)"),
    );
    expect(world.call(client, op.txn([], [op.put("a", ABOVE)])).error).toEqual(
      exhausted("grpc: received message larger than max (2097170 vs. 2097152)"),
    );
    const small = new ClientWorld({ maxRequestBytes: 1000 });
    expect(small.call(small.client(1), op.put("a", "x".repeat(525_288))).error).toEqual(
      exhausted("grpc: received message larger than max (525295 vs. 525288)"),
    );
  });

  test("a client that takes little does not know what became of a write whose answer is large", () => {
    const world = new ClientWorld();
    const all = { rangeEnd: "z" };
    const reader = world.client(1);
    for (const key of ["k1", "k2", "k3"]) world.call(reader, op.put(key, "x".repeat(1000)));
    const client = world.client(2, { receiveLimit: 1000 });
    const read = world.call(client, op.get("k", all));
    expect(read).toMatchObject({ outcome: "fail", response: null, attempts: 1 });
    expect(read.error?.code).toBe("ResourceExhausted");
    expect(read.error?.message).toMatch(
      /^grpc: received message larger than max \(30[67]\d vs\. 1000\)$/,
    );
    expect(world.call(client, op.get("k", { ...all, countOnly: true })).outcome).toBe("ok");
    const cleared = world.call(client, op.delete("k", { ...all, prevKv: true }));
    expect(cleared).toMatchObject({ outcome: "ambiguous", error: { code: "ResourceExhausted" } });
    expect(world.call(reader, op.get("k", { ...all, countOnly: true })).response).toMatchObject({
      response: { count: 0 },
    });
  });
});

import { describe, expect, test } from "vitest";
import { op } from "../../../src/api/build.ts";
import { SECOND } from "../../../src/base/time.ts";
import type { Client } from "../../../src/sim/client/client.ts";
import { ClientWorld } from "./support.ts";

const TTL = 6;

/** A granted lease with the key `k` attached. */
function grant(world: ClientWorld, client: Client, id = 77n, ttl = TTL): bigint {
  const call = world.call(client, { type: "leaseGrant", request: { ttl, id } });
  expect(call.outcome).toBe("ok");
  expect(world.call(client, op.put("k", "v", { lease: id })).outcome).toBe("ok");
  return id;
}

const has = (world: ClientWorld) => world.cluster.peek(world.leader(), "k") !== null;

describe("a lease that is kept alive", () => {
  test("lives for as long as its client does, renewed every third of its TTL", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const answers: number[] = [];
    const keeper = client.keepAlive(grant(world, client), () => answers.push(world.cluster.now));
    world.run(5 * TTL);
    expect(has(world)).toBe(true);
    expect(keeper.unexpired).toBe(true);
    const gaps = answers
      .slice(1)
      .map((at, i) => Math.round((at - (answers[i] as number)) / SECOND));
    expect(new Set(gaps)).toEqual(new Set([TTL / 3]));
    keeper.stop();
    expect(keeper.ended.value).toBe("stopped");
    world.run(2 * TTL);
    expect(has(world)).toBe(false);
  });

  test("survives its member's crash and a change of leaders", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const keeper = client.keepAlive(grant(world, client));
    const leader = world.leader();
    client.caller.endpoint = leader;
    world.run(1);
    world.cluster.inject({ type: "crash", member: leader, disk: "keep" });
    world.run(5 * TTL);
    expect(keeper.unexpired).toBe(true);
    expect(has(world)).toBe(true);
  });

  test("is gone when a member says so", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const keeper = client.keepAlive(grant(world, client));
    world.run(1);
    world.call(world.client(2), { type: "leaseRevoke", request: { id: 77n } });
    world.run(TTL);
    expect(keeper.ended.value).toBe("gone");
  });

  test("that nobody answers for is given up when its TTL has passed, and not later", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    let answered = 0;
    const keeper = client.keepAlive(grant(world, client), () => {
      answered = world.cluster.now;
    });
    world.run(1);
    world.cluster.inject({ type: "client-cut", clients: [1], members: [1, 2, 3] });
    world.until("the loss", () => keeper.ended.settled);
    expect(keeper.ended.value).toBe("unanswered");
    expect(world.cluster.now - answered).toBe(TTL * SECOND);
    // Not before the cluster let it go: the client is on the safe side.
    expect(has(world)).toBe(true);
  });

  test("is given up too late by a slow clock: the cluster has let it go already", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    world.cluster.inject({ type: "client-drift", client: 1, ppm: -500_000 });
    const keeper = client.keepAlive(grant(world, client));
    world.run(1);
    world.cluster.inject({ type: "client-cut", clients: [1], members: [1, 2, 3] });
    world.until("the end of the lease", () => !has(world));
    expect(keeper.unexpired).toBe(true);
  });

  test("is lost while its client is paused, who learns of it afterwards", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const keeper = client.keepAlive(grant(world, client));
    world.run(1);
    world.cluster.inject({ type: "client-pause", client: 1 });
    world.run(3 * TTL);
    expect(has(world)).toBe(false);
    expect(keeper.ended.settled).toBe(false);
    world.cluster.inject({ type: "client-resume", client: 1 });
    expect(keeper.ended.value).toBe("unanswered");
  });

  test("C5: a client goes on after the lease is lost", () => {
    const world = new ClientWorld();
    const client = world.client(1, { bugs: ["C5"] });
    const keeper = client.keepAlive(grant(world, client));
    world.run(1);
    world.call(world.client(2), { type: "leaseRevoke", request: { id: 77n } });
    world.run(3 * TTL);
    expect(keeper.ended.settled).toBe(false);
  });
});

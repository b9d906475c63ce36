import { describe, expect, test } from "vitest";
import { op } from "../../../src/api/build.ts";
import { Errors } from "../../../src/api/errors.ts";
import { MILLISECOND, SECOND } from "../../../src/base/time.ts";
import type { CallError, Client } from "../../../src/client/client.ts";
import { mistakesOf } from "../../../src/museum/switches.ts";
import { ClientWorld } from "../support.ts";

const TTL = 6;

/** A granted lease with the key `k` attached. */
function grant(world: ClientWorld, client: Client, id = 77n, ttl = TTL): bigint {
  const call = world.call(client, { type: "leaseGrant", request: { ttl, id } });
  expect(call.outcome).toBe("ok");
  expect(world.call(client, op.put("k", "v", { lease: id })).outcome).toBe("ok");
  return id;
}

const has = (world: ClientWorld) => world.cluster.peek(world.leader(), "k") !== null;

const opens = (world: ClientWorld) =>
  world.watches.inputs.filter(({ input }) => input.kind === "open");

/** The keep-alives that were sent, and when; of one lease, in hex, or of all. */
const sent = (world: ClientWorld, lease = "") =>
  world
    .kinds("invoke")
    .filter(({ request }) => request.type === "lease" && request.method === "keep-alive")
    .filter(({ request }) => lease === "" || ("lease" in request && request.lease === lease))
    .map(({ at }) => at);

const crash = (world: ClientWorld, member: number) =>
  world.cluster.inject({ type: "crash", member, disk: "keep" });

const cut = (world: ClientWorld, members: readonly number[]) =>
  world.cluster.inject({ type: "client-cut", clients: [1], members });

describe("a lease that is kept alive", () => {
  test("lives for as long as its client does, renewed when a third of its TTL is over", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const keeper = client.keepAlive(grant(world, client));
    world.run(5 * TTL);
    expect(has(world)).toBe(true);
    expect(keeper.unexpired).toBe(true);
    // Whoever looks every half second, and just before the third was over, looks half a second later.
    const times = sent(world);
    const gaps = times.slice(1).map((at, i) => at - (times[i] as number));
    expect(new Set(gaps)).toEqual(new Set([(TTL / 3) * SECOND + 500 * MILLISECOND]));
    keeper.stop();
    expect(keeper.ended.value).toBe("stopped");
    world.run(2 * TTL);
    expect(has(world)).toBe(false);
  });

  test("is believed in for five seconds before the first answer, whatever its TTL", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const id = grant(world, client, 77n, 60);
    cut(world, [1, 2, 3]);
    const keeper = client.keepAlive(id);
    world.run(4.9);
    expect(keeper.unexpired).toBe(true);
    world.run(0.2);
    expect(keeper.unexpired).toBe(false);
  });

  test("survives its member's crash and a change of leaders", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const keeper = client.keepAlive(grant(world, client));
    const leader = world.leader();
    client.conn.endpoint = leader;
    world.run(1);
    crash(world, leader);
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
    const before = sent(world).length;
    world.run(TTL);
    expect(sent(world).length).toBe(before);
  });

  test("that nobody answers for is given up up to a second after its TTL has passed", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    let answered = 0;
    const keeper = client.keepAlive(grant(world, client), () => {
      answered = world.cluster.now;
    });
    world.run(1);
    cut(world, [1, 2, 3]);
    world.until("the deadline", () => !keeper.unexpired);
    const passed = world.cluster.now;
    world.until("the loss", () => keeper.ended.settled);
    expect(keeper.ended.value).toBe("unanswered");
    expect(passed - answered).toBeGreaterThanOrEqual(TTL * SECOND);
    const late = world.cluster.now - answered - TTL * SECOND;
    expect(late).toBeGreaterThan(0);
    expect(late).toBeLessThanOrEqual(SECOND);
  });

  test("is given up too late by a slow clock: the cluster has let it go already", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    world.cluster.inject({ type: "client-drift", client: 1, ppm: -500_000 });
    const keeper = client.keepAlive(grant(world, client));
    world.run(1);
    cut(world, [1, 2, 3]);
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

  test("is believed in by a client that reads after a pause what was said before it", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const keeper = client.keepAlive(grant(world, client));
    world.run(1);
    const before = sent(world).length;
    world.until("a renewal under way", () => sent(world).length > before);
    world.cluster.inject({ type: "client-pause", client: 1 });
    world.run(3 * TTL);
    expect(has(world)).toBe(false);
    world.cluster.inject({ type: "client-resume", client: 1 });
    // The answer is 18 s old, and taken for fresh: that much is left, says the client.
    expect(keeper.unexpired).toBe(true);
    const resumed = world.cluster.now;
    world.until("the truth", () => keeper.ended.settled);
    expect(keeper.ended.value).toBe("gone");
    expect(world.cluster.now - resumed).toBeGreaterThan((TTL / 3) * SECOND);
  });

  test("may be kept alive by several: one renewal is for all of them", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const id = grant(world, client);
    const heard = { first: 0, second: 0 };
    const first = client.keepAlive(id, () => heard.first++);
    const second = client.keepAlive(id, () => heard.second++);
    world.run(TTL);
    expect(heard.first).toBe(sent(world).length);
    expect(heard.second).toBe(heard.first);
    first.stop();
    world.run(2 * TTL);
    expect(second.unexpired).toBe(true);
    expect(heard.second).toBeGreaterThan(heard.first);
  });

  test("C5: a client goes on after the lease is lost", () => {
    const world = new ClientWorld();
    const client = world.client(1, { mistakes: mistakesOf(["C5"]) });
    const keeper = client.keepAlive(grant(world, client));
    world.run(1);
    world.call(world.client(2), { type: "leaseRevoke", request: { id: 77n } });
    world.run(3 * TTL);
    expect(keeper.ended.settled).toBe(false);
  });
});

describe("a client's stream of keep-alives", () => {
  test("is one for all its leases, and is looked after every half second", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const ids = [71n, 72n, 73n].map((id) => grant(world, client, id));
    const begun = world.cluster.now;
    const keepers = [client.keepAlive(ids[0] as bigint)];
    expect(sent(world)).toEqual([begun]);
    world.run(0.1);
    for (const id of ids.slice(1)) keepers.push(client.keepAlive(id));
    world.run(0.1);
    expect(sent(world).length).toBe(1);
    world.run(1);
    expect(sent(world)).toEqual([begun, begun + 500_000, begun + 500_000]);
    world.run(5 * TTL);
    expect(keepers.map(({ unexpired }) => unexpired)).toEqual([true, true, true]);
    expect(opens(world).length).toBe(1);
  });

  test("belongs to its client alone", () => {
    const world = new ClientWorld();
    for (const id of [1, 2]) {
      const client = world.client(id);
      client.keepAlive(grant(world, client, BigInt(id)));
    }
    world.run(1);
    expect(opens(world).map(({ member }) => member)).toEqual([1, 2]);
  });

  test("that is cut off makes renewals wait until pings find out; then there is another one", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const short = client.keepAlive(grant(world, client, 71n, TTL));
    const long = client.keepAlive(grant(world, client, 72n, 30));
    world.run(1);
    cut(world, [1]);
    const since = world.cluster.now;
    world.until("the loss", () => short.ended.settled);
    expect(short.ended.value).toBe("unanswered");
    // It has no end of its own, and is sent again and again.
    expect(sent(world, "47").length).toBeGreaterThan(5);
    expect(opens(world).length).toBe(1);
    world.until("another stream", () => opens(world).length === 2);
    const took = world.cluster.now - since;
    expect(took).toBeGreaterThan(10 * SECOND);
    expect(took).toBeLessThan(14 * SECOND);
    expect(opens(world)[1]?.member).toBe(2);
    world.run(40);
    expect(long.unexpired).toBe(true);
  });

  test("says all that waited when the cut heals before its pings find out", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const keeper = client.keepAlive(grant(world, client, 77n, 9));
    world.run(1);
    cut(world, [1]);
    world.run(5);
    const before = world.kinds("request").length;
    world.cluster.inject({ type: "heal" });
    world.run(0.1);
    // One for each half second since a third of the TTL was over.
    expect(world.kinds("request").length - before).toBe(6);
    world.run(30);
    expect(keeper.unexpired).toBe(true);
    expect(opens(world).length).toBe(1);
  });

  test("is opened anew half a second after the member ended it, at the next one", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const keeper = client.keepAlive(grant(world, client));
    const id = opens(world)[0]?.input.streamId ?? 1;
    world.run(1);
    world.cluster.clients.connections.end(id, { code: "Unknown", message: "not a primary lessor" });
    const since = world.cluster.now;
    world.until("another stream", () => opens(world).length === 2);
    const took = world.cluster.now - since;
    expect(took).toBeGreaterThan(500 * MILLISECOND);
    expect(took).toBeLessThan(550 * MILLISECOND);
    expect(opens(world)[1]?.member).toBe(2);
    world.run(2 * TTL);
    expect(keeper.unexpired).toBe(true);
  });

  test("is served one request after the other: one that waits for a leader holds all up", () => {
    const world = new ClientWorld();
    const member = world.follower();
    const client = world.client(1, { endpoints: [member] });
    const keepers = [71n, 72n].map((id) => client.keepAlive(grant(world, client, id, 30)));
    world.run(1);
    const others = world.cluster.memberIds().filter((id) => id !== member);
    const before = world.kinds("request").length;
    // Both are due after 10 s. The question that the first one makes gets lost.
    world.cluster.runUntil(world.cluster.now + 8.9 * SECOND);
    world.cluster.inject({ type: "partition", groups: [[member], others] });
    world.until("both there", () => world.kinds("request").length === before + 2);
    world.cluster.inject({ type: "heal" });
    const renewals = () => world.kinds("lease").filter(({ action }) => action === "renew").length;
    const renewed = renewals();
    world.run(4);
    expect(renewals()).toBe(renewed);
    // Until the member gives it up, and with it the stream.
    world.run(5);
    expect(opens(world).length).toBe(2);
    expect(renewals()).toBeGreaterThanOrEqual(renewed + 2);
    expect(keepers.map(({ unexpired }) => unexpired)).toEqual([true, true]);
  });

  test("ends where no leader is seen, and with it what was to end then", () => {
    const world = new ClientWorld();
    const member = world.follower();
    const client = world.client(1, { endpoints: [member] });
    const demanding = client.keepAlive(grant(world, client, 71n, 60), null, true);
    const patient = client.keepAlive(grant(world, client, 72n, 60));
    world.run(1);
    const others = world.cluster.memberIds().filter((id) => id !== member);
    world.cluster.inject({ type: "partition", groups: [[member], others] });
    world.until("its end", () => demanding.ended.settled);
    expect(demanding.ended.value).toBe("no leader");
    world.cluster.inject({ type: "heal" });
    world.run(60);
    expect(patient.unexpired).toBe(true);
  });

  test("is refused by a learner", () => {
    const world = new ClientWorld();
    world.cluster.inject({ type: "add-member", member: 4, learner: true });
    world.run(3);
    const client = world.client(1, { endpoints: [4, 1] });
    client.conn.endpoint = 1;
    const id = grant(world, client);
    client.conn.endpoint = 4;
    const keeper = client.keepAlive(id);
    world.run(2 * TTL);
    expect(keeper.unexpired).toBe(true);
    const refused = world.kinds("complete").find(({ text }) => /not supported/.test(text));
    expect(refused).toMatchObject({ outcome: "fail", text: Errors.notSupportedForLearner.message });
    expect(opens(world).map(({ member }) => member)).toEqual([1]);
  });
});

describe("a lease that is kept alive once", () => {
  test("has a stream of its own, for one request", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const id = grant(world, client);
    const response = world.do(client, client.keepAliveOnce(id));
    expect(response).toMatchObject({ id, ttl: TTL });
    world.run(1);
    expect(world.watches.inputs.map(({ input }) => input.kind)).toEqual([
      "open",
      "request",
      "close",
    ]);
    world.run(2 * TTL);
    expect(has(world)).toBe(false);
  });

  test("fails if there is no such lease", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const { error } = world.end(client.run(client.keepAliveOnce(5n)));
    expect((error as CallError).reason).toEqual(Errors.leaseNotFound);
  });

  test("goes to the next member when its own is down", () => {
    const world = new ClientWorld();
    const member = world.follower();
    const client = world.client(1);
    const id = grant(world, client);
    client.conn.endpoint = member;
    crash(world, member);
    expect(world.do(client, client.keepAliveOnce(id)).ttl).toBe(TTL);
    expect(client.conn.endpoint).not.toBe(member);
  });

  test("waits no longer than it was told to", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const id = grant(world, client);
    cut(world, [1, 2, 3]);
    const since = world.cluster.now;
    const { error } = world.end(client.run(client.keepAliveOnce(id, { deadlineUs: 2 * SECOND })));
    expect((error as CallError).reason).toEqual(Errors.deadlineExceeded);
    expect(world.cluster.now - since).toBe(2 * SECOND);
  });
});

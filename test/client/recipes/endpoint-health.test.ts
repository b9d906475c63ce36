import { describe, expect, test } from "vitest";
import { SECOND } from "../../../src/base/time.ts";
import { endpointHealth } from "../../../src/client/recipes/endpoint-health.ts";
import { AUTH_ON, alarm, idOf } from "../../member/support/asks.ts";
import { ClientWorld } from "../support.ts";

function healthOf(world: ClientWorld, member: number) {
  const client = world.client(9);
  const start = world.cluster.now;
  const { healthy, error } = world.do(client, endpointHealth(client, member));
  return { healthy, error, seconds: Math.round((world.cluster.now - start) / SECOND) };
}

/** In the words of a real etcdctl 3.6.5. */
describe("etcdctl endpoint health", () => {
  test("of a member that answers", () => {
    const world = new ClientWorld();
    expect(healthOf(world, world.follower())).toEqual({ healthy: true, error: "", seconds: 0 });
  });

  test("of one whose cluster is out of space, or corrupt", () => {
    const world = new ClientWorld();
    const operator = world.client(1);
    world.call(operator, alarm("ACTIVATE", "NOSPACE", idOf(2)));
    expect(healthOf(world, 1)).toMatchObject({
      healthy: false,
      error: "Active Alarm(s): NOSPACE ",
    });
    world.call(operator, alarm("DEACTIVATE", "NOSPACE", idOf(2)));
    world.call(operator, alarm("ACTIVATE", "CORRUPT", idOf(2)));
    expect(healthOf(world, 2)).toMatchObject({
      healthy: false,
      error: "Active Alarm(s): CORRUPT ",
    });
  });

  test("of one that knows no leader, or is switched off, after five seconds", () => {
    const world = new ClientWorld();
    const alone = world.follower();
    world.cluster.inject({ type: "partition", groups: [[alone]] });
    world.run(5);
    const late = { healthy: false, error: "context deadline exceeded", seconds: 5 };
    expect(healthOf(world, alone)).toEqual(late);
    const off = new ClientWorld();
    off.cluster.inject({ type: "crash", member: 3, disk: "keep" });
    expect(healthOf(off, 3)).toEqual(late);
  });

  test("with auth on: who has no name can't tell, who may not read can", () => {
    const world = new ClientWorld();
    const operator = world.client(1);
    for (const step of AUTH_ON) world.call(operator, step);
    expect(healthOf(world, 1)).toMatchObject({
      healthy: false,
      error: "etcdserver: user name is empty",
    });
    const ann = { auth: { name: "ann", password: "a" } };
    const client = world.client(8, ann);
    expect(world.do(client, endpointHealth(client, 1))).toEqual({ healthy: true, error: "" });
  });
});

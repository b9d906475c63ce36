import { describe, expect, test } from "vitest";
import { op } from "../../../src/api/build.ts";
import { Barrier } from "../../../src/client/recipes/barrier.ts";
import { DoubleBarrier, TooManyClients } from "../../../src/client/recipes/double-barrier.ts";
import { KeyExists } from "../../../src/client/recipes/keys.ts";
import { Session } from "../../../src/client/recipes/session.ts";
import type { Task } from "../../../src/client/task.ts";
import { ClientWorld } from "../support.ts";

describe("a barrier", () => {
  test("holds all who come until it is released", () => {
    const world = new ClientWorld();
    world.do(world.client(1), new Barrier(world.client(1), "B").hold());
    // The barrier's revision is not the newest one.
    world.call(world.client(1), op.put("other", "v"));
    const waiting = [2, 3].map((id) =>
      world.client(id).run(new Barrier(world.client(id), "B").wait()),
    );
    world.run(2);
    expect(waiting.map(({ state }) => state)).toEqual(["running", "running"]);
    world.do(world.client(4), new Barrier(world.client(4), "B").release());
    for (const running of waiting) expect(world.end(running).state).toBe("done");
    world.do(world.client(2), new Barrier(world.client(2), "B").wait());
  });

  test("is held once", () => {
    const world = new ClientWorld();
    world.do(world.client(1), new Barrier(world.client(1), "B").hold());
    const again = world.client(2).run(new Barrier(world.client(2), "B").hold());
    expect(world.end(again).error).toBeInstanceOf(KeyExists);
  });
});

describe("a double barrier", () => {
  const COUNT = 3;

  function inside(world: ClientWorld, id: number, log: string[], stayUs: number) {
    const client = world.client(id);
    function* program(): Task<void> {
      const barrier = new DoubleBarrier(yield* Session.open(client, 5), "D", COUNT);
      yield* barrier.enter();
      log.push("in");
      yield* client.sleep(stayUs);
      yield* barrier.leave();
      log.push("out");
    }
    return client.run(program());
  }

  test("lets all in when the last has come, and out when the last wants to leave", () => {
    const world = new ClientWorld();
    const log: string[] = [];
    const running = [1, 2].map((id) => inside(world, id, log, id * 1_000_000));
    world.run(2);
    expect(log).toEqual([]);
    running.push(inside(world, 3, log, 6_000_000));
    world.run(1);
    expect(log).toEqual(["in", "in", "in"]);
    world.run(4);
    expect(log.length).toBe(3);
    for (const each of running) expect(world.end(each).state).toBe("done");
    expect(log.slice(3)).toEqual(["out", "out", "out"]);
    const left = world.call(world.client(9), op.get("D/", { rangeEnd: "D0" })).response?.response;
    expect(left).toMatchObject({ count: 0 });
  });

  test("refuses who comes too late", () => {
    const world = new ClientWorld();
    const log: string[] = [];
    for (const id of [1, 2, 3]) inside(world, id, log, 20_000_000);
    world.run(1);
    expect(log.length).toBe(3);
    expect(world.end(inside(world, 4, log, 0)).error).toBeInstanceOf(TooManyClients);
  });

  test("refuses one of those that come at once, if they are too many", () => {
    const world = new ClientWorld();
    const log: string[] = [];
    const running = [1, 2, 3, 4].map((id) => inside(world, id, log, 2_000_000));
    world.run(1);
    expect(log.length).toBe(COUNT);
    const refused = running.filter(({ error }) => error instanceof TooManyClients);
    expect(refused.length).toBe(1);
    for (const each of running) world.end(each);
    expect(log.length).toBe(2 * COUNT);
  });

  test("lets the others out when one has died inside", () => {
    const world = new ClientWorld();
    const log: string[] = [];
    const running = [1, 2, 3].map((id) => inside(world, id, log, 1_000_000));
    world.until("all inside", () => log.length === 3);
    world.cluster.inject({ type: "client-pause", client: 2 });
    for (const i of [0, 2]) expect(world.end(running[i] as (typeof running)[0]).state).toBe("done");
  });
});

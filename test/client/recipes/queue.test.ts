import { describe, expect, test } from "vitest";
import { PriorityQueue, Queue } from "../../../src/client/recipes/queue.ts";
import type { Task } from "../../../src/client/task.ts";
import { ClientWorld } from "../support.ts";

describe("a queue", () => {
  test("gives its items in order, and waits where there are none", () => {
    const world = new ClientWorld();
    const queue = new Queue(world.client(1), "Q");
    for (const item of ["a", "b", "c"]) world.do(world.client(1), queue.enqueue(item));
    const other = new Queue(world.client(2), "Q");
    const taken: string[] = [];
    function* consume(): Task<void> {
      for (;;) taken.push(yield* other.dequeue());
    }
    world.client(2).run(consume());
    world.run(1);
    expect(taken).toEqual(["a", "b", "c"]);
    world.do(world.client(1), queue.enqueue("d"));
    world.run(1);
    expect(taken).toEqual(["a", "b", "c", "d"]);
  });

  test("whoever was too slow for one item takes the next", () => {
    const world = new ClientWorld();
    for (const item of ["a", "b"]) {
      world.do(world.client(1), new Queue(world.client(1), "Q").enqueue(item));
    }
    const running = [2, 3].map((id) =>
      world.client(id).run(new Queue(world.client(id), "Q").dequeue()),
    );
    world.run(1);
    expect(running.map(({ value }) => value).sort()).toEqual(["a", "b"]);
  });

  test("gives each item to one of those that wait", () => {
    const world = new ClientWorld();
    const running = [2, 3, 4].map((id) =>
      world.client(id).run(new Queue(world.client(id), "Q").dequeue()),
    );
    world.run(1);
    const queue = new Queue(world.client(1), "Q");
    world.do(world.client(1), queue.enqueue("a"));
    world.run(1);
    expect(running.filter(({ state }) => state === "done").length).toBe(1);
    for (const item of ["b", "c"]) world.do(world.client(1), queue.enqueue(item));
    for (const each of running) world.end(each);
    expect(running.map(({ value }) => value).sort()).toEqual(["a", "b", "c"]);
  });
});

describe("a priority queue", () => {
  test("gives lower numbers first, and those of one number in order", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const queue = new PriorityQueue(client, "P");
    for (const [item, priority] of [
      ["late", 9],
      ["b1", 2],
      ["b2", 2],
      ["a", 1],
      ["b3", 2],
    ] as const) {
      world.do(client, queue.enqueue(item, priority));
    }
    const taken = Array.from({ length: 5 }, () => world.do(client, queue.dequeue()));
    expect(taken).toEqual(["a", "b1", "b2", "b3", "late"]);
  });

  test("several who put in at once get different numbers", () => {
    const world = new ClientWorld();
    const running = [1, 2, 3, 4].map((id) =>
      world.client(id).run(new PriorityQueue(world.client(id), "P").enqueue(`i${id}`, 1)),
    );
    for (const each of running) world.end(each);
    expect(running.map(({ value }) => value?.slice(-1)).sort()).toEqual(["0", "1", "2", "3"]);
  });
});

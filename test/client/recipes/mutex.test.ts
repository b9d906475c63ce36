import { describe, expect, test } from "vitest";
import { op } from "../../../src/api/build.ts";
import { SECOND } from "../../../src/base/time.ts";
import type { Client } from "../../../src/client/client.ts";
import { Locked, Mutex } from "../../../src/client/recipes/mutex.ts";
import { Session, SessionExpired } from "../../../src/client/recipes/session.ts";
import type { Task } from "../../../src/client/task.ts";
import { mistakesOf } from "../../../src/museum/switches.ts";
import { ClientWorld } from "../support.ts";
import { overlaps } from "./holds.ts";

const TTL = 5;

function* locked(client: Client, name = "L"): Task<Mutex> {
  const mutex = new Mutex(yield* Session.open(client, TTL), name);
  yield* mutex.lock();
  return mutex;
}

describe("a mutex", () => {
  test("goes from one to the next in the order of asking, and fences grow", () => {
    const world = new ClientWorld();
    const first = world.do(world.client(1), locked(world.client(1)));
    const others = [2, 3, 4].map((id) => {
      const running = world.client(id).run(locked(world.client(id)));
      world.run(0.1);
      return running;
    });
    expect(first.held).toBe(true);
    world.do(world.client(1), first.unlock());
    for (const [i, running] of others.entries()) {
      world.end(running);
      expect(running.state).toBe("done");
      expect(others.slice(i + 1).every(({ state }) => state === "running")).toBe(true);
      world.do(world.client(i + 2), (running.value as Mutex).unlock());
    }
    const holds = world.kinds("hold");
    expect(holds.map(({ client, action }) => `${client} ${action}`)).toEqual(
      [1, 2, 3, 4].flatMap((client) => [`${client} acquire`, `${client} release`]),
    );
    const fences = holds.filter(({ action }) => action === "acquire").map(({ fence }) => fence);
    expect(fences).toEqual([...fences].sort((a, b) => a - b));
    expect(overlaps(holds)).toEqual([]);
  });

  test("is not waited for by tryLock, which leaves no key behind", () => {
    const world = new ClientWorld();
    const first = world.do(world.client(1), locked(world.client(1)));
    const client = world.client(2);
    const session = world.do(client, Session.open(client, TTL));
    const running = world.end(client.run(new Mutex(session, "L").tryLock()));
    expect(running.error).toBeInstanceOf(Locked);
    expect(world.call(client, op.get("L/", { rangeEnd: "L0" })).response?.response).toMatchObject({
      count: 1,
    });
    world.do(world.client(1), first.unlock());
    world.do(client, new Mutex(session, "L").tryLock());
  });

  test("locked twice by one session is one lock", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const mutex = world.do(client, locked(client));
    const { revision } = mutex;
    world.do(client, mutex.lock());
    expect(mutex.revision).toBe(revision);
    expect(world.kinds("hold").length).toBe(1);
  });

  test("a waiter that gives up takes its key back", () => {
    const world = new ClientWorld();
    const first = world.do(world.client(1), locked(world.client(1)));
    const second = world.client(2).run(locked(world.client(2)));
    world.run(1);
    second.cancel();
    world.end(second);
    expect(second.state).toBe("cancelled");
    const third = world.client(3).run(locked(world.client(3)));
    world.run(1);
    world.do(world.client(1), first.unlock());
    expect(world.end(third).state).toBe("done");
  });

  test("is lost with its lease: the next one gets it, and the holder is told up to a second too late", () => {
    const world = new ClientWorld();
    const first = world.do(world.client(1), locked(world.client(1)));
    const second = world.client(2).run(locked(world.client(2)));
    world.run(1);
    world.cluster.inject({ type: "client-cut", clients: [1], members: [1, 2, 3] });
    world.end(second);
    expect(second.state).toBe("done");
    // clientv3 looks once a second whose time has passed.
    world.until("the news", () => !first.held);
    const holds = world.kinds("hold");
    expect(holds.map(({ client, action }) => `${client} ${action}`)).toEqual([
      "1 acquire",
      "2 acquire",
      "1 lost",
    ]);
    const [, next, lost] = holds.map(({ at }) => at);
    expect((lost as number) - (next as number)).toBeLessThan(SECOND);
  });

  test("is lost by a paused holder without its knowing: fencing refuses what it writes", () => {
    const world = new ClientWorld();
    const first = world.do(world.client(1), locked(world.client(1)));
    const second = world.client(2).run(locked(world.client(2)));
    world.run(1);
    const write = op.txn([first.isOwner()], [op.put("file", "old")]);
    world.cluster.inject({ type: "client-pause", client: 1 });
    world.end(second);
    // Both believe that they hold it.
    expect(first.held).toBe(true);
    expect(overlaps(world.kinds("hold"))).toEqual(["1 and 2"]);
    world.cluster.inject({ type: "client-resume", client: 1 });
    const written = world.call(world.client(1), write);
    expect(written.response?.response).toMatchObject({ succeeded: false });
    const other = second.value as Mutex;
    const allowed = op.txn([other.isOwner()], [op.put("file", "new")]);
    expect(world.call(world.client(2), allowed).response?.response).toMatchObject({
      succeeded: true,
    });
  });

  /** Its waiter's session ends while it waits, and the one before it in the queue goes afterwards. */
  const expiredWhileWaiting = (bugs: readonly string[]) => {
    const world = new ClientWorld();
    const first = world.do(world.client(1), locked(world.client(1)));
    const waiter = world.client(2, { mistakes: mistakesOf(bugs) });
    const waiting = waiter.run(locked(waiter));
    world.run(1);
    const third = world.client(3).run(locked(world.client(3)));
    world.run(1);
    // It is cut off until its lease has expired; its clock is slow, so that it doesn't notice.
    world.cluster.inject({ type: "client-drift", client: 2, ppm: -900_000 });
    world.cluster.inject({ type: "client-cut", clients: [2], members: [1, 2, 3] });
    world.run(2 * TTL);
    world.do(world.client(1), first.unlock());
    world.end(third);
    expect(third.state).toBe("done");
    world.cluster.inject({ type: "heal" });
    world.end(waiting);
    return { waiting, world };
  };

  test("is not given to a waiter whose session has expired", () => {
    const { waiting, world } = expiredWhileWaiting([]);
    expect(waiting.error).toBeInstanceOf(SessionExpired);
    expect(overlaps(world.kinds("hold"))).toEqual([]);
  });

  test("L11: without a second look it is given to a waiter whose session has expired", () => {
    const { waiting, world } = expiredWhileWaiting(["L11"]);
    expect(waiting.state).toBe("done");
    expect(overlaps(world.kinds("hold"))).toEqual(["2 and 3"]);
  });

  test("is given back, for its holder, before the others can know", () => {
    const world = new ClientWorld();
    const first = world.do(world.client(1), locked(world.client(1)));
    const second = world.client(2).run(locked(world.client(2)));
    world.run(1);
    world.client(1).run(first.unlock());
    world.until(
      "the request",
      () => world.kinds("request").at(-1)?.text.startsWith("delete") ?? false,
    );
    world.cluster.inject({ type: "client-pause", client: 1 });
    world.end(second);
    world.cluster.inject({ type: "client-resume", client: 1 });
    expect(overlaps(world.kinds("hold"))).toEqual([]);
  });

  test("survives a change of leaders", () => {
    const world = new ClientWorld();
    const first = world.do(world.client(1), locked(world.client(1)));
    world.cluster.inject({ type: "crash", member: world.leader(), disk: "keep" });
    const second = world.client(2).run(locked(world.client(2)));
    world.run(20);
    expect(first.held).toBe(true);
    expect(first.session.done.settled).toBe(false);
    if (second.state === "running") world.do(world.client(1), first.unlock());
    expect(world.cluster.now).toBeGreaterThan(20 * SECOND);
  });
});

describe("a session", () => {
  test("closed gives its keys back at once; orphaned, when its time is over", () => {
    const world = new ClientWorld();
    const client = world.client(1);
    const put = (session: Session) =>
      world.call(client, op.put("k", "v", { lease: session.lease }));
    const has = () => world.cluster.peek(world.leader(), "k") !== null;
    const first = world.do(client, Session.open(client, TTL));
    put(first);
    world.do(client, first.close());
    world.run(0.1);
    expect(has()).toBe(false);
    expect(first.done.value).toBe("stopped");
    const second = world.do(client, Session.open(client, TTL));
    put(second);
    second.orphan();
    world.run(1);
    expect(has()).toBe(true);
    world.run(2 * TTL);
    expect(has()).toBe(false);
  });
});

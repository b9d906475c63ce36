import { describe, expect, test } from "vitest";
import { op } from "../../../src/api/build.ts";
import { Errors } from "../../../src/api/errors.ts";
import { prefixEnd } from "../../../src/api/ranges.ts";
import type { WatchResponse } from "../../../src/api/requests.ts";
import { MILLISECOND, SECOND } from "../../../src/base/time.ts";
import type { ClientOptions, WatchOptions } from "../../../src/client/client.ts";
import type { ClientWatcher } from "../../../src/client/watch/client-watcher.ts";
import { mistakesOf } from "../../../src/museum/switches.ts";
import { ClientWorld } from "../support.ts";

const PREFIX = { rangeEnd: prefixEnd("k") };

/** Client 1 watches all keys that begin with `k`; client 2 writes. */
class WatchWorld extends ClientWorld {
  readonly got: WatchResponse[] = [];
  watcher: ClientWatcher;
  private written = 0;

  constructor(options: WatchOptions = {}, client: ClientOptions = {}, fake = true) {
    super({}, fake);
    const watching = this.client(1, client);
    this.watcher = watching.watch("k", {
      ...PREFIX,
      ...options,
      onDelivery: ({ response }) => this.got.push(response),
    });
    this.until("the watch", () => this.watcher.created.settled || this.watcher.closed);
  }

  put(count = 1): void {
    for (let i = 0; i < count; i++) {
      const key = `k${++this.written}`;
      const put = this.call(this.client(2), op.put(key, "v"));
      if (put.outcome === "ok") continue;
      this.written--;
      i--;
    }
  }

  get serving(): number {
    return this.watches.inputs.findLast(({ input }) => input.kind === "open")?.member ?? 0;
  }

  get revisions(): number[] {
    return this.got.flatMap(({ events }) => events.map(({ kv }) => kv.modRevision));
  }

  /** Every put exactly once, in order: what it should be. */
  settle(): void {
    this.run(20);
    expect(this.revisions).toEqual(Array.from({ length: this.written }, (_, i) => i + 2));
  }
}

/** Whoever serves, the client does the same. */
const SERVERS = [
  ["a fake", true],
  ["the members", false],
] as const;

describe.each(SERVERS)("a watch, served by %s", (_, fake) => {
  test("gives what happens, in order, and is told in the trace", () => {
    const world = new WatchWorld({}, {}, fake);
    world.put(5);
    world.settle();
    expect(world.kinds("watch").length).toBe(1);
    const told = world.kinds("watch-response");
    expect(told[0]).toMatchObject({ what: "created", watch: 1, client: 1, from: world.serving });
    expect(told.flatMap(({ events }) => events.map(({ modRevision }) => modRevision))).toEqual(
      world.revisions,
    );
  });

  test("from a revision in the past gives what was there already", () => {
    const world = new ClientWorld({}, fake);
    for (const key of ["k1", "k2", "k3"]) world.call(world.client(2), op.put(key, "v"));
    const watcher = world.client(1).watch("k", { ...PREFIX, startRevision: 3 });
    const response = world.do(world.client(1), watcher.next());
    expect(response?.events.map(({ kv }) => kv.key)).toEqual(["k2", "k3"]);
  });

  test("several share a stream, and are created one after the other", () => {
    const world = new ClientWorld({}, fake);
    const client = world.client(1);
    const watchers = ["a", "b", "c"].map((key) => client.watch(key));
    world.until("the watches", () => watchers.every(({ created }) => created.settled));
    expect(world.count("open")).toBe(1);
    expect(watchers.map(({ watchId }) => watchId)).toEqual([0, 1, 2]);
    world.call(world.client(2), op.put("b", "v"));
    const response = world.do(client, (watchers[1] as ClientWatcher).next());
    expect(response?.events[0]?.kv.key).toBe("b");
    // A stream of its own for those who want a leader.
    const fourth = client.watch("d", { requireLeader: true });
    world.until("the watch", () => fourth.created.settled);
    expect(world.count("open")).toBe(2);
  });

  test("that is cancelled tells the member, and the last one closes the stream", () => {
    const world = new ClientWorld({}, fake);
    const client = world.client(1);
    const [a, b] = [client.watch("a"), client.watch("b")];
    world.until("the watches", () => a.created.settled && b.created.settled);
    a.cancel();
    expect(world.do(client, a.next())).toBeNull();
    world.run(1);
    const asked = world.watches.inputs.map(({ input }) =>
      input.kind === "request" ? input.request.type : input.kind,
    );
    expect(asked.filter((kind) => kind !== "consumed")).toEqual([
      "open",
      "create",
      "create",
      "cancel",
    ]);
    b.cancel();
    world.run(1);
    expect(world.count("close")).toBe(1);
  });

  test("given up before it was created leaves nothing behind", () => {
    const world = new ClientWorld({}, fake);
    const client = world.client(1);
    const [a, b] = [client.watch("a"), client.watch("b")];
    a.cancel();
    world.until("the watch", () => b.created.settled);
    world.call(world.client(2), op.put("a", "v"));
    world.call(world.client(2), op.put("b", "v"));
    const response = world.do(client, b.next());
    expect(response?.events[0]?.kv.key).toBe("b");
  });

  test.runIf(fake)("fragments are put together", () => {
    const world = new WatchWorld({ fragment: true }, {}, fake);
    world.watches.fragmentAbove = 2;
    const puts = ["1", "2", "3", "4", "5"].map((n) => op.put(`k${n}`, "v"));
    world.call(world.client(2), op.txn([], puts));
    world.run(1);
    expect(world.got.map(({ events }) => events.length)).toEqual([5]);
    expect(world.got[0]?.fragment).toBe(false);
  });

  test("progress goes to all watches of the stream", () => {
    const world = new WatchWorld({}, {}, fake);
    world.call(world.client(2), op.put("other", "v"));
    world.run(1);
    world.client(1).requestProgress();
    world.run(1);
    expect(world.got.map(({ events, header }) => [events.length, header.revision])).toEqual([
      [0, 2],
    ]);
    expect(world.kinds("watch-response").at(-1)?.what).toBe("progress");
    expect(world.watcher.nextRevision).toBe(3);
  });

  test.runIf(fake)("a refused one ends with the reason", () => {
    const world = new ClientWorld({}, fake);
    world.watches.refuseWith = Errors.permissionDenied;
    const watcher = world.client(1).watch("a");
    expect(world.do(world.client(1), watcher.next())?.canceled).toBe(true);
    expect(watcher.error).toEqual(Errors.permissionDenied);
    expect(world.do(world.client(1), watcher.next())).toBeNull();
  });

  test("at a compacted revision ends with the revision that is left", () => {
    const world = new ClientWorld({}, fake);
    for (const key of ["k1", "k2", "k3"]) world.call(world.client(2), op.put(key, "v"));
    world.call(world.client(2), { type: "compaction", request: { revision: 3, physical: false } });
    world.run(1);
    const watcher = world.client(1).watch("k", { ...PREFIX, startRevision: 2 });
    expect(world.do(world.client(1), watcher.next())?.compactRevision).toBe(3);
    expect(watcher.error).toEqual(Errors.compacted);
    expect(world.kinds("watch-response").at(-1)).toMatchObject({
      what: "canceled",
      compactRevision: 3,
    });
  });
});

describe.each(SERVERS)("a watch whose stream breaks, served by %s", (_, fake) => {
  const crash = (world: WatchWorld) =>
    world.cluster.inject({ type: "crash", member: world.serving, disk: "keep" });

  test("goes on at another member where it stood", () => {
    const world = new WatchWorld({}, {}, fake);
    world.put(3);
    world.run(1);
    const first = world.serving;
    crash(world);
    world.leader();
    world.put(3);
    world.settle();
    expect(world.serving).not.toBe(first);
    expect(world.watches.creations().map(({ startRevision }) => startRevision)).toEqual([0, 5]);
  });

  test.runIf(fake)("before any event goes on after the revision it was created at", () => {
    const world = new WatchWorld({}, {}, fake);
    world.watches.muted = true;
    world.put(2);
    world.run(1);
    crash(world);
    world.watches.muted = false;
    world.settle();
    expect(world.watches.creations().map(({ startRevision }) => startRevision)).toEqual([0, 2]);
  });

  test("after progress goes on after it", () => {
    const world = new WatchWorld({}, {}, fake);
    world.call(world.client(2), op.put("other", "v"));
    world.run(1);
    world.client(1).requestProgress();
    world.run(1);
    crash(world);
    world.run(5);
    expect(world.watches.creations().at(-1)?.startRevision).toBe(3);
  });

  test.runIf(fake)("in the middle of fragments gives the whole again, once", () => {
    const world = new WatchWorld({ fragment: true }, {}, fake);
    world.watches.muted = true;
    const puts = ["1", "2", "3", "4", "5"].map((n) => op.put(`k${n}`, "v"));
    world.call(world.client(2), op.txn([], puts));
    const [id] = world.watches.open(world.serving);
    const half = { key: "k1", createRevision: 2, modRevision: 2, version: 1, lease: 0n };
    const event = { type: "PUT", kv: { ...half, value: new Uint8Array() }, prevKv: null } as const;
    world.watches.push(id as number, 0, { events: [event], fragment: true });
    world.run(1);
    expect(world.got).toEqual([]);
    crash(world);
    world.watches.muted = false;
    world.run(10);
    expect(world.revisions).toEqual([2, 2, 2, 2, 2]);
  });

  test("on a member that a client is cut off from: its pings find out, not before", () => {
    const world = new WatchWorld({}, {}, fake);
    world.put(1);
    world.run(1);
    const first = world.serving;
    world.cluster.inject({ type: "client-cut", clients: [1], members: [first] });
    world.put(2);
    const since = world.cluster.now;
    world.until("another member", () => world.serving !== first);
    const took = world.cluster.now - since;
    // Idle for up to 10 s, then 3 s for an answer.
    expect(took).toBeGreaterThan(3 * SECOND);
    expect(took).toBeLessThan(14 * SECOND);
    world.settle();
  });

  test("is not broken by a short cut: what was said arrives late, in order", () => {
    const world = new WatchWorld({}, {}, fake);
    const first = world.serving;
    world.cluster.inject({ type: "client-cut", clients: [1], members: [first] });
    world.put(4);
    world.run(2);
    expect(world.got).toEqual([]);
    world.cluster.inject({ type: "heal" });
    world.run(0.01);
    expect(world.revisions).toEqual([2, 3, 4, 5]);
    world.run(30);
    expect(world.watches.creations().length).toBe(1);
  });

  test("opened while it is cut off, it finds another member", () => {
    const world = new ClientWorld({}, fake);
    const client = world.client(1);
    world.cluster.inject({ type: "client-cut", clients: [1], members: [1] });
    client.conn.endpoint = 1;
    const watcher = client.watch("k");
    world.run(12);
    expect(watcher.created.settled).toBe(false);
    world.run(2);
    expect(watcher.created.settled).toBe(true);
    expect(client.conn.endpoint).toBe(2);
  });

  test("a client that was paused while it was cut off goes on with the old stream", () => {
    const world = new WatchWorld({}, {}, fake);
    world.cluster.inject({ type: "client-cut", clients: [1], members: [world.serving] });
    world.put(2);
    world.cluster.inject({ type: "client-pause", client: 1 });
    world.run(20);
    world.cluster.inject({ type: "heal" });
    world.run(1);
    world.cluster.inject({ type: "client-resume", client: 1 });
    expect(world.revisions).toEqual([2, 3]);
    world.settle();
    expect(world.count("open")).toBe(1);
  });

  test("by a paused member, too", () => {
    const world = new WatchWorld({}, {}, fake);
    const first = world.serving;
    world.cluster.inject({ type: "pause", member: first });
    world.leader();
    world.put(2);
    world.until("another member", () => world.serving !== first);
    world.settle();
  });

  test.runIf(fake)("ends where a leader was wanted and there is none", () => {
    const world = new WatchWorld({ requireLeader: true }, {}, fake);
    world.watches.end(world.watches.open()[0] as number, Errors.noLeader);
    world.run(5);
    expect(world.watcher.error).toEqual(Errors.noLeader);
    expect(world.watches.creations().length).toBe(1);
  });

  test.runIf(fake)("ends where no member would do better", () => {
    const world = new WatchWorld({}, {}, fake);
    const error = { code: "Unimplemented", message: "no watches here" } as const;
    world.watches.end(world.watches.open()[0] as number, error);
    world.run(5);
    expect(world.watcher.error).toEqual(error);
  });

  test("whatever is killed and whenever, each event comes once and in order", () => {
    const world = new WatchWorld({}, {}, fake);
    for (let round = 0; round < 12; round++) {
      world.put(3);
      const member = (round % 3) + 1;
      world.cluster.inject({ type: "crash", member, disk: "keep" });
      world.leader();
      world.put(1);
      world.cluster.inject({ type: "restart", member });
      world.run(round % 2);
    }
    world.settle();
  });

  test.runIf(fake)("is told that what it missed is compacted", () => {
    const world = compactedWhileAway([]);
    expect(world.watcher.error).toEqual(Errors.compacted);
  });
});

function compactedWhileAway(bugs: readonly string[]): WatchWorld {
  const world = new WatchWorld({}, { mistakes: mistakesOf(bugs) });
  world.put(1);
  world.run(1);
  world.watches.muted = true;
  world.put(3);
  world.call(world.client(2), { type: "compaction", request: { revision: 4, physical: false } });
  world.run(1);
  world.cluster.inject({ type: "crash", member: world.serving, disk: "keep" });
  world.watches.muted = false;
  world.run(5);
  return world;
}

describe("known mistakes of client libraries", () => {
  const missed = (...bugs: string[]) => {
    const world = new WatchWorld({}, { mistakes: mistakesOf(bugs) });
    world.put(2);
    world.run(1);
    world.watches.muted = true;
    world.put(2);
    if (bugs.includes("C2")) world.client(1).requestProgress();
    world.run(1);
    world.cluster.inject({ type: "crash", member: world.serving, disk: "keep" });
    world.watches.muted = false;
    world.leader();
    world.run(5);
    world.put(1);
    return world;
  };

  test("C1: it begins anew from now on, and what happened meanwhile is lost", () => {
    expect(() => missed("C1").settle()).toThrow();
    expect(() => missed().settle()).not.toThrow();
  });

  test("C2: it trusts the header's revision, which is ahead of the events", () => {
    const world = new WatchWorld({}, { mistakes: mistakesOf(["C2"]) });
    world.watches.muted = true;
    world.put(4);
    world.run(1);
    const [id] = world.watches.open(world.serving);
    const kv = { key: "k1", createRevision: 2, modRevision: 2, version: 1, lease: 0n };
    const event = { type: "PUT", kv: { ...kv, value: new Uint8Array() }, prevKv: null } as const;
    // As an unsynced watcher is served: the store is at 5, the events reach to 2.
    world.watches.push(id as number, 0, { events: [event] });
    world.run(1);
    world.cluster.inject({ type: "crash", member: world.serving, disk: "keep" });
    world.watches.muted = false;
    expect(() => world.settle()).toThrow();
  });

  test("C4: it goes on after a compaction, and nobody learns of the gap", () => {
    const world = compactedWhileAway(["C4"]);
    expect(world.watcher.error).toBeNull();
    expect(world.revisions).toEqual([2, 4, 5]);
  });

  test("C6: it gives what was there before the watch", () => {
    const revisions = [[], ["C6"]].map((bugs) => {
      const world = new ClientWorld({}, true);
      world.call(world.client(2), op.put("k", "v"));
      const got: number[] = [];
      const watcher = world.client(1, { mistakes: mistakesOf(bugs) }).watch("k", {
        onDelivery: ({ response }) => got.push(...response.events.map(({ kv }) => kv.modRevision)),
      });
      world.until("the watch", () => watcher.created.settled);
      const serving = world.watches.inputs[0]?.member as number;
      world.cluster.inject({ type: "crash", member: serving, disk: "keep" });
      world.run(5);
      return got;
    });
    expect(revisions).toEqual([[], [2]]);
  });
});

describe.each(SERVERS)("a slow reader, served by %s", (_, fake) => {
  test("takes one response in so long, and tells the member what it has taken", () => {
    const world = new WatchWorld({}, {}, fake);
    world.client(1).readEveryUs = 500 * MILLISECOND;
    const took = () => world.watches.inputs.filter(({ input }) => input.kind === "consumed").length;
    world.run(1);
    const before = took();
    world.put(6);
    world.run(1.2);
    expect(world.got.length).toBeLessThan(4);
    expect(took() - before).toBe(world.got.length);
    world.settle();
  });

  test("that does not read at all gets all when it does again", () => {
    const world = new WatchWorld({}, {}, fake);
    world.client(1).readEveryUs = -1;
    world.put(3);
    world.run(5);
    expect(world.got).toEqual([]);
    world.client(1).readEveryUs = 0;
    expect(world.revisions).toEqual([2, 3, 4]);
    world.settle();
  });

  test("that is paused gets all when it goes on", () => {
    const world = new WatchWorld({}, {}, fake);
    world.cluster.inject({ type: "client-pause", client: 1 });
    world.put(3);
    world.run(30);
    expect(world.got).toEqual([]);
    world.cluster.inject({ type: "client-resume", client: 1 });
    world.settle();
  });
});

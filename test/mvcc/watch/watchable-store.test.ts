import { describe, expect, test } from "vitest";
import type { WatchCreateRequest } from "../../../src/api/watch-requests.ts";
import { MILLISECOND, NEVER } from "../../../src/base/time.ts";
import { Store } from "../../../src/mvcc/store.ts";
import { CHANNEL_LENGTH } from "../../../src/mvcc/watch/channel.ts";
import { StoreWatchStream } from "../../../src/mvcc/watch/watch-stream.ts";
import { WatchableStore } from "../../../src/mvcc/watch/watchable-store.ts";
import type { StoreWatchResponse } from "../../../src/mvcc/watch/watcher.ts";

const ROUND = 100 * MILLISECOND;
const VALUE = Uint8Array.of(7);

function request(key: string, options: Partial<WatchCreateRequest> = {}): WatchCreateRequest {
  return {
    ...{ key, rangeEnd: "", startRevision: 0, progressNotify: false, filters: [] },
    ...{ prevKv: false, watchId: 0, fragment: false },
    ...options,
  };
}

class World {
  readonly store = new Store();
  readonly moves: (readonly [id: number, group: string, next: number])[] = [];
  readonly hub = new WatchableStore(this.store, ({ id }, group, next) => {
    this.moves.push([id, group, next]);
  });

  /** A stream, and what it has received; `slow`: it receives nothing by itself. */
  stream(slow = false): { stream: StoreWatchStream; received: StoreWatchResponse[] } {
    const received: StoreWatchResponse[] = [];
    const stream = new StoreWatchStream(this.hub, (response) => {
      if (!slow) received.push(response);
      return !slow;
    });
    return { stream, received };
  }

  put(...keys: string[]): void {
    this.store.begin();
    for (const key of keys) this.store.put(key, VALUE, 0n);
    this.store.end();
    this.hub.afterWrite();
  }
}

function revisions({ events }: StoreWatchResponse): number[] {
  return events.map(({ kv }) => kv.modRevision);
}

describe("the watch hub", () => {
  test("says how a watcher falls behind, and what it has not handed it yet", () => {
    const world = new World();
    const { stream } = world.stream(true);
    world.put("k");
    stream.watch(0, request("k", { startRevision: 2 }));
    world.hub.run(ROUND);
    // It began in the past, and is in step now.
    expect(world.moves).toEqual([]);
    // The round's response is in the channel already.
    for (let i = 0; i < CHANNEL_LENGTH; i++) world.put("k");
    const first = CHANNEL_LENGTH + 2;
    expect(world.moves).toEqual([[0, "victim", first]]);
    world.put("k");
    stream.take(ROUND);
    world.hub.run(2 * ROUND);
    // What was kept is in the channel now; of what came after it a round will tell.
    expect(world.moves[1]).toEqual([0, "unsynced", first + 1]);
  });

  test("events of a write are made once and shared", () => {
    const world = new World();
    const [a, b] = [world.stream(), world.stream()];
    for (const { stream } of [a, b]) stream.watch(0, request("k"));
    world.put("k");
    const [first, second] = [a.received[0], b.received[0]];
    expect(first?.events).toHaveLength(1);
    expect(first?.events).toBe(second?.events);
    // Two changes of one transaction: a list for each, the events are the same.
    a.stream.watch(0, request("j", { rangeEnd: "l" }));
    world.put("j", "k");
    expect(a.received[1]?.events[1]).toBe(b.received[1]?.events[0]);
  });

  test("without synced watchers no event is made, and none is owed afterwards", () => {
    const world = new World();
    world.store.eventsSince = () => {
      throw new Error("who wants to know?");
    };
    world.put("a");
    const { stream, received } = world.stream();
    stream.watch(0, request("a"));
    expect(() => world.put("a")).toThrow("who wants to know?");
    expect(received).toEqual([]);
  });

  test("512 watchers a round, those that waited first, and a breath between rounds", () => {
    const world = new World();
    world.put("k");
    const { stream, received } = world.stream();
    for (let i = 0; i < 1200; i++) stream.watch(5, request("k", { startRevision: 1 }));
    expect(world.hub.due()).toBe(ROUND);
    const told: number[] = [];
    for (let now = world.hub.due(); now !== NEVER; now = world.hub.due()) {
      world.hub.run(now);
      told.push(received.length);
      expect(now).toBe(ROUND + (told.length - 1) * MILLISECOND);
    }
    expect(told).toEqual([512, 1024, 1200]);
    expect(received.map(({ watcher }) => watcher?.id)).toEqual(
      Array.from({ length: 1200 }, (_, i) => i),
    );
  });

  test("a watcher with much to read does not keep others from their turn", () => {
    const world = new World();
    for (let i = 0; i < 2500; i++) world.put("k");
    const { stream, received } = world.stream();
    for (let i = 0; i < 513; i++) stream.watch(0, request("k", { startRevision: 1 }));
    world.hub.run(ROUND);
    expect(world.hub.counts).toEqual({ synced: 0, unsynced: 513, victims: 0 });
    // Nobody caught up: the next round is a whole period later.
    expect(world.hub.due()).toBe(2 * ROUND);
    world.hub.run(2 * ROUND);
    expect(
      received
        .slice(512)
        .map(({ watcher }) => watcher?.id)
        .slice(0, 2),
    ).toEqual([512, 0]);
    expect(received[0]?.events).toHaveLength(1000);
    expect(received[0]?.revision).toBe(2501);
  });

  test("a batch goes on where it was cut, whatever was in between", () => {
    const world = new World();
    for (let i = 0; i < 1500; i++) world.put("k", "other");
    const { stream, received } = world.stream();
    stream.watch(0, request("k", { startRevision: 1 }));
    world.hub.run(ROUND);
    world.put("k");
    world.hub.run(2 * ROUND);
    world.put("k");
    expect(received.flatMap(revisions)).toEqual(Array.from({ length: 1502 }, (_, i) => i + 2));
    expect(received.map(({ events }) => events.length)).toEqual([1000, 501, 1]);
  });

  test("a full channel makes victims of its own watchers alone; they go on where they stopped", () => {
    const world = new World();
    const slow = world.stream(true);
    const fast = world.stream();
    for (const { stream } of [slow, fast]) stream.watch(0, request("k"));
    for (let i = 0; i < CHANNEL_LENGTH + 3; i++) world.put("k");
    expect(world.hub.counts).toEqual({ synced: 1, unsynced: 0, victims: 1 });
    expect(fast.received).toHaveLength(CHANNEL_LENGTH + 3);
    expect(world.hub.due()).toBe(NEVER);
    const taken: StoreWatchResponse[] = [];
    const take = (now: number) => {
      const response = slow.stream.take(now);
      if (response !== undefined) taken.push(response);
    };
    take(3 * MILLISECOND);
    expect(world.hub.due()).toBe(10 * MILLISECOND);
    world.hub.run(10 * MILLISECOND);
    // What it held is in the channel now; what it missed comes with the next round.
    expect(world.hub.counts).toEqual({ synced: 1, unsynced: 1, victims: 0 });
    world.hub.run(world.hub.due());
    expect(world.hub.counts).toEqual({ synced: 1, unsynced: 0, victims: 1 });
    for (let i = 0; i < 200; i++) take(ROUND);
    world.hub.run(world.hub.due());
    for (let i = 0; i < 200; i++) take(2 * ROUND);
    expect(world.hub.counts).toEqual({ synced: 2, unsynced: 0, victims: 0 });
    expect(world.hub.due()).toBe(NEVER);
    expect(taken.flatMap(revisions)).toEqual(
      Array.from({ length: CHANNEL_LENGTH + 3 }, (_, i) => i + 2),
    );
  });

  test("a cancelled victim or unsynced watcher leaves nothing behind", () => {
    const world = new World();
    const { stream } = world.stream(true);
    stream.watch(0, request("k"));
    stream.watch(0, request("k", { startRevision: 1 }));
    for (let i = 0; i < CHANNEL_LENGTH + 1; i++) world.put("k");
    expect(world.hub.counts).toEqual({ synced: 0, unsynced: 1, victims: 1 });
    expect([stream.cancel(0), stream.cancel(1), stream.cancel(1)]).toEqual([true, true, false]);
    expect(world.hub.counts).toEqual({ synced: 0, unsynced: 0, victims: 0 });
    stream.take(5);
    world.hub.run(ROUND);
    expect(world.hub.due()).toBe(NEVER);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rootRandom } from "../../../src/base/random.ts";
import { SimClock } from "../../../src/sim/clock.ts";
import {
  Arrival,
  dropReason,
  type Envelope,
  Fate,
  Network,
} from "../../../src/sim/network/network.ts";
import type { LinkOptions } from "../../../src/sim/options.ts";

const DELIVER = 7;
const SENDING = 8;
const CALM: LinkOptions = {
  minUs: 100,
  meanUs: 500,
  maxUs: 5000,
  loss: 0,
  duplicate: 0,
  reorder: 0,
};

interface Delivery {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly message: number;
  readonly copy: number;
}

/** Nodes 1, 2 and 3, and what reached them. */
class World {
  readonly clock = new SimClock<Envelope<number>>();
  readonly network: Network<number>;
  readonly delivered: Delivery[] = [];
  readonly dropped: number[] = [];

  constructor(options: Partial<LinkOptions> = {}, seed = 1) {
    const random = rootRandom(seed).fork("network");
    this.network = new Network(this.clock, random, { ...CALM, ...options }, DELIVER);
    for (const id of [1, 2, 3]) this.network.addNode(id);
  }

  send(from: number, to: number, message: number, type = "MsgApp"): Fate {
    return this.network.send(from, to, type, message, 1000 + message);
  }

  /** Handles everything due up to `until`, then lets time pass to it. */
  run(until = Number.MAX_SAFE_INTEGER - 1): this {
    while (this.clock.peekAt() <= until) this.step();
    if (until < 10 ** 12) this.clock.advanceTo(until);
    return this;
  }

  step(): void {
    const { queue } = this.clock;
    if (!this.clock.next() || queue.payload === null) throw new Error("nothing is due");
    expect(queue.kind).toBe(DELIVER);
    const envelope = queue.payload;
    expect(queue.target).toBe(envelope.to);
    expect(envelope.sendSeq).toBe(1000 + envelope.payload);
    const { from, to, copy, payload: message } = envelope;
    const arrival = this.network.arrives(envelope);
    if (arrival === Arrival.Delivered) {
      this.delivered.push({ at: this.clock.now, from, to, message, copy });
    } else if (arrival === Arrival.Cut) this.dropped.push(message);
  }

  messages(from: number, to: number): number[] {
    return this.delivered
      .filter((each) => each.from === from && each.to === to)
      .map((each) => each.message);
  }
}

function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

describe("a link", () => {
  test("delivers every message once, in order, within its latencies", () => {
    const world = new World();
    const sentAt: number[] = [];
    for (const message of upTo(200)) {
      sentAt.push(world.clock.now);
      expect(world.send(1, 2, message)).toBe(Fate.Sent);
      world.run(world.clock.now + 60);
    }
    world.run();
    expect(world.messages(1, 2)).toEqual(upTo(200));
    for (const { at, message } of world.delivered) {
      expect(at - (sentAt[message] ?? 0)).toBeGreaterThanOrEqual(100);
      expect(at - (sentAt[message] ?? 0)).toBeLessThanOrEqual(5000);
    }
    const times = world.delivered.map((each) => each.at);
    expect(new Set(times).size).toBeGreaterThan(20);
  });

  test("loses and duplicates in the given proportion, and says so at once", () => {
    const world = new World({ loss: 100_000, duplicate: 50_000 });
    const fates = upTo(10_000).map((message) => world.send(1, 2, message));
    const lost = fates.filter((fate) => fate === Fate.Lost).length;
    const doubled = fates.filter((fate) => fate === Fate.Duplicated).length;
    expect(Math.abs(lost - 1000)).toBeLessThan(150);
    expect(Math.abs(doubled - 450)).toBeLessThan(100);
    world.run();
    for (const [message, fate] of fates.entries()) {
      const copies = world.delivered.filter((each) => each.message === message);
      expect(copies.length).toBe(fate === Fate.Lost ? 0 : fate === Fate.Duplicated ? 2 : 1);
      if (fate === Fate.Duplicated) expect(copies.map((each) => each.copy)).toEqual([0, 1]);
    }
    expect(dropReason(Fate.Lost)).toBe("loss");
    expect(dropReason(Fate.Duplicated)).toBe(null);
  });

  test("keeps the order of originals even when it duplicates", () => {
    const world = new World({ duplicate: 300_000 });
    for (const message of upTo(500)) world.send(1, 2, message);
    world.run();
    const originals = world.delivered.filter((each) => each.copy === 0);
    expect(originals.map((each) => each.message)).toEqual(upTo(500));
    // Some duplicate comes after a later message: that is what they are good for.
    const positions = world.delivered.map((each, i) => ({ ...each, i }));
    const stale = positions.some(
      ({ copy, i, message }) =>
        copy === 1 && positions.some((other) => other.i < i && other.message > message),
    );
    expect(stale).toBe(true);
  });

  test("lets messages overtake only where the reorder draw fires", () => {
    const inversions = (reorder: number) => {
      const world = new World({ reorder });
      for (const message of upTo(300)) {
        world.send(1, 2, message);
        world.run(world.clock.now + 20);
      }
      const order = world.run().messages(1, 2);
      expect(order.toSorted((a, b) => a - b)).toEqual(upTo(300));
      return order.filter((message, i) => i > 0 && message < (order[i - 1] ?? 0)).length;
    };
    expect(inversions(0)).toBe(0);
    const few = inversions(30_000);
    expect(few).toBeGreaterThan(0);
    expect(inversions(1_000_000)).toBeGreaterThan(5 * few);
  });

  test("the same seed gives the same fates and times, another seed others", () => {
    const story = (seed: number) => {
      const world = new World({ loss: 50_000, duplicate: 50_000, reorder: 50_000 }, seed);
      for (const message of upTo(200)) world.send(1 + (message % 2), 3, message);
      return world.run().delivered;
    };
    expect(story(5)).toEqual(story(5));
    expect(story(5)).not.toEqual(story(6));
  });

  test("each link has a luck of its own", () => {
    const world = new World({ loss: 500_000 });
    const pairs = [
      [1, 2],
      [1, 3],
      [2, 1],
      [3, 2],
    ] as const;
    const lucks = pairs.map(([from, to]) =>
      upTo(50)
        .map((message) => world.send(from, to, message))
        .join(""),
    );
    expect(new Set(lucks).size).toBe(4);
  });

  test("traffic elsewhere does not change a link's draws", () => {
    const alone = new World({ loss: 200_000, reorder: 500_000 });
    const busy = new World({ loss: 200_000, reorder: 500_000 });
    for (const message of upTo(300)) {
      expect(busy.send(1, 2, message)).toBe(alone.send(1, 2, message));
      busy.send(2, 1, message);
      busy.send(3, 2, message);
    }
    const onLink = (world: World) =>
      world.run().delivered.filter((each) => each.from === 1 && each.to === 2);
    expect(onLink(busy)).toEqual(onLink(alone));
  });

  test("taking one fault out leaves the fate of every other message as it was", () => {
    const fates = (options: Partial<LinkOptions>, skip: number) => {
      const world = new World({ loss: 200_000, ...options });
      if (skip >= 0) world.network.dropNext(1, 2, "any", skip);
      return upTo(300).map((message) => world.send(1, 2, message));
    };
    const plain = fates({}, -1);
    const dropping = fates({}, 10);
    expect(dropping.slice(0, 10)).toEqual(new Array(10).fill(Fate.Lost));
    expect(dropping.slice(10)).toEqual(plain.slice(10));
    const lost = (list: Fate[]) => list.map((fate) => fate === Fate.Lost);
    expect(lost(fates({ duplicate: 300_000 }, -1))).toEqual(lost(plain));
  });

  test("drops the next messages of a type, counted, on one link", () => {
    const world = new World();
    world.network.dropNext(1, 2, "MsgVote", 2);
    expect(world.send(1, 2, 0, "MsgApp")).toBe(Fate.Sent);
    expect(world.send(2, 1, 1, "MsgVote")).toBe(Fate.Sent);
    expect(world.send(1, 2, 2, "MsgVote")).toBe(Fate.Lost);
    expect(world.send(1, 2, 3, "MsgVote")).toBe(Fate.Lost);
    expect(world.send(1, 2, 4, "MsgVote")).toBe(Fate.Sent);
    world.network.dropNext(1, 2, "any", 1);
    expect(world.send(1, 2, 5, "MsgHeartbeat")).toBe(Fate.Lost);
    expect(world.send(1, 2, 6, "MsgHeartbeat")).toBe(Fate.Sent);
    world.network.dropNext(1, 2, "any", 1);
    world.network.heal();
    expect(world.send(1, 2, 7, "MsgApp")).toBe(Fate.Sent);
  });
});

describe("cut links", () => {
  test("nothing passes, one way only, and what was under way is lost", () => {
    const world = new World();
    world.send(1, 2, 0);
    world.network.cutPairs([1], [1, 2]);
    expect(world.network.cutList()).toEqual([[1, 2]]);
    expect(world.network.isCut(1, 2)).toBe(true);
    expect(world.send(1, 2, 1)).toBe(Fate.Cut);
    expect(dropReason(Fate.Cut)).toBe("partition");
    expect(world.send(2, 1, 2)).toBe(Fate.Sent);
    expect(world.send(1, 3, 3)).toBe(Fate.Sent);
    world.run();
    expect(world.dropped).toEqual([0]);
    expect(world.delivered.map((each) => each.message).toSorted()).toEqual([2, 3]);
    world.network.heal();
    expect(world.network.cutList()).toEqual([]);
    expect(world.send(1, 2, 4)).toBe(Fate.Sent);
  });

  test("members in different groups don't hear each other; those in no group form one more", () => {
    const world = new World();
    for (const id of [4, 5]) world.network.addNode(id);
    const all = [1, 2, 3, 4, 5];
    world.network.partition([[1, 2], [3]], all);
    const groups = [[1, 2], [3], [4, 5]];
    const together = (a: number, b: number) =>
      groups.some((group) => group.includes(a) && group.includes(b));
    for (const from of all) {
      for (const to of all) {
        if (from !== to) expect(world.network.isCut(from, to)).toBe(!together(from, to));
      }
    }
    expect(world.network.cutList().length).toBe(16);
    expect(world.network.cutList().slice(0, 4)).toEqual([
      [1, 3],
      [1, 4],
      [1, 5],
      [2, 3],
    ]);
  });

  test("a new partition takes the place of the old one", () => {
    const world = new World();
    world.network.addNode(9);
    world.network.cutPairs([9], [1]);
    world.network.partition([[1]], [1, 2, 3]);
    world.network.partition([[2]], [1, 2, 3]);
    expect(world.network.cutList()).toEqual([
      [1, 2],
      [2, 1],
      [2, 3],
      [3, 2],
      [9, 1],
    ]);
    expect(() => world.network.partition([[1], [1, 2]], [1, 2, 3])).toThrow("one group");
  });
});

describe("messages for one node arrive at another", () => {
  test("from the senders that were named, those under way as well, until all is healed", () => {
    const { network } = new World();
    const envelope = (from: number, to: number) => ({
      ...{ from, to, payload: 0, sendSeq: 0, copy: 0 as const, generation: 0, scheduled: false },
    });
    const underWay = envelope(1, 2);
    expect(network.arrivesAt(underWay)).toBe(2);
    network.misdeliver([1], 2, 3);
    expect(network.arrivesAt(underWay)).toBe(3);
    expect(network.arrivesAt(envelope(3, 2))).toBe(2);
    expect(network.arrivesAt(envelope(2, 1))).toBe(1);
    network.heal();
    expect(network.arrivesAt(underWay)).toBe(2);
  });
});

describe("clogged links", () => {
  test("hold messages and let them go in order", () => {
    const world = new World();
    world.send(1, 2, 0);
    world.network.clog([1], [2]);
    expect(world.network.cloggedList()).toEqual([[1, 2]]);
    world.send(1, 2, 1);
    world.send(1, 3, 2);
    world.run(50_000);
    expect(world.delivered.map((each) => each.message)).toEqual([2]);
    world.network.unclog();
    expect(world.network.cloggedList()).toEqual([]);
    world.send(1, 2, 3);
    world.run();
    expect(world.messages(1, 2)).toEqual([0, 1, 3]);
    expect(world.delivered.find((each) => each.message === 0)?.at).toBe(50_000);
  });

  test("healing unclogs; what was held is lost if the link is cut meanwhile", () => {
    const world = new World();
    world.network.clog([1, 2], [1, 2]);
    world.send(1, 2, 0);
    world.send(2, 1, 1);
    world.run(20_000);
    world.network.unclog();
    world.network.cutPairs([2], [1]);
    world.run();
    expect(world.messages(1, 2)).toEqual([0]);
    expect(world.dropped).toEqual([1]);
    world.network.heal();
    world.send(2, 1, 5);
    world.run();
    expect(world.messages(2, 1)).toEqual([5]);
    world.network.clog([1], [2]);
    world.send(1, 2, 2);
    world.run(40_000);
    world.network.heal();
    world.run();
    expect(world.messages(1, 2)).toEqual([0, 2]);
  });

  test("order and number are kept under any timing of clogs and unclogs", () => {
    const action = fc.oneof(
      { weight: 5, arbitrary: fc.constant("send" as const) },
      { weight: 4, arbitrary: fc.constant("step" as const) },
      { weight: 1, arbitrary: fc.constant("clog" as const) },
      { weight: 1, arbitrary: fc.constant("unclog" as const) },
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200, size: "max" }), fc.boolean(), (list, same) => {
        // With one latency for all, deliveries tie with the moment of unclogging.
        const world = new World(same ? { minUs: 1, meanUs: 1, maxUs: 1 } : {});
        let sent = 0;
        for (const each of list) {
          if (each === "send") world.send(1, 2, sent++);
          else if (each === "clog") world.network.clog([1], [2]);
          else if (each === "unclog") world.network.unclog();
          else if (world.clock.queue.size > 0) world.step();
        }
        world.network.unclog();
        world.run();
        expect(world.messages(1, 2)).toEqual(upTo(sent));
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe("link options", () => {
  test("change for chosen links, for all, and come back with heal", () => {
    const world = new World();
    const slow = { minUs: 90_000, meanUs: 90_000, maxUs: 90_000 };
    world.network.setOptions([1], undefined, slow);
    world.send(1, 2, 0);
    world.send(1, 3, 1);
    world.send(2, 1, 2);
    world.run();
    const at = (message: number) => world.delivered.find((each) => each.message === message)?.at;
    expect([at(0), at(1)]).toEqual([90_000, 90_000]);
    expect(at(2)).toBeLessThan(6000);

    world.network.setOptions(undefined, undefined, { loss: 1_000_000 });
    world.network.addNode(4);
    expect([world.send(1, 2, 3), world.send(4, 1, 4)]).toEqual([Fate.Lost, Fate.Lost]);
    world.network.setOptions([2], [1], { loss: 0 });
    expect([world.send(2, 1, 5), world.send(2, 3, 6)]).toEqual([Fate.Sent, Fate.Lost]);
    const healedAt = world.run().clock.now;
    world.network.heal();
    expect([world.send(1, 2, 7), world.send(4, 1, 8)]).toEqual([Fate.Sent, Fate.Sent]);
    world.run();
    expect((at(7) ?? 0) - healedAt).toBeLessThan(6000);
    world.network.addNode(5);
    expect(world.send(5, 1, 9)).toBe(Fate.Sent);
  });

  test("impossible ones are refused", () => {
    const { network } = new World();
    expect(() => network.setOptions([1], [2], { minUs: 10_000 })).toThrow("min <= mean <= max");
    expect(() => network.setOptions(undefined, undefined, { loss: 1_000_001 })).toThrow("ppm");
  });
});

describe("nodes", () => {
  test("ids far apart have links of their own, and those made before stay", () => {
    const world = new World();
    world.network.cutPairs([1], [2]);
    world.send(2, 3, 0);
    for (const id of [70, 700, 700]) world.network.addNode(id);
    expect(world.network.isCut(1, 2)).toBe(true);
    expect(world.send(700, 70, 1)).toBe(Fate.Sent);
    world.network.cutPairs([70], [700]);
    expect(world.network.cutList()).toEqual([
      [1, 2],
      [70, 700],
    ]);
    world.run();
    expect(world.messages(700, 70)).toEqual([1]);
    expect(world.messages(2, 3)).toEqual([0]);
  });

  test("the unknown and the self are refused", () => {
    const world = new World();
    expect(() => world.send(1, 6, 0)).toThrow("known");
    expect(() => world.send(1, 60, 0)).toThrow("known");
    expect(() => world.send(1, 1, 0)).toThrow("itself");
    expect(() => world.network.addNode(1024)).toThrow("node id");
  });
});

describe("the world's clock", () => {
  test("stands still while an event is handled and never runs back", () => {
    const clock = new SimClock<string>();
    clock.at(10, SENDING, 1, "a");
    const id = clock.at(10, SENDING, 2, "b");
    clock.at(20, SENDING, 3, "c");
    expect(clock.cancel(id)).toBe(true);
    clock.advanceTo(9);
    expect(clock.now).toBe(9);
    expect(() => clock.advanceTo(11)).toThrow("jumped");
    expect(clock.next()).toBe(true);
    expect([clock.now, clock.queue.payload, clock.peekAt()]).toEqual([10, "a", 20]);
    expect(() => clock.at(9, SENDING, 1, "late")).toThrow("past");
    clock.at(10, SENDING, 1, "now");
    clock.next();
    expect([clock.now, clock.queue.payload]).toEqual([10, "now"]);
    clock.next();
    expect([clock.next(), clock.now]).toEqual([false, 20]);
  });
});

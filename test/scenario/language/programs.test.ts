import { describe, expect, test } from "vitest";
import { op } from "../../../src/api/build.ts";
import { SECOND } from "../../../src/base/time.ts";
import { PROGRAM_INVARIANTS } from "../../../src/scenario/run/programs/invariants.ts";
import type { Judged } from "../../../src/scenario/run/programs/program.ts";
import { writesBelow } from "../../../src/scenario/run/programs/written-keys.ts";
import type { World } from "../../../src/scenario/run/world.ts";
import { TRAFFIC_KINDS } from "../../../src/sim/workloads/traffic/traffic.ts";
import { complaints, smallRun } from "./small-run.ts";

const DONE = "when: clients done";

function judged({ cluster }: World): Judged {
  return { cluster, members: cluster.memberIds() };
}

function finish(world: World): string[] {
  return world.clients.programs.finish(judged(world)).map((each) => each.invariant);
}

/** All that is wrong is that somebody other than the program did something, without being seen. */
function unseen(world: World, request: ReturnType<typeof op.put> | ReturnType<typeof op.delete>) {
  world.cluster.client(9).call(request, () => undefined);
  world.cluster.runUntil(world.cluster.now + SECOND);
}

describe("a bank", () => {
  const steps = ["bank: { name: b, clients: [1, 2], transfers: 5, every: 1ms }", DONE];

  test("keeps its total", () => {
    expect(finish(smallRun(steps, { expect: ["sum kept: b"] }).world)).toEqual([]);
  });

  test("whose total is another was wronged", () => {
    const { world } = smallRun(steps);
    unseen(world, op.put("b/0", "1"));
    expect(world.clients.programs.finish(judged(world))).toEqual([
      { invariant: "bank-total", text: expect.stringMatching(/^the bank b holds \d+ on member 1/) },
    ]);
  });

  test("is not judged where a step wrote to its accounts", () => {
    const { world } = smallRun([...steps, "put: { key: b/0, value: 1 }", "when: nothing pending"]);
    expect(finish(world)).toEqual([]);
  });

  test("has its name to itself", () => {
    const bank = "bank: { name: b, clients: [1] }";
    expect(complaints(bank, bank)).toEqual(['there is a bank "b" already']);
    expect(complaints("bank: { name: b, clients: [1, 1] }")).toEqual(["a client is listed twice"]);
  });
});

describe("a queue", () => {
  const steps = ["queue: { name: q, producers: [1, 2], consumers: [3, 4], items: 5 }", DONE];

  test("gives each item to one consumer", () => {
    const { world } = smallRun(steps, { expect: ["queue kept: q"] });
    expect(finish(world)).toEqual([]);
    expect(world.clients.programs.queues.get("q")?.workers.taken).toHaveLength(10);
  });

  test("shows what was taken twice, and what is gone", () => {
    const { world } = smallRun(steps);
    const queue = world.clients.programs.queues.get("q")?.workers;
    const first = queue?.taken[0] as string;
    queue?.taken.push(first);
    queue?.sent.push("c1.99");
    const text = world.clients.programs.finish(judged(world)).map((each) => each.text);
    expect(text).toEqual([
      `two consumers took item ${first} of the queue q`,
      "nobody took item c1.99, and member 1 does not have it, of the queue q",
    ]);
    expect(finish(world)).toEqual(["queue-once", "queue-once"]);
  });

  test("whose consumer stands still while it claims an item is no violation", () => {
    const { world } = smallRun(steps);
    const queue = world.clients.programs.queues.get("q")?.workers;
    queue?.sent.push("c1.99");
    if (queue !== undefined) queue.claiming = 1;
    expect(finish(world)).toEqual([]);
  });

  test("survives a crash of the leader", () => {
    const crashed = [steps[0] as string, "after: 50ms\n    crash: leader", DONE];
    expect(finish(smallRun(crashed, { expect: ["queue kept: q"] }).world)).toEqual([]);
  });
});

describe("a mirror", () => {
  const steps = [
    "mirror: { prefix: k, as: M, client: 2 }",
    "traffic: { clients: [1], count: 50, every: 1ms }",
    DONE,
    "after: 100ms",
  ];

  test("holds what the store held at its revision", () => {
    const { world } = smallRun(steps, { expect: ["mirror equal: M"] });
    expect(finish(world)).toEqual([]);
    const mirror = world.clients.programs.mirrors.get("M");
    mirror?.workers.entries.set("k0", "x");
    expect(finish(world)).toEqual(["mirror-equal"]);
    mirror?.workers.entries.delete("k0");
    mirror?.workers.entries.set("kx", "x");
    expect(finish(world)).toEqual(["mirror-equal"]);
  });

  test("that is behind is right all the same", () => {
    const cut = [steps[0] as string, "after: 20ms\n    cut-client: { client: 2, from: all }"];
    const { world } = smallRun([...cut, ...steps.slice(1)]);
    expect(finish(world)).toEqual([]);
    const mirror = world.clients.programs.mirrors.get("M");
    expect(mirror?.differenceNow(world.cluster, 1)).toMatch(/^lacks k/);
  });
});

describe("an expectation about programs that is false", () => {
  const queue = "queue: { name: q, producers: [1], consumers: [2], items: 3, every: 1ms }";
  const lost = [queue, "pause-client: 2", "after: 100ms\n    delete: { key: q/* }", "after: 50ms"];

  test.each([
    ["queue kept: q", lost, "nobody took item c1.1 and 2 others, and member 1 does not have it,"],
    [
      "mirror equal: M",
      ["cut-client: { client: 2, from: all }", "mirror: { prefix: k, client: 2, as: M }"],
      "M lacks k=1; it is at revision 0",
    ],
    ["traffic at least: { T: 3 }", ["traffic: { clients: [1], count: 2, as: T }"], "T: 2, and 0"],
  ])("%s", (expectation, steps, found) => {
    const all = [...steps, "put: { key: k, value: 1 }", "after: 100ms"];
    expect(() => smallRun(all, { expect: [expectation] })).toThrow(found);
  });
});

test("a lock is taken in rounds", () => {
  const lock = "lock: { name: l, hold: 10ms, rounds: 3, write: put a=1 }";
  smallRun([lock, "when: nothing pending"], { expect: ["held: { l: [1, 1, 1] }"] });
  expect(complaints("lock: { name: l, rounds: 3 }")).toEqual([
    "rounds end by giving the lock back: say when, with `hold`",
  ]);
});

describe("traffic", () => {
  test.each(TRAFFIC_KINDS)("of %s does what was asked for", (kind) => {
    const traffic = `traffic: { clients: [1, 2, 3], of: ${kind}, count: 60, every: 1ms }`;
    smallRun([traffic, DONE], { expect: ["traffic at least: { traffic: 175 }"] });
  });

  test("that is open does not wait, and goes on through a crash", () => {
    const traffic = "traffic: { clients: [1, 2], count: 100, every: 2ms, open: true, as: T }";
    const { world } = smallRun([traffic, "after: 50ms\n    crash: leader", DONE], {
      expect: ["traffic at least: { T: 50 }"],
    });
    expect(world.clients.programs.traffic.get("T")?.workers.failures).toBeGreaterThan(0);
  });

  test("is drawn from the seed, the name and the client alone", () => {
    const sent = (steps: readonly string[]) =>
      smallRun([...steps, DONE])
        .events.flatMap((event) =>
          event.kind === "invoke" && event.client === 1 ? [event.request] : [],
        )
        .filter(({ type }) => type === "put" || type === "delete");
    const one = "traffic: { clients: [1], of: register, count: 40, every: 1ms, as: T }";
    const both = "traffic: { clients: [1, 2], of: register, count: 40, every: 1ms, as: T }";
    expect(sent([one])).toEqual(sent([both]));
    expect(sent([one])).not.toEqual(sent([one.replace("as: T", "as: U")]));
  });

  test.each([
    [
      "clients: [1], of: bank",
      "expected one of register, set, append, multi-txn, kubernetes, mixed",
    ],
    ["clients: []", "traffic is made by clients"],
    ["clients: [1], every: 0s, open: true", "without waiting for answers all would come at once"],
  ])("of %s is refused", (input, text) => {
    expect(complaints(`traffic: { ${input} }`)).toEqual([expect.stringContaining(text)]);
  });

  test("of one name is there once", () => {
    const traffic = "traffic: { clients: [1] }";
    expect(complaints(traffic, traffic)).toEqual(['step 3 has something called "traffic" already']);
  });
});

test("a request that may write below a prefix", () => {
  const writes = [
    op.put("b/1", "x"),
    op.delete("b/1"),
    op.delete("a", { rangeEnd: "c" }),
    op.delete("b/5", { rangeEnd: "\0" }),
    op.delete("\0", { rangeEnd: "\0" }),
    op.txn([], [], [op.txn([], [op.put("b/1", "x")])]),
  ];
  const others = [
    op.put("b", "x"),
    op.delete("a", { rangeEnd: "b/" }),
    op.delete("c", { rangeEnd: "\0" }),
    op.get("b/1"),
  ];
  expect(writes.map((request) => writesBelow(request, "b/"))).not.toContain(false);
  expect(others.map((request) => writesBelow(request, "b/"))).not.toContain(true);
});

test("the invariants are named", () => {
  expect(PROGRAM_INVARIANTS).toEqual(["bank-total", "queue-once", "mirror-equal"]);
});

import { describe, expect, test } from "vitest";
import { DataMonitor } from "../../../src/check/data-monitor.ts";
import { FAILED_WRITES, FailedWrites } from "../../../src/check/durability/failed-writes.ts";
import type { ClientOp, InvokeEvent } from "../../../src/trace/events.ts";
import { put, Tale } from "../tale.ts";

const PUT: ClientOp = { type: "put", key: "k", value: "v" };
const TXN: ClientOp = {
  type: "call",
  method: "txn",
  writes: true,
  puts: [
    { key: "k", value: "v" },
    { key: "k", value: "v" },
    { key: "l", value: "w" },
  ],
};

const written = (tale: Tale): Tale => tale.change([1, 2], 2, 2, put("k", "v", 2));
const rules = (tale: Tale): string[] =>
  tale.play(new DataMonitor({ only: [FAILED_WRITES] })).violations.map(({ text }) => text);

/** Operations are asked for, the key is written, and they end so. */
function ends(outcomes: readonly string[], request = PUT): Tale {
  const tale = new Tale().boot([1, 2]).apply([1, 2], 1, 1);
  const ops = outcomes.map(() => tale.invoke(request));
  written(tale);
  for (const [i, op] of ops.entries()) tale.complete(op, null, outcomes[i]);
  return tale;
}

describe("a write", () => {
  test.each([
    [["ok"]],
    [["ambiguous"]],
    [["fail", "ok"]],
    [["ok", "fail"]],
    [["fail", "ambiguous"]],
    [["ambiguous", "fail"]],
  ])("is well where operations end %j", (outcomes) => {
    expect(rules(ends(outcomes))).toEqual([]);
  });

  test("that all failed who asked for it is not", () => {
    for (const request of [PUT, TXN]) {
      const [text, ...more] = rules(ends(["fail", "fail"], request));
      expect(text).toMatch(/^"k" held "v" by revision 2, though all who asked .* failed, the last/);
      expect(more).toEqual([]);
    }
  });

  test("that comes after they failed is not", () => {
    const tale = new Tale().boot([1, 2]).apply([1, 2], 1, 1);
    tale.complete(tale.invoke(PUT), null, "fail");
    expect(rules(written(tale))).toHaveLength(1);
  });

  test("that may be another's, in doubt since long ago, is well", () => {
    const tale = new Tale().boot([1, 2]).apply([1, 2], 1, 1);
    tale.complete(tale.invoke(PUT), null, "ambiguous");
    const op = tale.invoke(PUT);
    written(tale).complete(op, null, "fail");
    expect(rules(tale)).toEqual([]);
  });

  test("by nobody who is known is none of its business", () => {
    expect(rules(written(new Tale().boot([1, 2]).apply([1, 2], 1, 1)))).toEqual([]);
  });
});

test("what happened is forgotten, and what failed but for the latest", () => {
  const writes = new FailedWrites(() => undefined);
  const ask = (op: number) =>
    writes.invoked({ op, request: { type: "put", key: "k", value: `${op}` } } as InvokeEvent);
  const end = (op: number, outcome: "ok" | "fail") =>
    writes.completed({ op, outcome, at: 0, seq: 1 } as never);
  for (let op = 1; op <= 3000; op++) {
    ask(op);
    end(op, "ok");
  }
  expect(writes.size).toBe(0);
  for (let op = 1; op <= 3000; op++) {
    ask(op);
    end(op, "fail");
  }
  expect(writes.size).toBe(1000);
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mistakesOf } from "../../src/museum/switches.ts";
import { Inflights } from "../../src/raft/tracker/inflights.ts";

const command = fc.oneof(
  fc.record({ do: fc.constant("add" as const), bytes: fc.nat({ max: 40 }) }),
  fc.record({ do: fc.constant("free" as const), back: fc.nat({ max: 12 }) }),
  fc.record({ do: fc.constant("reset" as const) }),
  fc.record({ do: fc.constant("clone" as const) }),
);

describe("the window of appends in flight", () => {
  it("behaves like a plain list", () => {
    const limits = fc.record({
      messages: fc.integer({ min: 1, max: 9 }),
      bytes: fc.constantFrom(0, 50),
    });
    fc.assert(
      fc.property(limits, fc.array(command, { maxLength: 80 }), (max, commands) => {
        let window = new Inflights(max.messages, max.bytes);
        let model: { index: number; bytes: number }[] = [];
        let next = 1;
        for (const each of commands) {
          const total = model.reduce((sum, { bytes }) => sum + bytes, 0);
          const full = model.length === max.messages || (max.bytes > 0 && total >= max.bytes);
          expect([window.count, window.bytes, window.full()]).toEqual([model.length, total, full]);
          if (each.do === "add") {
            if (full) {
              expect(() => window.add(next, each.bytes)).toThrow(
                "cannot add into a Full inflights",
              );
              continue;
            }
            window.add(next, each.bytes);
            model.push({ index: next, bytes: each.bytes });
            next += 2;
          } else if (each.do === "free") {
            window.freeUpTo(next - each.back);
            model = model.filter(({ index }) => index > next - each.back);
          } else if (each.do === "reset") {
            window.reset();
            model = [];
          } else {
            const original = window;
            window = window.clone();
            original.reset();
          }
        }
      }),
      { seed: 8, numRuns: 300 },
    );
  });

  it("grows with what is in flight, however large its limit", () => {
    const window = new Inflights(2 ** 31 - 1, 0);
    for (let i = 1; i <= 1000; i++) window.add(i, 1);
    window.freeUpTo(600);
    expect([window.count, window.bytes, window.full()]).toEqual([400, 400, false]);
  });

  it("is full in bytes only after the message that reaches the limit (museum R33 leaks them)", () => {
    const window = new Inflights(10, 100);
    window.add(1, 99);
    expect(window.full()).toBe(false);
    window.add(2, 1000);
    expect(window.full()).toBe(true);
    window.reset();
    expect(window.full()).toBe(false);
    const leaking = new Inflights(10, 100, mistakesOf(["R33"]));
    leaking.add(1, 200);
    leaking.reset();
    expect(leaking.full()).toBe(true);
  });
});

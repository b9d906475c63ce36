import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventQueue } from "../../src/base/event-queue.ts";
import { NEVER } from "../../src/base/time.ts";

type Step =
  | { readonly do: "push"; readonly at: number }
  | { readonly do: "pop" }
  | { readonly do: "cancel"; readonly pick: number }
  | { readonly do: "clear" };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 200, arbitrary: fc.record({ do: fc.constant("push" as const), at: fc.nat(50) }) },
    { weight: 60, arbitrary: fc.record({ do: fc.constant("pop" as const) }) },
    { weight: 140, arbitrary: fc.record({ do: fc.constant("cancel" as const), pick: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("clear" as const) }) },
  ),
  { maxLength: 600, size: "max" },
);

/** The queue as a list that is searched for the earliest event each time. */
class NaiveQueue {
  list: { at: number; sequence: number; payload: object }[] = [];
  private sequence = 0;

  push(at: number, payload: object): void {
    this.list.push({ at, sequence: this.sequence++, payload });
  }

  pop(): { at: number; payload: object } | undefined {
    this.list.sort((a, b) => a.at - b.at || a.sequence - b.sequence);
    return this.list.shift();
  }

  cancel(payload: object): boolean {
    const before = this.list.length;
    this.list = this.list.filter((each) => each.payload !== payload);
    return this.list.length < before;
  }
}

describe("the event queue", () => {
  test("agrees with a naive list under any order of pushes, pops, cancels and clears", () => {
    fc.assert(
      fc.property(steps, (list) => {
        const queue = new EventQueue<object>();
        const naive = new NaiveQueue();
        const pushed: { id: number; payload: object }[] = [];
        for (const step of list) {
          if (step.do === "push") {
            const payload = { number: pushed.length };
            naive.push(step.at, payload);
            const id = queue.push(step.at, step.at % 3, pushed.length, payload);
            pushed.push({ id, payload });
          } else if (step.do === "pop") {
            const expected = naive.pop();
            expect(queue.pop()).toBe(expected !== undefined);
            expect(queue.payload).toBe(expected?.payload ?? null);
            if (expected !== undefined) {
              expect(queue.at).toBe(expected.at);
              expect(queue.kind).toBe(expected.at % 3);
              expect(pushed[queue.target]?.payload).toBe(expected.payload);
            }
          } else if (step.do === "cancel" && pushed.length > 0) {
            const { id, payload } = pushed[step.pick % pushed.length] as (typeof pushed)[0];
            expect(queue.cancel(id)).toBe(naive.cancel(payload));
          } else if (step.do === "clear") {
            queue.clear();
            naive.list = [];
          }
          expect(queue.size).toBe(naive.list.length);
          const times = naive.list.map((each) => each.at);
          expect(queue.peekAt()).toBe(times.length === 0 ? NEVER : Math.min(...times));
        }
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  test("events of one instant come in the order of pushing", () => {
    const queue = new EventQueue<null>();
    for (let i = 0; i < 100; i++) queue.push(5, 0, i, null);
    for (let i = 0; i < 100; i++) {
      queue.pop();
      expect(queue.target).toBe(i);
    }
  });

  test("orders thousands of events with far-off times", () => {
    const queue = new EventQueue<null>();
    const times = Array.from({ length: 5000 }, (_, i) => ((i * 7919) % 5000) + 2 ** 50);
    for (const at of times) queue.push(at, 0, 0, null);
    const popped: number[] = [];
    while (queue.pop()) popped.push(queue.at);
    expect(popped).toEqual(times.toSorted((a, b) => a - b));
  });

  test("an id never names a later event in the same slot", () => {
    const queue = new EventQueue<null>();
    const first = queue.push(1, 0, 0, null);
    queue.pop();
    const second = queue.push(1, 0, 0, null);
    expect(second).not.toBe(first);
    expect(queue.cancel(first)).toBe(false);
    expect(queue.size).toBe(1);
    expect(queue.cancel(second)).toBe(true);
    expect(queue.cancel(second)).toBe(false);
    expect(queue.cancel(0)).toBe(false);
    expect(queue.pop()).toBe(false);
  });

  test("a timer set anew a million times does not fill the heap", () => {
    const queue = new EventQueue<null>();
    for (let i = 0; i < 10; i++) queue.push(i, 0, i, null);
    let timer = queue.push(1_000_000, 1, 0, null);
    for (let i = 1; i < 1_000_000; i++) {
      queue.cancel(timer);
      timer = queue.push(1_000_000 + i, 1, 0, null);
    }
    // If the dead were kept, this would run into the limit of 2^20 slots.
    for (let i = 0; i < 100_000; i++) {
      queue.cancel(timer);
      timer = queue.push(3_000_000, 1, 0, null);
    }
    expect(queue.size).toBe(11);
    const kinds: number[] = [];
    while (queue.pop()) kinds.push(queue.kind);
    expect(kinds).toEqual([...new Array(10).fill(0), 1]);
  });

  test("a popped payload is let go of, so that it can be collected", () => {
    const queue = new EventQueue<object>();
    queue.push(1, 0, 0, {});
    queue.pop();
    expect(queue.payload).not.toBe(null);
    queue.pop();
    expect(queue.payload).toBe(null);
  });

  test("impossible times and kinds are refused", () => {
    const queue = new EventQueue<null>();
    expect(() => queue.push(-1, 0, 0, null)).toThrow("instant");
    expect(() => queue.push(Number.NaN, 0, 0, null)).toThrow("instant");
    expect(() => queue.push(1, -1, 0, null)).toThrow("kinds");
  });
});

import { test as property } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect } from "vitest";
import { NEVER } from "../../src/base/time.ts";
import { Timer, TimerHeap } from "../../src/base/timer-heap.ts";

const COUNT = 40;
const which = fc.nat(COUNT - 1);
const change = fc.oneof(
  { weight: 1, arbitrary: fc.record({ which, at: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.record({ which, at: fc.constant(NEVER) }) },
);

describe("a heap of timers", () => {
  const filled = fc.array(fc.nat(1000), { minLength: COUNT, maxLength: COUNT });

  property.prop([filled, fc.array(change, { maxLength: 60 })], { seed: 11, numRuns: 2000 })(
    "gives them out by time, then by order, however they were moved and cancelled",
    (times, changes) => {
      const timers = Array.from({ length: COUNT }, (_, order) => new Timer(order, order));
      const heap = new TimerHeap<number>();
      for (const [n, at] of times.entries()) heap.set(timers[n] as Timer<number>, at);
      for (const { which, at } of changes) {
        const timer = timers[which] as Timer<number>;
        if (at === NEVER) heap.cancel(timer);
        else heap.set(timer, at);
      }
      const set = timers.filter((timer) => timer.at !== NEVER);
      expect(heap.size).toBe(set.length);
      const sorted = set.sort((a, b) => a.at - b.at || a.order - b.order).map((t) => t.owner);
      const taken: number[] = [];
      while (heap.size > 0) {
        expect(heap.next).toBe(heap.first().at);
        taken.push(heap.first().owner);
        heap.cancel(heap.first());
      }
      expect(heap.next).toBe(NEVER);
      expect(taken).toEqual(sorted);
    },
  );
});

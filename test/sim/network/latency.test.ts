import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rootRandom } from "../../../src/base/random.ts";
import { drawLatency, exponential } from "../../../src/sim/network/latency.ts";

const draw = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe("latencies", () => {
  test("the integer logarithm is Math.log's to 16 bits", () => {
    fc.assert(
      fc.property(fc.oneof(draw, fc.integer({ min: 1, max: 5000 })), (x) => {
        fc.pre(x > 0);
        expect(Math.abs(exponential(x) - -Math.log(x / 2 ** 32) * 65536)).toBeLessThan(4);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  test("it falls as the draw grows, from 22.18 to nothing, without a gap at the powers of two", () => {
    expect(exponential(0)).toBe(exponential(1));
    expect(exponential(1) / 65536).toBeCloseTo(22.1807, 3);
    expect(exponential(2 ** 32 - 1)).toBeLessThanOrEqual(1);
    for (let power = 1; power < 32; power++) {
      for (const x of [2 ** power - 1, 2 ** power]) {
        expect(exponential(x + 1)).toBeLessThanOrEqual(exponential(x) + 2);
      }
    }
  });

  test("some values never change: saved seeds must go on meaning the same run", () => {
    const draws = [1, 1000, 2 ** 20 + 1, 2 ** 31, 3 * 2 ** 30, 2 ** 32 - 2 ** 20];
    expect(draws.map(exponential)).toMatchInlineSnapshot(`
      [
        1453632,
        1000926,
        545112,
        45426,
        18853,
        16,
      ]
    `);
    expect(draws.map((x) => drawLatency(100, 500, 3000, x))).toMatchInlineSnapshot(`
      [
        3000,
        3000,
        3000,
        377,
        215,
        100,
      ]
    `);
  });

  test("the mean is the one asked for, and a share of 1/e takes longer than the mean", () => {
    const random = rootRandom(1);
    let sum = 0;
    let longer = 0;
    for (let i = 0; i < 100_000; i++) {
      const latency = drawLatency(1000, 3000, 1_000_000, random.uint32());
      sum += latency;
      if (latency - 1000 > 2000) longer++;
    }
    expect(Math.abs(sum / 100_000 - 3000)).toBeLessThan(30);
    expect(Math.abs(longer / 100_000 - Math.exp(-1))).toBeLessThan(0.01);
  });

  test("a latency is an integer between its bounds", () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.nat(10 ** 9), fc.nat(10 ** 9), fc.nat(10 ** 9)),
        fc.oneof(draw, fc.nat(100)),
        (bounds, x) => {
          const [min, mean, max] = bounds.toSorted((a, b) => a - b) as [number, number, number];
          const latency = drawLatency(min, mean, max, x);
          expect(Number.isSafeInteger(latency)).toBe(true);
          expect(latency).toBeGreaterThanOrEqual(min);
          expect(latency).toBeLessThanOrEqual(max);
        },
      ),
      { seed: 2, numRuns: 1000 },
    );
  });

  test("a constant latency is constant", () => {
    expect(drawLatency(700, 700, 700, 0)).toBe(700);
    expect(drawLatency(700, 700, 9000, 12345)).toBe(700);
  });

  test("impossible bounds are refused", () => {
    expect(() => drawLatency(2, 1, 3, 0)).toThrow("min <= mean <= max");
    expect(() => drawLatency(1, 4, 3, 0)).toThrow("min <= mean <= max");
    expect(() => drawLatency(-1, 4, 5, 0)).toThrow("min <= mean <= max");
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rootRandom } from "../../src/base/random.ts";
import { count, unevenness } from "../support/statistics.ts";

function take(n: number, draw: () => number): number[] {
  return Array.from({ length: n }, draw);
}

describe("streams of chance", () => {
  test("the same seed gives the same stream, another seed another", () => {
    const stream = (seed: number) => {
      const random = rootRandom(seed);
      return take(50, () => random.uint32());
    };
    expect(stream(42)).toEqual(stream(42));
    expect(stream(42)).not.toEqual(stream(43));
  });

  test("the first draws of seed 42 never change: saved seeds must go on meaning the same run", () => {
    const random = rootRandom(42).fork("network").fork("1→2");
    expect(random.path).toBe("42/network/1→2");
    expect(take(4, () => random.uint32())).toMatchInlineSnapshot(`
      [
        3766905867,
        3723809558,
        1431307837,
        1387296228,
      ]
    `);
  });

  test("reseeding makes other streams of the root and of all forks, old and new, whatever they drew", () => {
    const draws = (reseed: number | null, drawn: number) => {
      const root = rootRandom(7);
      const early = root.fork("a").fork("b");
      for (let i = 0; i < drawn; i++) early.uint32();
      if (reseed !== null) root.reseed(reseed);
      const streams = [root, early, root.fork("a").fork("c"), early.fork("d")];
      return streams.map((random) => ({
        path: random.path,
        drawn: take(20, () => random.uint32()),
        below: random.below(1_000_000_007),
      }));
    };
    const [plain, one, two] = [draws(null, 0), draws(1, 0), draws(2, 0)];
    for (const [i, stream] of one.entries()) {
      expect(stream.path).toBe(plain[i]?.path);
      expect(stream.drawn).not.toEqual(plain[i]?.drawn);
      expect(stream.drawn).not.toEqual(two[i]?.drawn);
    }
    expect(draws(1, 5)).toEqual(one);
    // Twice is as good as once, and the other root of the same seed knows nothing of it.
    const root = rootRandom(7);
    root.reseed(2);
    root.reseed(1);
    expect(take(20, () => root.uint32())).toEqual(one[0]?.drawn);
    expect(draws(null, 0)).toEqual(plain);
  });

  test("a fork depends on the path alone, not on what was drawn before or from siblings", () => {
    const untouched = rootRandom(7).fork("a").fork("b");
    const root = rootRandom(7);
    root.uint32();
    const a = root.fork("a");
    a.below(10);
    root.fork("c").uint32();
    const b = a.fork("b");
    expect(take(20, () => b.uint32())).toEqual(take(20, () => untouched.uint32()));
  });

  test("forks with different names are different streams", () => {
    const root = rootRandom(7);
    const firsts = new Set(take(1000, () => 0).map((_, i) => root.fork(`${i}`).uint32()));
    expect(firsts.size).toBeGreaterThan(998);
  });

  test.each([1, 2, 3, 7, 10, 16, 1000])("below(%i) is even and within bounds", (n) => {
    const random = rootRandom(n);
    const counts = new Array<number>(n).fill(0);
    const draws = 200 * n;
    for (let i = 0; i < draws; i++) count(counts, random.below(n));
    expect(counts.reduce((a, b) => a + b)).toBe(draws);
    expect(unevenness(counts)).toBeLessThan(5);
  });

  test("below is not biased where n does not divide 2^32 by far", () => {
    // Without redrawing, results below 2^30 would come up half as often again as the others.
    const n = 3 * 2 ** 30;
    const random = rootRandom(1);
    let low = 0;
    for (let i = 0; i < 30_000; i++) if (random.below(n) < 2 ** 30) low++;
    expect(Math.abs(low - 10_000)).toBeLessThan(500);
  });

  test("below takes the whole of 32 bits", () => {
    const one = rootRandom(3);
    const other = rootRandom(3);
    expect(take(20, () => one.below(2 ** 32))).toEqual(take(20, () => other.uint32()));
  });

  test.each([0, -1, 1.5, 2 ** 32 + 1, Number.NaN])("below(%d) is refused", (n) => {
    expect(() => rootRandom(1).below(n)).toThrow("below");
  });

  test("between includes both ends", () => {
    const random = rootRandom(5);
    expect(new Set(take(200, () => random.between(-2, 2)))).toEqual(new Set([-2, -1, 0, 1, 2]));
    expect(random.between(9, 9)).toBe(9);
    expect(() => random.between(2, 1)).toThrow("between");
  });

  test("chance comes true in the given parts per million", () => {
    const random = rootRandom(11);
    const hits = take(100_000, () => (random.chance(250_000) ? 1 : 0)).filter(Boolean).length;
    expect(Math.abs(hits - 25_000)).toBeLessThan(700);
    expect(take(100, () => (random.chance(0) ? 1 : 0))).not.toContain(1);
    expect(take(100, () => (random.chance(1_000_000) ? 1 : 0))).not.toContain(0);
  });

  test("changing a probability does not shift later draws", () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(1_000_000), fc.nat(1_000_000), (seed, p, q) => {
        const one = rootRandom(seed);
        const other = rootRandom(seed);
        one.chance(p);
        other.chance(q);
        expect(one.uint32()).toBe(other.uint32());
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test("pick reaches every element and refuses an empty list", () => {
    const random = rootRandom(2);
    const picked = new Set(Array.from({ length: 100 }, () => random.pick(["a", "b", "c"])));
    expect(picked).toEqual(new Set(["a", "b", "c"]));
    expect(() => random.pick([])).toThrow("non-empty");
  });

  test("a seed is a safe integer", () => {
    expect(() => rootRandom(0.5)).toThrow("seed");
    expect(() => rootRandom(2 ** 53)).toThrow("seed");
  });
});

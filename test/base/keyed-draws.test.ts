import { describe, expect, test } from "vitest";
import { KeyedDraws } from "../../src/base/keyed-draws.ts";
import { rootRandom } from "../../src/base/random.ts";
import { count, unevenness } from "../support/statistics.ts";

const draws = new KeyedDraws(rootRandom(1).fork("keyed"));

describe("keyed draws", () => {
  test("a draw depends on key, number and salt alone", () => {
    const again = new KeyedDraws(rootRandom(1).fork("keyed"));
    expect(again.draw(17, 3)).toBe(draws.draw(17, 3));
    for (let n = 0; n < 100; n++) again.draw(n, 0);
    expect(again.draw(17, 3)).toBe(draws.draw(17, 3));
    const other = new KeyedDraws(rootRandom(1).fork("other"));
    expect(other.draw(17, 3)).not.toBe(draws.draw(17, 3));
    expect(draws.draw(17, 2)).not.toBe(draws.draw(17, 3));
    expect(draws.draw(16, 3)).not.toBe(draws.draw(17, 3));
  });

  test("no two of consecutive numbers share a draw more often than chance has it", () => {
    const seen = new Set<number>();
    for (let n = 0; n < 20_000; n++)
      for (let salt = 0; salt < 5; salt++) seen.add(draws.draw(n, salt));
    // 10^5 draws of 2^32: 1.16 collisions expected.
    expect(seen.size).toBeGreaterThan(100_000 - 10);
  });

  test.each([0, 8, 16, 24])(
    "the byte at bit %i is evenly distributed over message numbers",
    (shift) => {
      for (let salt = 0; salt < 5; salt++) {
        const counts = new Array<number>(256).fill(0);
        for (let n = 0; n < 25_600; n++) count(counts, (draws.draw(n, salt) >>> shift) & 255);
        expect(unevenness(counts)).toBeLessThan(5);
      }
    },
  );

  test("neighbours in number and in salt are independent: their joint high bits are even", () => {
    const byNumber = new Array<number>(256).fill(0);
    const bySalt = new Array<number>(256).fill(0);
    for (let n = 0; n < 25_600; n++) {
      const high = draws.draw(n, 0) >>> 28;
      count(byNumber, (high << 4) | (draws.draw(n + 1, 0) >>> 28));
      count(bySalt, (high << 4) | (draws.draw(n, 1) >>> 28));
    }
    expect(unevenness(byNumber)).toBeLessThan(5);
    expect(unevenness(bySalt)).toBeLessThan(5);
  });

  test("links of one network are independent of each other", () => {
    const root = rootRandom(9);
    const one = new KeyedDraws(root.fork("1→2"));
    const two = new KeyedDraws(root.fork("2→1"));
    const joint = new Array<number>(256).fill(0);
    for (let n = 0; n < 25_600; n++) {
      count(joint, ((one.draw(n, 0) >>> 28) << 4) | (two.draw(n, 0) >>> 28));
    }
    expect(unevenness(joint)).toBeLessThan(5);
  });

  test("they are others when their stream is reseeded, the same for the same seed", () => {
    const root = rootRandom(3);
    const keyed = new KeyedDraws(root.fork("link"));
    const all = () => Array.from({ length: 50 }, (_, n) => keyed.draw(n, 0));
    const before = all();
    root.reseed(1);
    const after = all();
    expect(after).not.toEqual(before);
    root.reseed(2);
    expect(all()).not.toEqual(after);
    root.reseed(1);
    expect(all()).toEqual(after);
  });

  test("both halves of the key count, and differ in more than the order of their draws", () => {
    const keyed = (...keys: number[]) => {
      const random = Object.assign(rootRandom(0), { uint32: () => keys.shift() ?? 0 });
      const draws = new KeyedDraws(random);
      return Array.from({ length: 100 }, (_, n) => draws.draw(n, 0));
    };
    const plain = new Set(keyed(1, 2));
    for (const other of [keyed(1, 3), keyed(5, 2)]) {
      expect(other.filter((each) => plain.has(each))).toEqual([]);
    }
  });

  test("flipping one bit of the number flips half of the draw's bits", () => {
    let flipped = 0;
    for (let n = 0; n < 1000; n++) {
      for (let bit = 0; bit < 20; bit++) {
        let difference = (draws.draw(n, 0) ^ draws.draw(n ^ (1 << bit), 0)) >>> 0;
        for (; difference !== 0; difference &= difference - 1) flipped++;
      }
    }
    expect(flipped / 20_000).toBeGreaterThan(15.8);
    expect(flipped / 20_000).toBeLessThan(16.2);
  });

  test("chance holds its parts per million, never at 0 and always at a million", () => {
    const hits = (ppm: number) => {
      let happened = 0;
      for (let n = 0; n < 100_000; n++) if (draws.chance(n, 1, ppm)) happened++;
      return happened;
    };
    expect(hits(0)).toBe(0);
    expect(hits(1_000_000)).toBe(100_000);
    expect(Math.abs(hits(10_000) - 1000)).toBeLessThan(160);
    expect(Math.abs(hits(500_000) - 50_000)).toBeLessThan(800);
  });

  test("raising a probability only adds events: none that happened goes away", () => {
    for (let n = 0; n < 10_000; n++) {
      if (draws.chance(n, 0, 1000)) expect(draws.chance(n, 0, 2000)).toBe(true);
    }
  });

  test("the number stays within 32 bits", () => {
    expect(() => draws.draw(2 ** 32, 0)).toThrow("32 bits");
    expect(() => draws.draw(-1, 0)).toThrow("32 bits");
  });
});

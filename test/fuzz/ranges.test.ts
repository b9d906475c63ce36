import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addRange,
  type CaseRange,
  joined,
  missing,
  rangesText,
  sizeOfRanges,
} from "../../src/fuzz/ranges.ts";

const numbersOf = (ranges: readonly CaseRange[]): number[] =>
  ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
const rangesOf = (numbers: readonly number[]): readonly CaseRange[] =>
  numbers.reduce<readonly CaseRange[]>(addRange, []);
const some = fc.uniqueArray(fc.nat(30));

describe("ranges of cases", () => {
  test("hold the numbers that were added, ascending, as few as can be", () => {
    fc.assert(
      fc.property(some, (numbers) => {
        const ranges = rangesOf(numbers);
        expect(numbersOf(ranges)).toEqual([...numbers].sort((a, b) => a - b));
        expect(sizeOfRanges(ranges)).toBe(numbers.length);
        for (const [i, [from]] of ranges.entries()) {
          if (i > 0) expect(from).toBeGreaterThan((ranges[i - 1]?.[1] ?? 0) + 1);
        }
      }),
    );
  });

  test("of parts are those of the whole, however it was cut", () => {
    fc.assert(
      fc.property(some, fc.array(fc.nat(3), { minLength: 31, maxLength: 31 }), (numbers, cut) => {
        const parts = [0, 1, 2, 3].map((part) => numbers.filter((number) => cut[number] === part));
        expect(joined(parts.flatMap(rangesOf))).toEqual(rangesOf(numbers));
      }),
    );
  });

  test("and what is missing are all there are", () => {
    fc.assert(
      fc.property(some, (numbers) => {
        const gaps = missing(rangesOf(numbers), 31);
        expect(numbersOf(gaps).filter((number) => numbers.includes(number))).toEqual([]);
        expect(sizeOfRanges(gaps) + numbers.length).toBe(31);
      }),
    );
  });

  test("a number twice is found", () => {
    expect(
      joined([
        [4, 9],
        [0, 4],
      ]),
    ).toBe(4);
    expect(
      joined([
        [0, 9],
        [3, 3],
      ]),
    ).toBe(3);
    expect(() => addRange([[0, 9]], 3)).toThrow("case 3 was run twice");
  });

  test("in words", () => {
    expect(
      rangesText([
        [3, 3],
        [5, 9],
      ]),
    ).toBe("3, 5–9");
    expect(
      rangesText(
        [
          [1, 1],
          [3, 3],
          [5, 5],
        ],
        2,
      ),
    ).toBe("1, 3 and 1 more ranges");
  });
});
